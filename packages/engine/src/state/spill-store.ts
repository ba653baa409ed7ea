import { WeirError } from '../base/errors.ts'
import { ByteBuffer } from '../record/byte-buffer.ts'

/**
 * Where rows of state go that there is no room for in memory: an ordered map from bytes to bytes. It is a cache, never the
 * truth: snapshots hold the truth, and all of it is thrown away when the attempt ends.
 *
 * Requests and answers are bytes, so that they may cross to another thread in one piece. Each takes effect in the order
 * of the calls. A store serves one slot; keys of different tables differ in their first bytes.
 */
export interface SpillStore {
  /** Puts, deletes and range deletes, in order (`SpillWriter`). It may return before they are done; an error comes later. */
  write(request: Uint8Array): void
  /** The values of some keys (`SpillKeys`, `SpillValues`). Blocks. The answer is valid until the next `get` or `scan`. */
  get(request: Uint8Array): Uint8Array
  /** Some entries of a range, ascending (`scanRequest`, `SpillEntries`). Blocks. The answer is valid until the next `get` or `scan`. */
  scan(request: Uint8Array): Uint8Array
  /**
   * Keeps what is there now for reading under this number, whatever is written later, until `closeView`. Both may return
   * before it is done; an error comes with a later call.
   */
  openView(view: number): void
  closeView(view: number): void
  /** `get` and `scan` of what was there when the view was opened. Neither blocks; one question of a view at a time. */
  getIn(view: number, request: Uint8Array): LaterAnswer
  scanIn(view: number, request: Uint8Array): LaterAnswer
}

/** An answer that is on its way, while the store answers other questions. */
export interface LaterAnswer {
  /** Whether `take` does not block. */
  readonly isThere: boolean
  /** Valid until the next question of the same view. Throws what went wrong. */
  take(): Uint8Array
}

const PUT = 1
const DELETE = 2
const DELETE_PREFIX = 3

/** Grows with what is written to it; see the readers below for the layouts. Lengths are u32, little-endian. */
class RequestWriter {
  protected readonly out = new ByteBuffer()

  get sizeBytes(): number {
    return this.out.position
  }

  get isEmpty(): boolean {
    return this.out.position === 0
  }

  /** Valid until the next write. */
  get request(): Uint8Array {
    return this.out.bytes.subarray(0, this.out.position)
  }

  reset(): void {
    this.out.reset()
  }

  protected length(value: number): void {
    this.out.reserve(4)
    this.out.view.setUint32(this.out.position, value, true)
    this.out.position += 4
  }

  protected bytes(source: Uint8Array, count: number): void {
    const { out } = this
    out.reserve(count)
    // A loop beats `set` and its view for what most keys and values are.
    if (count <= 32) {
      const target = out.bytes
      for (let i = 0, at = out.position; i < count; i++) target[at++] = source[i]!
    } else out.bytes.set(source.length === count ? source : source.subarray(0, count), out.position)
    out.position += count
  }
}

/** Collects writes: kind u8, length of the key, key, and for a put length of the value, value. */
export class SpillWriter extends RequestWriter {
  /** The key is `prefix` followed by the first `keyLength` of `key`. */
  put(prefix: Uint8Array, key: Uint8Array, keyLength: number, value: Uint8Array): void {
    this.#key(PUT, prefix, key, keyLength)
    this.length(value.length)
    this.bytes(value, value.length)
  }

  delete(prefix: Uint8Array, key: Uint8Array, keyLength: number): void {
    this.#key(DELETE, prefix, key, keyLength)
  }

  /** Everything whose key begins with `prefix`. */
  deletePrefix(prefix: Uint8Array): void {
    this.#key(DELETE_PREFIX, prefix, prefix, 0)
  }

  #key(kind: number, prefix: Uint8Array, key: Uint8Array, keyLength: number): void {
    this.out.reserve(1)
    this.out.bytes[this.out.position++] = kind
    this.length(prefix.length + keyLength)
    this.bytes(prefix, prefix.length)
    this.bytes(key, keyLength)
  }
}

export interface SpillWrites {
  put(key: Uint8Array, value: Uint8Array): void
  delete(key: Uint8Array): void
  deletePrefix(prefix: Uint8Array): void
}

/** What a store puts in front of the keys of a slot, to tell the slots apart: so long as the length that stands there. */
export const OWNER_BYTES = 4

/**
 * Gives the writes of a request to `to`, in order, as views on the request. With `owner`, its bytes stand in front of each key:
 * they are written over the length of the key, so that nothing is copied, and the request can be read only once.
 */
export function readWrites(request: Uint8Array, to: SpillWrites, owner?: Uint8Array): void {
  const reader = new BytesReader(request)
  while (!reader.atEnd) {
    const kind = reader.byte()
    const key = owner === undefined ? reader.counted() : reader.owned(owner)
    if (kind === PUT) to.put(key, reader.counted())
    else if (kind === DELETE) to.delete(key)
    else if (kind === DELETE_PREFIX) to.deletePrefix(key)
    else throw broken(`a write of the unknown kind ${kind}`)
  }
}

