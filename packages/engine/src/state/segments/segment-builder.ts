import { giveChunk, takeChunk } from './chunk-pool.ts'
import { StateNames } from './state-names.ts'

/** The first piece of a key group; each further one is larger, up to the last of these. */
const PIECE_BYTES_MIN = 256
const PIECE_BYTES_MAX = 64 * 1024
const PIECE_GROWTH = 4
/**
 * Groups are put together to blocks of this size before they are compressed; a larger group is a block by itself.
 */
const BLOCK_BYTES = 512 * 1024
/** Three varints of 32 bits, and the moment at which the value expires. */
const HEADER_BYTES_MAX = 15 + 8

/** The entries of one key group: bytes in pieces, none of which is copied when there is need for another. No entry lies in two. */
class Chunk {
  #bytes = takeChunk(PIECE_BYTES_MIN)
  #length = 0
  readonly #full: { readonly bytes: Uint8Array<SharedArrayBuffer>; readonly length: number }[] = []

  reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    this.#full.push({ bytes: this.#bytes, length: this.#length })
    let size = Math.min(PIECE_BYTES_MAX, PIECE_GROWTH * this.#bytes.length)
    while (size < count) size *= 2
    this.#bytes = takeChunk(size)
    this.#length = 0
  }

  varint(value: number): void {
    let rest = value
    for (; rest >= 0x80; rest >>>= 7) this.#bytes[this.#length++] = (rest & 0x7f) | 0x80
    this.#bytes[this.#length++] = rest
  }

  float(value: number): void {
    floatView.setFloat64(0, value, true)
    this.append(floatBytes, 0, floatBytes.length)
  }

  append(source: Uint8Array, from: number, to: number): void {
    // A loop beats `set` and its view for what most keys are.
    if (to - from <= 32) {
      const target = this.#bytes
      let at = this.#length
      for (let i = from; i < to; i++) target[at++] = source[i]!
      this.#length = at
      return
    }
    this.#bytes.set(from === 0 && to === source.length ? source : source.subarray(from, to), this.#length)
    this.#length += to - from
  }

