/**
 * Credit of every channel of one attempt in one TaskManager, in shared memory.
 *
 * One credit is one buffer that the receiver has set aside, and a sender sends a frame only with one; beside that a
 * channel has credit in records. For a channel inside the TaskManager the receiver gives credit straight to the sender's
 * counters. For one from another TaskManager it gives it to the `grant` counters, which the network thread empties into a
 * credit frame; the network thread over there adds it to the sender's counters.
 */
export class CreditTable {
  readonly #words: Int32Array

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory)
  }

  static allocate(channels: number): SharedArrayBuffer {
    return new SharedArrayBuffer(Math.max(channels, 1) * STRIDE * 4)
  }

  buffers(channel: number): number {
    return Atomics.load(this.#words, channel * STRIDE + BUFFERS)
  }

  records(channel: number): number {
    return Atomics.load(this.#words, channel * STRIDE + RECORDS)
  }

  /** Sender: uses credit up. Only the sender of the channel takes, so what it saw available is still there. */
  take(channel: number, buffers: number, records: number): void {
    if (buffers !== 0) Atomics.sub(this.#words, channel * STRIDE + BUFFERS, buffers)
    if (records !== 0) Atomics.sub(this.#words, channel * STRIDE + RECORDS, records)
  }

  /** Receiver in the same TaskManager, or the network thread for a receiver elsewhere. */
  give(channel: number, buffers: number, records: number): void {
    if (buffers !== 0) Atomics.add(this.#words, channel * STRIDE + BUFFERS, buffers)
    if (records !== 0) Atomics.add(this.#words, channel * STRIDE + RECORDS, records)
  }

  /** Receiver of a channel from another TaskManager: to be sent there by the network thread. */
  grant(channel: number, buffers: number, records: number): void {
    if (buffers !== 0) Atomics.add(this.#words, channel * STRIDE + GRANT_BUFFERS, buffers)
    if (records !== 0) Atomics.add(this.#words, channel * STRIDE + GRANT_RECORDS, records)
  }

  /** Network thread: takes what was granted since the last time. */
  takeGrantedBuffers(channel: number): number {
    return Atomics.exchange(this.#words, channel * STRIDE + GRANT_BUFFERS, 0)
  }

  takeGrantedRecords(channel: number): number {
    return Atomics.exchange(this.#words, channel * STRIDE + GRANT_RECORDS, 0)
  }
}

const STRIDE = 4
const BUFFERS = 0
const RECORDS = 1
const GRANT_BUFFERS = 2
const GRANT_RECORDS = 3

/** The number of output buffers that a slot may still fill for other TaskManagers. Given back when they are sent. */
export class OutputBufferQuota {
  readonly #words: Int32Array

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory)
  }

  static allocate(buffers: number): SharedArrayBuffer {
    const memory = new SharedArrayBuffer(4)
    new Int32Array(memory)[0] = buffers
    return memory
  }

  get available(): number {
    return Atomics.load(this.#words, 0)
  }

  take(): void {
    Atomics.sub(this.#words, 0, 1)
  }

  /** True when there was none left: then whoever fills them may be waiting for this one. */
  giveBack(): boolean {
    return Atomics.add(this.#words, 0, 1) <= 0
  }
}
