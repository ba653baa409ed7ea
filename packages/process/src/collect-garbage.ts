import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** A full collection in this thread; answers with the bytes that are alive. It stops the thread for some 100 ms. */
export function collectGarbage(): number {
  // The flag only makes V8's own function reachable.
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return getHeapStatistics().used_heap_size
}