/** Collects keys to get: length, key. */
export class SpillKeys extends RequestWriter {
  count = 0

  add(prefix: Uint8Array, key: Uint8Array, keyLength: number): void {
    this.length(prefix.length + keyLength)
    this.bytes(prefix, prefix.length)
    this.bytes(key, keyLength)
    this.count++
  }

  override reset(): void {
    super.reset()
    this.count = 0
  }
}

/** The keys of a request as views on it; `owner` as in `readWrites`. */
export function readKeys(request: Uint8Array, owner?: Uint8Array): Uint8Array[] {
  const reader = new BytesReader(request)
  const keys: Uint8Array[] = []
  while (!reader.atEnd) keys.push(owner === undefined ? reader.counted() : reader.owned(owner))
  return keys
}

/** Length + 1 of the value, or 0 where there is none; value. In the order of the keys. */
export class SpillAnswer extends RequestWriter {
  value(value: Uint8Array | null | undefined): void {
    if (value === null || value === undefined) {
      this.length(0)
      return
    }
    this.length(value.length + 1)
    this.bytes(value, value.length)
  }

  entry(key: Uint8Array, value: Uint8Array): void {
    this.length(key.length)
    this.bytes(key, key.length)
    this.length(value.length)
    this.bytes(value, value.length)
  }
}

/** Reads the answer of `get`. */
export class SpillValues {
  readonly #reader: BytesReader

  constructor(answer: Uint8Array) {
    this.#reader = new BytesReader(answer)
  }

  /** The value of the next key; undefined where there is none. A view on the answer. */
  next(): Uint8Array | undefined {
    const length = this.#reader.length()
    return length === 0 ? undefined : this.#reader.take(length - 1)
  }
}

/** Entries with keys that begin with `prefix` and are greater than `after` (null: from the first), at most `limit`. */
export function scanRequest(prefix: Uint8Array, after: Uint8Array | null, limit: number): Uint8Array {
  const request = new ScanWriter()
  request.write(prefix, after, limit)
  return request.request
}

class ScanWriter extends RequestWriter {
  write(prefix: Uint8Array, after: Uint8Array | null, limit: number): void {
    this.length(limit)
    this.length(prefix.length)
    this.bytes(prefix, prefix.length)
    if (after === null) return
    this.length(after.length)
    this.bytes(after, after.length)
  }
}

export function readScan(request: Uint8Array): { prefix: Uint8Array; after: Uint8Array | null; limit: number } {
  const reader = new BytesReader(request)
  const limit = reader.length()
  const prefix = reader.counted()
  return { limit, prefix, after: reader.atEnd ? null : reader.counted() }
}

/** The entries of an answer of `scan`, as views on it. */
export function readEntries(answer: Uint8Array): { key: Uint8Array; value: Uint8Array }[] {
  const reader = new BytesReader(answer)
  const entries: { key: Uint8Array; value: Uint8Array }[] = []
  while (!reader.atEnd) entries.push({ key: reader.counted(), value: reader.counted() })
  return entries
}

/** The least bytes that are greater than all that begin with `prefix`; undefined where there are none. */
export function endOfPrefix(prefix: Uint8Array): Uint8Array | undefined {
  let length = prefix.length
  while (length > 0 && prefix[length - 1] === 0xff) length--
  if (length === 0) return undefined
  // Not `slice`, by which a Buffer gives a view on itself.
  const end = new Uint8Array(prefix.subarray(0, length))
  end[length - 1]++
  return end
}

class BytesReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  byte(): number {
    return this.take(1)[0]!
  }

  length(): number {
    if (this.#bytes.length - this.#at < 4) throw broken('a length is cut off')
    const value = this.#view.getUint32(this.#at, true)
    this.#at += 4
    return value
  }

  counted(): Uint8Array {
    return this.take(this.length())
  }

  /** `counted` with other bytes in place of the length. */
  owned(owner: Uint8Array): Uint8Array {
    const from = this.#at
    this.#skip(this.length())
    for (let i = 0; i < OWNER_BYTES; i++) this.#bytes[from + i] = owner[i]!
    return this.#bytes.subarray(from, this.#at)
  }

  take(count: number): Uint8Array {
    const at = this.#at
    this.#skip(count)
    return this.#bytes.subarray(at, at + count)
  }

  #skip(count: number): void {
    if (count > this.#bytes.length - this.#at) throw broken('bytes are cut off')
    this.#at += count
  }
}

function broken(what: string): WeirError {
  return new WeirError('PROTOCOL', `a message between a slot and the state on disk is malformed: ${what}`)
}
