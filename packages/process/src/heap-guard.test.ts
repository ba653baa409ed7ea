import { describe, expect, it } from 'vitest'
import { HeapGuard, unlessNotRunning } from './heap-guard.ts'

const MB = 1024 * 1024

function guarded(limitMb: number) {
  const seen = { used: 0, process: 0, answers: true, collections: 0, exhausted: 0 }
  const guard = new HeapGuard(limitMb, {
    usedBytes: () => (seen.answers ? Promise.resolve(seen.used) : new Promise(() => undefined)),
    processBytes: () => seen.process,
    requestCollection: () => {
      seen.collections++
    },
    onExhausted: () => {
      seen.exhausted++
    },
  })
  return { seen, guard }
}

describe('a heap guard', () => {
  it('leaves a heap below its limit alone', async () => {
    const { seen, guard } = guarded(100)
    seen.used = 100 * MB
    await guard.check(0)
    expect(seen).toMatchObject({ collections: 0, exhausted: 0 })
  })

  it('lets garbage above the limit be collected, and goes on when that was all', async () => {
    const { seen, guard } = guarded(100)
    seen.used = 150 * MB
    await guard.check(0)
    await guard.check(100)
    expect(seen.collections).toBe(1)
    guard.onCollected(60 * MB)
    await guard.check(2100)
    expect(seen).toMatchObject({ collections: 2, exhausted: 0 })
  })

  it('ends a worker whose live objects are above the limit, once', async () => {
    const { seen, guard } = guarded(100)
    seen.used = 150 * MB
    await guard.check(0)
    guard.onCollected(101 * MB)
    guard.onCollected(102 * MB)
    await guard.check(5000)
    expect(seen).toMatchObject({ collections: 1, exhausted: 1 })
  })

  it('ends a worker above its limit that does not come back for three seconds', async () => {
    const { seen, guard } = guarded(100)
    seen.used = 150 * MB
    await guard.check(0)
    await guard.check(2900)
    expect(seen.exhausted).toBe(0)
    await guard.check(3000)
    expect(seen).toMatchObject({ collections: 1, exhausted: 1 })
  })

  it('ends a worker that does not come back and allocates on', async () => {
    const { seen, guard } = guarded(100)
    seen.used = 279 * MB
    await guard.check(0)
    await guard.check(100)
    expect(seen).toMatchObject({ collections: 1, exhausted: 0 })
    await guard.check(200)
    expect(seen.exhausted).toBe(1)
  })

  it('leaves a worker alone that makes much garbage between two looks, and collects it each time', async () => {
    const { seen, guard } = guarded(100)
    for (let atMs = 0; atMs < 1000; atMs += 100) {
      seen.used = 300 * MB
      await guard.check(atMs)
      guard.onCollected(90 * MB)
      seen.used = 90 * MB
      await guard.check(atMs + 50)
    }
    expect(seen).toMatchObject({ collections: 10, exhausted: 0 })
  })

  it('ends a worker that answers nothing while the process grows by more than its limit', async () => {
    const { seen, guard } = guarded(100)
    seen.answers = false
    seen.process = 500 * MB
    void guard.check(0)
    seen.process = 800 * MB
    await guard.check(900)
    expect(seen.exhausted).toBe(0)
    await guard.check(1000)
    expect(seen.exhausted).toBe(1)
  })

  it('leaves a worker alone that answers nothing and takes up nothing', async () => {
    const { seen, guard } = guarded(100)
    seen.answers = false
    seen.process = 500 * MB
    void guard.check(0)
    seen.process = 690 * MB
    await guard.check(60_000)
    expect(seen.exhausted).toBe(0)
  })

  it('goes on looking after a worker that has not begun yet could not be asked', async () => {
    const seen = { exhausted: 0 }
    const notRunning = Object.assign(new Error('Worker instance not running'), { code: 'ERR_WORKER_NOT_RUNNING' })
    const heap = { began: false }
    const asked = new HeapGuard(100, {
      usedBytes: async () => {
        if (!heap.began) throw notRunning
        return 300 * MB
      },
      processBytes: () => 0,
      requestCollection: () => undefined,
      onExhausted: () => seen.exhausted++,
    })
    await asked.check(0).catch(unlessNotRunning)
    heap.began = true
    await asked.check(100).catch(unlessNotRunning)
    await asked.check(300).catch(unlessNotRunning)
    expect(seen.exhausted).toBe(1)
    expect(() => unlessNotRunning(new Error('another'))).toThrow('another')
  })
})