  parts(): Uint8Array[] {
    const full = this.#full.map(({ bytes, length }) => bytes.subarray(0, length))
    return [...full, this.#bytes.subarray(0, this.#length)]
  }

  release(): void {
    for (const { bytes } of this.#full) giveChunk(bytes)
    giveChunk(this.#bytes)
  }
}

const floatBytes = new Uint8Array(8)
const floatView = new DataView(floatBytes.buffer)

/** Where the entries of one key group lie in their block. */
export interface GroupPlace {
  readonly group: number
  readonly block: number
  readonly from: number
  readonly bytes: number
}

export interface DroppedPrefix {
  readonly state: string
  readonly prefix: Uint8Array
}

/** What will be one file, not compressed yet: plain data over shared memory, for whichever thread writes it. */
export interface SegmentDraft {
  readonly states: readonly string[]
  readonly dropped: readonly DroppedPrefix[]
  /** Each in parts that follow one another. */
  readonly blocks: readonly (readonly Uint8Array[])[]
  /** Ascending by group. */
  readonly groups: readonly GroupPlace[]
  readonly rawBytes: number
  readonly entries: number
  readonly tombstones: number
}

/** A draft in the hands of who made it. */
export interface OwnedDraft {
  readonly draft: SegmentDraft
  /** To be called once, when it is written and nobody will look at its blocks any more. */
  readonly release: () => void
}

/** What an entry is; it stands in the low bits of its first number. */
const PUT = 0
const GONE = 1
const EXPIRING = 2
const KINDS = 4

/**
 * Collects entries by key group. An entry is a varint of 4 × the number of its state + its kind; the key, its length as a
 * varint before it; where the value expires the moment (float64, wall-clock ms); and where it is not gone the value, as the
 * key.
 */
export class SegmentBuilder {
  readonly states: StateNames
  #groups = new Map<number, Chunk>()
  #dropped: DroppedPrefix[] = []
  #entries = 0
  #tombstones = 0
  #rawBytes = 0

  constructor(states = new StateNames()) {
    this.states = states
  }

  /** Roughly what is held. */
  get rawBytes(): number {
    return this.#rawBytes
  }

  get isEmpty(): boolean {
    return this.#entries === 0 && this.#dropped.length === 0
  }

  /**
   * The key is what follows `prefixFrom` in `prefix`, and the first `keyLength` bytes of `key`. From `expiresAtMs` on the
   * value counts as gone.
   */
  put(
    state: string,
    group: number,
    prefix: Uint8Array,
    prefixFrom: number,
    key: Uint8Array,
    keyLength: number,
    value: Uint8Array,
    expiresAtMs?: number,
  ): void {
    const kind = expiresAtMs === undefined ? PUT : EXPIRING
    const tag = KINDS * this.states.numberOf(state) + kind
    const chunk = this.#begin(tag, group, prefix, prefixFrom, key, keyLength, value.length)
    if (expiresAtMs !== undefined) chunk.float(expiresAtMs)
    chunk.varint(value.length)
    chunk.append(value, 0, value.length)
    this.#rawBytes += value.length
  }

  /** The key is gone. */
  remove(
    state: string,
    group: number,
    prefix: Uint8Array,
    prefixFrom: number,
    key: Uint8Array,
    keyLength: number,
  ): void {
    this.#begin(KINDS * this.states.numberOf(state) + GONE, group, prefix, prefixFrom, key, keyLength, 0)
    this.#tombstones++
  }

  /** Everything of the state whose key begins with `prefix` is gone, as far as it is in older segments. */
  drop(state: string, prefix: Uint8Array): void {
    this.states.numberOf(state)
    this.#dropped.push({ state, prefix })
  }

  /** What was collected, what `under` collected in front of it; both are empty afterwards. undefined: nothing. */
  take(under?: SegmentBuilder): OwnedDraft | undefined {
    if (this.isEmpty && (under === undefined || under.isEmpty)) return undefined
    const builders = under === undefined ? [this] : [under, this]
    const groups = [...new Set(builders.flatMap(builder => [...builder.#groups.keys()]))].sort((a, b) => a - b)
    const blocks: Uint8Array[][] = []
    const places: GroupPlace[] = []
    let rawBytes = 0
    let blockBytes = 0
    for (const group of groups) {
      const parts = builders.flatMap(builder => {
        const chunk = builder.#groups.get(group)
        return chunk === undefined ? [] : chunk.parts()
      })
      const bytes = parts.reduce((sum, part) => sum + part.length, 0)
      if (blocks.length === 0 || blockBytes + bytes > BLOCK_BYTES) {
        blocks.push([])
        blockBytes = 0
      }
      blocks[blocks.length - 1]!.push(...parts)
      places.push({ group, block: blocks.length - 1, from: blockBytes, bytes })
      blockBytes += bytes
      rawBytes += bytes
    }
    const draft: SegmentDraft = {
      states: this.states.names.slice(),
      dropped: builders.flatMap(builder => builder.#dropped),
      blocks,
      groups: places,
      rawBytes,
      entries: builders.reduce((sum, builder) => sum + builder.#entries, 0),
      tombstones: builders.reduce((sum, builder) => sum + builder.#tombstones, 0),
    }
    const chunks = builders.flatMap(builder => [...builder.#groups.values()])
    for (const builder of builders) builder.#reset()
    const release = (): void => {
      for (const chunk of chunks.splice(0)) chunk.release()
    }
    return { draft, release }
  }

  #begin(
    tag: number,
    group: number,
    prefix: Uint8Array,
    prefixFrom: number,
    key: Uint8Array,
    keyLength: number,
    more: number,
  ): Chunk {
    let chunk = this.#groups.get(group)
    if (chunk === undefined) {
      chunk = new Chunk()
      this.#groups.set(group, chunk)
    }
    const prefixLength = prefix.length - prefixFrom
    chunk.reserve(HEADER_BYTES_MAX + prefixLength + keyLength + more)
    chunk.varint(tag)
    chunk.varint(prefixLength + keyLength)
    if (prefixLength > 0) chunk.append(prefix, prefixFrom, prefix.length)
    chunk.append(key, 0, keyLength)
    this.#entries++
    this.#rawBytes += prefixLength + keyLength + 4
    return chunk
  }

  #reset(): void {
    this.#groups = new Map()
    this.#dropped = []
    this.#entries = 0
    this.#tombstones = 0
    this.#rawBytes = 0
  }
}

export interface SegmentEntry {
  /** Number of its state in the segment. */
  readonly state: number
  readonly key: Uint8Array
  /** undefined: the key is gone. */
  readonly value: Uint8Array | undefined
  /** Wall-clock ms from which on the value counts as gone. */
  readonly expiresAtMs: number | undefined
}

/** Thrown by `readEntriesOf` for bytes that no builder wrote; who reads names the file. */
export class MalformedEntries extends Error {}

/** The entries of one key group, as views on `bytes`. */
export function* readEntriesOf(bytes: Uint8Array): Generator<SegmentEntry, void, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at++]
      if (byte === undefined) break
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new MalformedEntries('a length is cut off')
  }
  const counted = (): Uint8Array => {
    const length = varint()
    if (length > bytes.length - at) throw new MalformedEntries('an entry is cut off')
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const tag = varint()
    const key = counted()
    const kind = tag % KINDS
    if (kind > EXPIRING) throw new MalformedEntries('an entry is of no known kind')
    let expiresAtMs: number | undefined
    if (kind === EXPIRING) {
      if (bytes.length - at < 8) throw new MalformedEntries('an entry is cut off')
      expiresAtMs = view.getFloat64(at, true)
      at += 8
    }
    yield { state: Math.floor(tag / KINDS), key, value: kind === GONE ? undefined : counted(), expiresAtMs }
  }
}
