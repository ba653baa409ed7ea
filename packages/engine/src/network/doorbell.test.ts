import { describe, expect, it } from 'vitest'
import { Doorbell } from './doorbell.ts'

describe('a doorbell', () => {
  it('does not let anybody sleep who has not heard the latest ring', () => {
    const bell = new Doorbell(Doorbell.allocate())
    const seen = bell.rings
    bell.ring()
    expect(bell.sleep(seen)).toBeUndefined()
    expect(bell.rings).toBe(seen + 1)
  })

  it('wakes who sleeps', async () => {
    const bell = new Doorbell(Doorbell.allocate())
    const sleeping = bell.sleep(bell.rings)
    expect(sleeping).toBeInstanceOf(Promise)
    bell.ring()
    await sleeping
  })

  it('wakes again and again, through any view of its memory', async () => {
    const memory = Doorbell.allocate()
    const [sleeper, ringer] = [new Doorbell(memory), new Doorbell(memory)]
    for (let i = 0; i < 100; i++) {
      const sleeping = sleeper.sleep(sleeper.rings)
      ringer.ring()
      ringer.ring()
      await sleeping
    }
    expect(sleeper.rings).toBe(200)
  })
})
