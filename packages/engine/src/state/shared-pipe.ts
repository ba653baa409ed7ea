/**
 * A stream of bytes from one thread to one other, in shared memory: a ring with the counts of bytes written and read so
 * far. Each side changes its own count alone. A side that has to wait does so on the count of the other, either blocking
 * (a slot) or beside its event loop (the state host).
 */
const WRITTEN = 0
/** The counts lie on cache lines of their own. */
const READ = 16
const CLOSED = 32
const WORDS = 48

export class SharedPipe {
  readonly #words: Int32Array
  readonly #bytes: Uint8Array
  readonly #mask: number

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory, 0, WORDS)
    this.#bytes = new Uint8Array(memory, WORDS * 4)
    this.#mask = this.#bytes.length - 1
  }

  /** `capacity` bytes, rounded up to a power of two. */
  static allocate(capacity: number): SharedArrayBuffer {
    return new SharedArrayBuffer(WORDS * 4 + 2 ** Math.ceil(Math.log2(capacity)))
  }

  /** Bytes that can be read now. */
  get filled(): number {
    return (Atomics.load(this.#words, WRITTEN) - Atomics.load(this.#words, READ)) | 0
  }

  get free(): number {
    return this.#bytes.length - this.filled
  }

  get isClosed(): boolean {
    return Atomics.load(this.#words, CLOSED) !== 0
  }

  /** Whoever waits goes on, and finds it closed. */
  close(): void {
    Atomics.store(this.#words, CLOSED, 1)
    Atomics.notify(this.#words, WRITTEN)
    Atomics.notify(this.#words, READ)
  }

  /** Writes as much of source[from, to) as there is room for; answers how much that was. */
  write(source: Uint8Array, from: number, to: number): number {
    const written = this.#words[WRITTEN]!
    const count = Math.min(to - from, this.free)
    if (count === 0) return 0
    const at = written & this.#mask
    const first = Math.min(count, this.#bytes.length - at)
    this.#bytes.set(source.subarray(from, from + first), at)
    if (first < count) this.#bytes.set(source.subarray(from + first, from + count), 0)
    // Makes the bytes visible before the count is.
    Atomics.store(this.#words, WRITTEN, (written + count) | 0)
    Atomics.notify(this.#words, WRITTEN)
    return count
  }

  /** Reads into target[from, to) as much as there is; answers how much that was. */
  read(target: Uint8Array, from: number, to: number): number {
    const read = this.#words[READ]!
    const count = Math.min(to - from, this.filled)
    if (count === 0) return 0
    const at = read & this.#mask
    const first = Math.min(count, this.#bytes.length - at)
    target.set(this.#bytes.subarray(at, at + first), from)
    if (first < count) target.set(this.#bytes.subarray(0, count - first), from + first)
    Atomics.store(this.#words, READ, (read + count) | 0)
    Atomics.notify(this.#words, READ)
    return count
  }

  /** Blocks until there is something to read, or it is closed, for at most `timeoutMs`. */
  waitForBytes(timeoutMs: number): void {
    const seen = Atomics.load(this.#words, WRITTEN)
    if (this.filled === 0 && !this.isClosed) Atomics.wait(this.#words, WRITTEN, seen, timeoutMs)
  }

  waitForRoom(timeoutMs: number): void {
    const seen = Atomics.load(this.#words, READ)
    if (this.free === 0 && !this.isClosed) Atomics.wait(this.#words, READ, seen, timeoutMs)
  }

  /** The same beside the event loop; undefined when there is nothing to wait for. */
  bytesArrive(): Promise<unknown> | undefined {
    const seen = Atomics.load(this.#words, WRITTEN)
    if (this.filled > 0 || this.isClosed) return undefined
    const waiting = Atomics.waitAsync(this.#words, WRITTEN, seen)
    return waiting.async ? waiting.value : undefined
  }

  roomArrives(): Promise<unknown> | undefined {
    const seen = Atomics.load(this.#words, READ)
    if (this.free > 0 || this.isClosed) return undefined
    const waiting = Atomics.waitAsync(this.#words, READ, seen)
    return waiting.async ? waiting.value : undefined
  }
}
