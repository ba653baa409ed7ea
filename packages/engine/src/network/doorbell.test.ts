import { describe, expect, it } from 'vitest'
import { Doorbell } from './doorbell.ts'

const LONG_MS = 600_000

describe('a doorbell', () => {
  it('does not let anybody sleep who has not heard the latest ring', () => {
    const bell = new Doorbell(Doorbell.allocate())
    const seen = bell.rings
    bell.ring()
    expect(bell.sleep(seen, LONG_MS)).toBeUndefined()
    expect(bell.rings).toBe(seen + 1)
  })

  it('wakes who sleeps', async () => {
    const bell = new Doorbell(Doorbell.allocate())
    const sleeping = bell.sleep(bell.rings, LONG_MS)
    expect(sleeping).toBeInstanceOf(Promise)
    bell.ring()
    await sleeping
  })

  it('lets a sleep end after its time, not before', async () => {
    const bell = new Doorbell(Doorbell.allocate())
    const began = performance.now()
    await bell.sleep(bell.rings, 40)
    expect(performance.now() - began).toBeGreaterThanOrEqual(39)
  })

  it('takes no time to sleep for none', () => {
    const bell = new Doorbell(Doorbell.allocate())
    expect(bell.sleep(bell.rings, 0)).toBeUndefined()
  })

  it('wakes again and again, through any view of its memory', async () => {
    const memory = Doorbell.allocate()
    const [sleeper, ringer] = [new Doorbell(memory), new Doorbell(memory)]
    for (let i = 0; i < 100; i++) {
      const sleeping = sleeper.sleep(sleeper.rings, LONG_MS)
      ringer.ring()
      ringer.ring()
      await sleeping
    }
    expect(sleeper.rings).toBe(200)
  })
})
