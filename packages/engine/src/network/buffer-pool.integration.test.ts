import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { allocateBufferPool, BufferPool } from './buffer-pool.ts'
import type { PoolWorkerData, PoolWorkerReport } from './testing/pool-worker.ts'

// Few buffers make it likely that the same one is on top of the free list again when a slow thread looks.
it.each([4, 40])('threads that hammer one pool of %i buffers never share one and lose none', async buffers => {
  const memory = allocateBufferPool(buffers, 8)
  const owners = new SharedArrayBuffer(buffers * 4)
  const reports = await Promise.all(
    [1, 2, 3, 4].map(async id => {
      const workerData: PoolWorkerData = { memory, owners, id, times: 200_000 }
      const worker = new Worker(new URL('./testing/pool-worker.ts', import.meta.url), { workerData, execArgv: [] })
      const [report] = (await once(worker, 'message')) as [PoolWorkerReport]
      await worker.terminate()
      return report
    }),
  )
  for (const report of reports) expect(report).toEqual({ shared: 0, overwritten: 0 })
  const pool = new BufferPool(memory)
  expect(pool.available()).toBe(buffers)
  const all = new Set(Array.from({ length: buffers }, () => pool.acquire()))
  expect(all.size).toBe(buffers)
  expect(all.has(-1)).toBe(false)
})
