import { parentPort, workerData } from 'node:worker_threads'
import { SeededRandom } from '../../testing/seeded-random.ts'
import { BufferPool, type BufferPoolMemory } from '../buffer-pool.ts'

/** Takes and gives buffers as fast as it can, and notices when somebody else has one of its own. */

export interface PoolWorkerData {
  readonly memory: BufferPoolMemory
  /** Who has each buffer: 0 is nobody. */
  readonly owners: SharedArrayBuffer
  readonly id: number
  /** How often it takes a buffer. A thread that gets none while the others have them all tries again. */
  readonly times: number
}

export interface PoolWorkerReport {
  /** Times that a buffer was handed out while somebody had it. */
  readonly shared: number
  /** Times that bytes of a held buffer were written by somebody else. */
  readonly overwritten: number
}

const { memory, owners, id, times } = workerData as PoolWorkerData
const pool = new BufferPool(memory)
const owner = new Int32Array(owners)
const random = new SeededRandom(id)
const held: number[] = []
let shared = 0
let overwritten = 0
let acquired = 0

function give(): void {
  const at = random.below(held.length)
  const buffer = held[at]
  held[at] = held[held.length - 1]
  held.pop()
  const offset = pool.offsetOf(buffer)
  if (pool.bytes[offset] !== id || pool.bytes[offset + pool.bufferSize - 1] !== id) overwritten++
  if (Atomics.compareExchange(owner, buffer, id, 0) !== id) shared++
  pool.release(buffer)
}

while (acquired < times) {
  if (held.length > 0 && random.next() < 0.5) {
    give()
    continue
  }
  const buffer = pool.acquire()
  if (buffer < 0) continue
  acquired++
  if (Atomics.compareExchange(owner, buffer, 0, id) !== 0) shared++
  const offset = pool.offsetOf(buffer)
  pool.bytes.fill(id, offset, offset + pool.bufferSize)
  held.push(buffer)
}
while (held.length > 0) give()
const report: PoolWorkerReport = { shared, overwritten }
parentPort?.postMessage(report)
