import type { Worker } from 'node:worker_threads'
import { type GuardedHeap, HEAP_CHECK_MS, HeapGuard, unlessNotRunning } from './heap-guard.ts'

export interface HeapWatch {
  /** What the worker answers to `requestCollection`. */
  onCollected(aliveBytes: number): void
  stop(): void
}

/** Keeps a `HeapGuard` over the heap of a worker of this process until `stop`. Does not hold the process open. */
export function watchHeap(
  worker: Worker,
  limitMb: number,
  asks: Pick<GuardedHeap, 'requestCollection' | 'onExhausted'>,
): HeapWatch {
  const guard = new HeapGuard(limitMb, {
    usedBytes: async () => (await worker.getHeapStatistics()).used_heap_size,
    processBytes: () => process.memoryUsage.rss(),
    requestCollection: () => asks.requestCollection(),
    onExhausted: () => asks.onExhausted(),
  })
  const timer = setInterval(() => {
    guard.check(performance.now()).catch(unlessNotRunning)
  }, HEAP_CHECK_MS)
  timer.unref()
  return {
    onCollected: aliveBytes => guard.onCollected(aliveBytes),
    stop: () => clearInterval(timer),
  }
}
