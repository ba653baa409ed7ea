import { assert } from '../base/assert.ts'

const HEAD = 0
const AVAILABLE = 1
const NEXT = 2
const NONE = 0xffff
const TAG_STEP = 0x10000

/** A pool holds fewer than 2^16 buffers: an index and a tag share one 32-bit word. */
export const MAX_POOL_BUFFERS = 0xfffe

/** What other threads need to use the same pool. */
export interface BufferPoolMemory {
  readonly control: SharedArrayBuffer
  readonly data: SharedArrayBuffer
  readonly bufferSize: number
}

export function allocateBufferPool(count: number, bufferSize: number): BufferPoolMemory {
  assert(count > 0 && count <= MAX_POOL_BUFFERS, `a buffer pool cannot hold ${count} buffers`)
  const control = new SharedArrayBuffer((NEXT + count) * 4)
  const words = new Int32Array(control)
  for (let i = 0; i < count; i++) words[NEXT + i] = i + 1 < count ? i + 1 : NONE
  words[HEAD] = 0
  words[AVAILABLE] = count
  return { control, data: new SharedArrayBuffer(count * bufferSize), bufferSize }
}

/**
 * A fixed pool of equal buffers in shared memory, used by all slots of one job attempt in one TaskManager and by its
 * network thread. Any thread may acquire and release; a buffer is handed from the thread that fills it to the one that
 * empties it by its index alone.
 *
 * The free list is a stack whose head is swapped with compare-and-exchange (Treiber, 1986). The upper half of the head
 * counts the changes, so that a head that went away and came back is not taken for one that stayed.
 */
export class BufferPool {
  readonly bufferSize: number
  readonly count: number
  readonly bytes: Uint8Array
  readonly #words: Int32Array

  constructor(memory: BufferPoolMemory) {
    this.bufferSize = memory.bufferSize
    this.bytes = new Uint8Array(memory.data)
    this.#words = new Int32Array(memory.control)
    this.count = this.#words.length - NEXT
  }

  /** Index of a free buffer, or -1. Whoever holds a credit (or its share of output buffers) always gets one. */
  acquire(): number {
    const words = this.#words
    for (;;) {
      const head = Atomics.load(words, HEAD)
      const index = head & 0xffff
      if (index === NONE) return -1
      const next = Atomics.load(words, NEXT + index)
      const replaced = ((head + TAG_STEP) & 0xffff0000) | (next & 0xffff)
      if (Atomics.compareExchange(words, HEAD, head, replaced) === head) {
        Atomics.sub(words, AVAILABLE, 1)
        return index
      }
    }
  }

  release(index: number): void {
    const words = this.#words
    for (;;) {
      const head = Atomics.load(words, HEAD)
      Atomics.store(words, NEXT + index, head & 0xffff)
      const replaced = ((head + TAG_STEP) & 0xffff0000) | index
      if (Atomics.compareExchange(words, HEAD, head, replaced) === head) {
        Atomics.add(words, AVAILABLE, 1)
        return
      }
    }
  }

  /** Free buffers, for metrics. */
  available(): number {
    return Atomics.load(this.#words, AVAILABLE)
  }

  offsetOf(index: number): number {
    return index * this.bufferSize
  }
}
