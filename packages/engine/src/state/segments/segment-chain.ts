import type { KeyGroupRange } from '../../record/key-group.ts'
import { portableTextCodec } from '../../record/text-codec.ts'
import type { KeyedSnapshotEntry } from '../keyed-state-backend.ts'
import type { SegmentHandle, StateManifest } from './manifest.ts'
import { type DroppedPrefix, MalformedEntries, readEntriesOf } from './segment-builder.ts'
import type { SegmentCodec } from './segment-codec.ts'
import { brokenSegment } from './segment-errors.ts'
import type { SegmentIndex } from './segment-file.ts'

/** A segment of which the wanted blocks are in memory, compressed. */
export interface LoadedSegment {
  readonly handle: SegmentHandle
  readonly index: SegmentIndex
  /** By number of the block. */
  readonly blocks: ReadonlyMap<number, Uint8Array>
}

/** One key of the state of a key group; `value` undefined: it is gone, and older segments may not know. */
export interface ResolvedEntry {
  readonly key: Uint8Array
  readonly value: Uint8Array | undefined
  /** Wall-clock ms from which on the value counts as gone; undefined: never. */
  readonly expiresAtMs: number | undefined
}

/** By name of the state, and by key as a text. */
export interface ResolvedGroup {
  readonly keyGroup: number
  readonly states: ReadonlyMap<string, ReadonlyMap<string, ResolvedEntry>>
}

/** Texts of one unit a byte, for Maps. */
export function textOfBytes(bytes: Uint8Array): string {
  return portableTextCodec.readLatin1(bytes, 0, bytes.length)
}

export function bytesOfText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  portableTextCodec.writeLatin1(bytes, 0, text)
  return bytes
}

/** A segment with its last block that was decompressed: key groups are asked for in ascending order. */
class OpenSegment {
  readonly #loaded: LoadedSegment
  readonly #codec: SegmentCodec
  readonly #places: ReadonlyMap<number, { readonly block: number; readonly from: number; readonly bytes: number }>
  #block = -1
  #raw = new Uint8Array(0)

  constructor(loaded: LoadedSegment, codec: SegmentCodec) {
    this.#loaded = loaded
    this.#codec = codec
    this.#places = new Map(loaded.index.groups.map(place => [place.group, place]))
  }

  get dropped(): readonly DroppedPrefix[] {
    return this.#loaded.index.dropped
  }

  get states(): readonly string[] {
    return this.#loaded.index.states
  }

  get groups(): Iterable<number> {
    return this.#places.keys()
  }

  get name(): string {
    return this.#loaded.handle.name
  }

  counts(group: number): boolean {
    const { first, last } = this.#loaded.handle.range
    return group >= first && group <= last
  }

  bytesOf(group: number): Uint8Array | undefined {
    const place = this.#places.get(group)
    if (place === undefined) return undefined
    if (this.#block !== place.block) {
      const stored = this.#loaded.blocks.get(place.block)
      const { rawBytes } = this.#loaded.index.blocks[place.block]!
      if (stored === undefined) throw brokenSegment(this.name, `has no block for the key group ${group}`)
      try {
        this.#raw = this.#codec.decompress(stored, rawBytes) as Uint8Array<ArrayBuffer>
      } catch (error) {
        throw brokenSegment(this.name, 'is damaged: it cannot be decompressed', error)
      }
      if (this.#raw.length !== rawBytes)
        throw brokenSegment(this.name, 'is damaged: a block has another size than it says')
      this.#block = place.block
    }
    return this.#raw.subarray(place.from, place.from + place.bytes)
  }
}

/**
 * The segments of one subtask, the oldest first, as one state: of each key what the newest says that speaks of it. A
 * segment's dropped prefixes count for older segments alone, and of its entries the later ones for the same key.
 */
export class SegmentChain {
  readonly manifest: StateManifest
  readonly #segments: readonly LoadedSegment[]
  readonly #codec: SegmentCodec

  /** `segments` in the order of the manifest's. */
  constructor(manifest: StateManifest, segments: readonly LoadedSegment[], codec: SegmentCodec) {
    this.manifest = manifest
    this.#segments = segments
    this.#codec = codec
  }

