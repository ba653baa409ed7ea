import { giveChunk, takeChunk } from './chunk-pool.ts'
import { StateNames } from './state-names.ts'

const FIRST_BYTES = 256
/**
 * Groups are put together to blocks of this size before they are compressed; a larger group is a block by itself. Each block
 * costs a compressor, whose memory the collector counts: with small blocks it goes through the whole heap again and again.
 */
const BLOCK_BYTES = 512 * 1024
const HEADER_BYTES_MAX = 15

/** Bytes that grow: the entries of one key group. */
class Chunk {
  bytes = takeChunk(FIRST_BYTES)
  length = 0

  reserve(count: number): void {
    const needed = this.length + count
    if (needed <= this.bytes.length) return
    let size = 2 * this.bytes.length
    while (size < needed) size *= 2
    const grown = takeChunk(size)
    grown.set(this.bytes.subarray(0, this.length))
    giveChunk(this.bytes)
    this.bytes = grown
  }

  varint(value: number): void {
    let rest = value
    for (; rest >= 0x80; rest >>>= 7) this.bytes[this.length++] = (rest & 0x7f) | 0x80
    this.bytes[this.length++] = rest
  }

  append(source: Uint8Array, from: number, to: number): void {
    // A loop beats `set` and its view for what most keys are.
    if (to - from <= 32) {
      const target = this.bytes
      let at = this.length
      for (let i = from; i < to; i++) target[at++] = source[i]!
      this.length = at
      return
    }
    this.bytes.set(from === 0 && to === source.length ? source : source.subarray(from, to), this.length)
    this.length += to - from
  }
}

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

/** What will be one file, not compressed yet. */
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
  /** To be called once, when it is written and nobody will look at its blocks any more. */
  readonly release: () => void
}

/**
 * Collects entries by key group. An entry is a varint of 2 × the number of its state, + 1 where it says that the key is
 * gone; the key, its length as a varint before it; and where it is not gone the value in the same way.
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

  /** The key is what follows `prefixFrom` in `prefix`, and the first `keyLength` bytes of `key`. */
  put(
    state: string,
    group: number,
    prefix: Uint8Array,
    prefixFrom: number,
    key: Uint8Array,
    keyLength: number,
    value: Uint8Array,
  ): void {
    const chunk = this.#begin(2 * this.states.numberOf(state), group, prefix, prefixFrom, key, keyLength, value.length)
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
    this.#begin(2 * this.states.numberOf(state) + 1, group, prefix, prefixFrom, key, keyLength, 0)
    this.#tombstones++
  }

  /** Everything of the state whose key begins with `prefix` is gone, as far as it is in older segments. */
  drop(state: string, prefix: Uint8Array): void {
    this.states.numberOf(state)
    this.#dropped.push({ state, prefix })
  }

  /** What was collected, what `under` collected in front of it; both are empty afterwards. undefined: nothing. */
  take(under?: SegmentBuilder): SegmentDraft | undefined {
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
        return chunk === undefined ? [] : [chunk.bytes.subarray(0, chunk.length)]
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
    const draft = {
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
      for (const chunk of chunks.splice(0)) giveChunk(chunk.bytes)
    }
    return { ...draft, release }
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
}

/** Thrown by `readEntriesOf` for bytes that no builder wrote; who reads names the file. */
export class MalformedEntries extends Error {}

/** The entries of one key group, as views on `bytes`. */
export function* readEntriesOf(bytes: Uint8Array): Generator<SegmentEntry, void, void> {
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
    yield { state: Math.floor(tag / 2), key, value: tag % 2 === 1 ? undefined : counted() }
  }
}
