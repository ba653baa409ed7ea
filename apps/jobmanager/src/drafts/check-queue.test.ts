import { describe, expect, it } from 'vitest'
import { CheckQueue } from './check-queue.ts'

/** Checks that end when the test says so, in the order in which they began. */
class Checks {
  readonly began: string[] = []
  readonly #ends: (() => void)[] = []

  readonly make = (name: string) => () =>
    new Promise<string>(resolve => {
      this.began.push(name)
      this.#ends.push(() => resolve(name))
    })

  async endOne(): Promise<void> {
    await settled()
    this.#ends.shift()?.()
    await settled()
  }
}

/** The turn passes on in microtasks. */
function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

describe('CheckQueue', () => {
  it('runs one at a time, in the order in which they came', async () => {
    const queue = new CheckQueue()
    const checks = new Checks()
    const answers = ['a', 'b', 'c'].map(name => queue.run(name, checks.make(name)))
    await settled()
    expect(checks.began).toEqual(['a'])
    await checks.endOne()
    expect(checks.began).toEqual(['a', 'b'])
    await checks.endOne()
    await checks.endOne()
    expect(await Promise.all(answers)).toEqual(['a', 'b', 'c'])
    const later = queue.run('a', checks.make('later'))
    await checks.endOne()
    expect(await later).toBe('later')
  })

  it('gives up the one of a caller that waits when a newer one comes, never the one that runs', async () => {
    const queue = new CheckQueue()
    const checks = new Checks()
    const running = queue.run('page', checks.make('running'))
    const older = queue.run('page', checks.make('older'))
    const other = queue.run('other page', checks.make('other'))
    const newer = queue.run('page', checks.make('newer'))
    await expect(older).rejects.toMatchObject({ code: 'CONFLICT' })
    for (let turn = 0; turn < 3; turn++) await checks.endOne()
    expect(await Promise.all([running, other, newer])).toEqual(['running', 'other', 'newer'])
    expect(checks.began).toEqual(['running', 'other', 'newer'])
  })

  it('passes the turn on when a check fails', async () => {
    const queue = new CheckQueue()
    const failing = queue.run(null, () => Promise.reject(new Error('no')))
    const next = queue.run(null, async () => 'next')
    await expect(failing).rejects.toThrow('no')
    expect(await next).toBe('next')
  })

  it('refuses what is beyond its bound, and lets those without a name wait side by side', async () => {
    const queue = new CheckQueue()
    const checks = new Checks()
    const answers = Array.from({ length: 17 }, (_, index) => queue.run(null, checks.make(`${index}`)))
    await expect(queue.run(null, checks.make('one too many'))).rejects.toMatchObject({ code: 'CONFLICT' })
    for (let turn = 0; turn < 17; turn++) await checks.endOne()
    expect(await Promise.all(answers)).toHaveLength(17)
  })
})
