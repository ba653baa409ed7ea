import { assert } from '../base/assert.ts'

/** Words of one descriptor: channel, buffer, length, flags, records, sequence, and two spare. */
const STRIDE = 8
const READ = 0
/** Reader's and writer's positions lie on cache lines of their own. */
const WRITE = 16
const SLOTS = 32

/**
 * Announces a filled buffer to the thread that empties it.
 *
 * `flags` tell where the buffer stands in its payload, which may span several: FIRST and LAST.
 */
export interface FrameDescriptor {
  channel: number
  buffer: number
  length: number
  flags: number
  /** Records that begin in this frame: what the receiver gives back as record credit. */
  records: number
  /** Counts the frames of the channel from 0, to notice a lost one. */
  sequence: number
  /** Batches that wait at the sender for credit. */
  backlog: number
}

export const FRAME_FIRST = 1
export const FRAME_LAST = 2

export function newFrameDescriptor(): FrameDescriptor {
  return { channel: 0, buffer: 0, length: 0, flags: 0, records: 0, sequence: 0, backlog: 0 }
}

/**
 * A ring of frame descriptors in shared memory, from one thread to one other.
 *
 * It never overflows: no more frames are under way than the pool has buffers, and the ring has room for all of these.
 */
export class DescriptorRing {
  readonly #words: Int32Array
  readonly #mask: number

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory)
    this.#mask = (this.#words.length - SLOTS) / STRIDE - 1
  }

  /** Memory of a ring with room for `frames` frames. */
  static allocate(frames: number): SharedArrayBuffer {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(frames, 2)))
    return new SharedArrayBuffer((SLOTS + capacity * STRIDE) * 4)
  }

  push(frame: FrameDescriptor): void {
    const words = this.#words
    const write = words[WRITE]
    assert(
      ((write - Atomics.load(words, READ)) | 0) <= this.#mask,
      'a descriptor ring is full: more frames than buffers',
    )
    const at = SLOTS + (write & this.#mask) * STRIDE
    words[at] = frame.channel
    words[at + 1] = frame.buffer
    words[at + 2] = frame.length
    words[at + 3] = frame.flags
    words[at + 4] = frame.records
    words[at + 5] = frame.sequence
    words[at + 6] = frame.backlog
    // Makes the descriptor and the buffer's bytes visible before the new position is.
    Atomics.store(words, WRITE, (write + 1) | 0)
  }

  /** Takes the oldest frame into `frame`; false when there is none. */
  shift(frame: FrameDescriptor): boolean {
    const words = this.#words
    const read = words[READ]
    if (Atomics.load(words, WRITE) === read) return false
    const at = SLOTS + (read & this.#mask) * STRIDE
    frame.channel = words[at]
    frame.buffer = words[at + 1]
    frame.length = words[at + 2]
    frame.flags = words[at + 3]
    frame.records = words[at + 4]
    frame.sequence = words[at + 5]
    frame.backlog = words[at + 6]
    Atomics.store(words, READ, (read + 1) | 0)
    return true
  }

  get isEmpty(): boolean {
    return Atomics.load(this.#words, WRITE) === Atomics.load(this.#words, READ)
  }
}