  /** Names of states that may have entries. */
  get states(): Set<string> {
    return new Set(this.#segments.flatMap(({ index }) => index.states))
  }

  /** What the compressed blocks take up. */
  get sizeBytes(): number {
    let bytes = 0
    for (const { blocks } of this.#segments) for (const block of blocks.values()) bytes += block.length
    return bytes
  }

  /** What is there of one state, a key group at a time. */
  *entries(state: string): Generator<KeyedSnapshotEntry, void, void> {
    const segments = this.#open().filter(({ states }) => states.includes(state))
    for (const keyGroup of groupsOf(segments, this.manifest.range)) {
      for (const { key, value } of resolve(segments, keyGroup, state).get(state)?.values() ?? []) {
        if (value !== undefined) yield { keyGroup, state, key, value }
      }
    }
  }

  /** What the segments say of all states of each key group that any of them has entries of, tombstones among it. */
  *groups(): Generator<ResolvedGroup, void, void> {
    const segments = this.#open()
    for (const keyGroup of groupsOf(segments, this.manifest.range)) {
      yield { keyGroup, states: resolve(segments, keyGroup, undefined) }
    }
  }

  /** The prefixes that any of the segments has dropped, each once. */
  dropped(): DroppedPrefix[] {
    const all = new Map<string, DroppedPrefix>()
    for (const { index } of this.#segments) {
      for (const drop of index.dropped) all.set(`${drop.state}\n${textOfBytes(drop.prefix)}`, drop)
    }
    return [...all.values()]
  }

  #open(): OpenSegment[] {
    return this.#segments.map(segment => new OpenSegment(segment, this.#codec))
  }
}

/** The key groups of a range that any of the segments has entries of, ascending. */
function groupsOf(segments: readonly OpenSegment[], { first, last }: KeyGroupRange): number[] {
  const groups = new Set<number>()
  for (const segment of segments) {
    for (const group of segment.groups) if (group >= first && group <= last) groups.add(group)
  }
  return [...groups].sort((a, b) => a - b)
}

function resolve(
  segments: readonly OpenSegment[],
  group: number,
  wanted: string | undefined,
): Map<string, Map<string, ResolvedEntry>> {
  const states = new Map<string, Map<string, ResolvedEntry>>()
  for (const segment of segments) {
    if (!segment.counts(group)) continue
    if (states.size > 0) dropFrom(states, segment.dropped)
    const bytes = segment.bytesOf(group)
    if (bytes === undefined) continue
    try {
      for (const { state, key, value, expiresAtMs } of readEntriesOf(bytes)) {
        const name = segment.states[state]
        if (name === undefined) throw new MalformedEntries('an entry has no state')
        if (wanted !== undefined && name !== wanted) continue
        let entries = states.get(name)
        if (entries === undefined) {
          entries = new Map()
          states.set(name, entries)
        }
        const text = textOfBytes(key)
        // One that is written anew takes its place behind the others: entries keep the order of their segments.
        entries.delete(text)
        entries.set(text, { key, value, expiresAtMs })
      }
    } catch (error) {
      if (!(error instanceof MalformedEntries)) throw error
      throw brokenSegment(segment.name, `is damaged: ${error.message}`, error)
    }
  }
  return states
}

function dropFrom(states: Map<string, Map<string, ResolvedEntry>>, dropped: readonly DroppedPrefix[]): void {
  /** By state and length of the prefix. */
  const prefixes = new Map<string, Map<number, Set<string>>>()
  for (const { state, prefix } of dropped) {
    if (!states.has(state)) continue
    const ofState = prefixes.get(state) ?? new Map<number, Set<string>>()
    prefixes.set(state, ofState)
    const ofLength = ofState.get(prefix.length) ?? new Set<string>()
    ofState.set(prefix.length, ofLength)
    ofLength.add(textOfBytes(prefix))
  }
  for (const [state, ofState] of prefixes) {
    const entries = states.get(state)!
    for (const text of entries.keys()) {
      for (const [length, texts] of ofState) {
        if (!texts.has(text.slice(0, length))) continue
        entries.delete(text)
        break
      }
    }
  }
}
