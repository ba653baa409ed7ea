import { describe, expect, it } from 'vitest'
import { IdempotencyKeys } from './idempotency.ts'

describe('idempotency keys', () => {
  it('run the work once for the same request, also while it is under way', async () => {
    const keys = new IdempotencyKeys<number>(() => 0)
    let runs = 0
    const work = async () => ++runs
    const answers = await Promise.all([
      keys.run('ann', 'k', ['job', 'name'], work),
      keys.run('ann', 'k', ['job', 'name'], work),
    ])
    expect(answers).toEqual([1, 1])
    expect(await keys.run('ann', 'k', ['job', 'name'], work)).toBe(1)
  })

  it('refuse the same key for another request', async () => {
    const keys = new IdempotencyKeys<number>(() => 0)
    await keys.run('ann', 'k', ['job', 'name'], async () => 1)
    expect(() => keys.run('ann', 'k', ['jobn', 'ame'], async () => 2)).toThrow(/used for another job/)
  })

  it('keep callers apart', async () => {
    const keys = new IdempotencyKeys<number>(() => 0)
    await keys.run('ann', 'k', ['a'], async () => 1)
    expect(await keys.run('bob', 'k', ['b'], async () => 2)).toBe(2)
  })

  it('let a failed request be tried again', async () => {
    const keys = new IdempotencyKeys<number>(() => 0)
    const failing = keys.run('ann', 'k', ['a'], async () => {
      throw new Error('no TaskManager')
    })
    await expect(failing).rejects.toThrow('no TaskManager')
    expect(await keys.run('ann', 'k', ['a'], async () => 2)).toBe(2)
  })

  it('are forgotten after a day, and the oldest when there are too many', async () => {
    let now = 0
    const keys = new IdempotencyKeys<number>(() => now)
    await keys.run('ann', 'k', ['a'], async () => 1)
    now = 24 * 3_600_000
    expect(await keys.run('ann', 'k', ['b'], async () => 2)).toBe(2)
    for (let i = 0; i < 1_000; i++) await keys.run('ann', `other-${i}`, ['a'], async () => 0)
    expect(await keys.run('ann', 'k', ['c'], async () => 3)).toBe(3)
  })

  it('have a bounded length', () => {
    const keys = new IdempotencyKeys<number>(() => 0)
    expect(() => keys.run('ann', 'x'.repeat(201), ['a'], async () => 1)).toThrow(/1 to 200/)
  })
})
