import type { CanonicalKey } from '../record/canonical-key.ts'
import { estimateBytes } from '../state/estimate-bytes.ts'
import type { CacheRoom, KeyedTable } from '../state/keyed-state-backend.ts'
import { type KeptSlice, KeptSlices } from './kept-slices.ts'
import type { WindowFold } from './window-fold.ts'

/** What a part costs beside its key and accumulator: the object, its places in its slice and among the heads, and `Several`. */
const PART_BYTES = 144
/** So many parts of a slice are looked at for what their keys and accumulators take up. */
const SAMPLE = 16

/** What one slice holds of a key. The parts of a key are a list, oldest first; nearly all are of keys that have only one. */
export class Part<Acc> {
  readonly canonicalKey: CanonicalKey
  readonly key: unknown
  readonly sliceEnd: number
  accumulator: Acc
  /** It is the oldest of its key, the one by which the key is found. */
  isHead = false
  next: Part<Acc> | undefined = undefined
  /** Merged from here up to the `frontTail` of the key; set where that is set. */
  suffix: Acc | undefined = undefined
  /** Of a key that has, or had, several parts: with the oldest. */
  several: Several<Acc> | undefined = undefined

  constructor(canonicalKey: CanonicalKey, key: unknown, sliceEnd: number, accumulator: Acc) {
    this.canonicalKey = canonicalKey
    this.key = key
    this.sliceEnd = sliceEnd
    this.accumulator = accumulator
  }
}

/** What has been merged of the parts of a key. */
class Several<Acc> {
  tail: Part<Acc>
  /** The parts up to here have suffixes; undefined: none has. */
  frontTail: Part<Acc> | undefined = undefined
  /** Merged from the parts behind `frontTail`. */
  back: Acc | undefined = undefined
  backIsEmpty = true

  constructor(tail: Part<Acc>) {
    this.tail = tail
  }

  forget(): void {
    this.frontTail = undefined
    this.back = undefined
    this.backIsEmpty = true
  }
}

export type TableAt<Acc> = (sliceEnd: number) => KeyedTable<Acc> | undefined

/** Looks up what a slice holds of a key now. */
export type LookUp<Acc> = (sliceEnd: number, canonicalKey: CanonicalKey) => Acc | undefined

/**
 * The slices of a sliding window as they move on, with what their accumulators merge to per key.
 *
 * From one window to the next a key costs a step for each slice that it enters or leaves, and no more merges than three
 * for each of its parts, however many slices a window has: per key two stacks ("two-stacks" aggregation; Tangwongsan,
 * Hirzel, Schneider: Low-latency sliding-window aggregation in worst-case constant time, 2017). Parts that were there when
 * the front was made hold the merge of themselves and those behind them, those that came later are merged in one value.
 * A key with one part, as most have where keys are many, costs no merge.
 *
 * This is made of the slices' tables and can be made again from them at any time: it is no state.
 */
export class SlidingMerge<Acc> {
  readonly #fold: WindowFold<Acc>
  readonly #lookUp: LookUp<Acc>
  readonly #slices: KeptSlices<KeyedTable<Acc>, Part<Acc>>
  /** The oldest part of each key. */
  readonly #heads = new Map<CanonicalKey, Part<Acc>>()
  /** As the last slice has it. */
  #bytesEach = PART_BYTES

  /** `room`: of the state that the slices are. */
  constructor(fold: WindowFold<Acc>, lookUp: LookUp<Acc>, room: CacheRoom) {
    this.#fold = fold
    this.#lookUp = lookUp
    this.#slices = new KeptSlices(
      {
        partBytes: () => this.#bytesEach,
        takeIn: (table, sliceEnd) => this.#takeIn(table, sliceEnd),
        letGo: parts => {
          for (const part of parts) this.#dropHead(part)
        },
        forget: () => this.#heads.clear(),
      },
      room,
    )
  }

  /** As in KeptSlices. */
  fits(parts: number): boolean {
    return this.#slices.fits(parts)
  }

  /** The slices that are in the window, oldest first. */
  get slices(): readonly KeptSlice<Part<Acc>>[] {
    return this.#slices.all
  }

  /** As in KeptSlices. */
  moveTo(start: number, end: number, sliceEnds: readonly number[], tableAt: TableAt<Acc>): void {
    this.#slices.moveTo(start, end, sliceEnds, tableAt)
  }

  /** As in KeptSlices. */
  finishFiring(): void {
    this.#slices.finishFiring()
  }

  /** As in KeptSlices. */
  sweep(bytes: number): boolean {
    return this.#slices.sweep(bytes)
  }

  /** A slice has changed for a key: of interest when it is one of those that a window has had already. */
  changed(sliceEnd: number, canonicalKey: CanonicalKey, key: unknown): void {
    if (!this.#slices.has(sliceEnd)) return
    // First, since a row that comes back into memory for it may have everything given up here.
    const accumulator = this.#lookUp(sliceEnd, canonicalKey)
    if (accumulator === undefined || !this.#slices.has(sliceEnd)) return
    const head = this.#heads.get(canonicalKey)
    let before: Part<Acc> | undefined
    let part = head
    for (; part !== undefined && part.sliceEnd < sliceEnd; part = part.next) before = part
    if (head !== undefined && part?.sliceEnd === sliceEnd) {
      part.accumulator = accumulator
      head.several?.forget()
      return
    }
    const added = new Part<Acc>(canonicalKey, key, sliceEnd, accumulator)
    this.#slices.at(sliceEnd).parts.push(added)
    if (head === undefined) {
      this.#append(added)
      return
    }
    const several = head.several ?? new Several(head)
    several.forget()
    added.next = part
    if (part === undefined) several.tail = added
    if (before === undefined) this.#setHead(added, several)
    else {
      before.next = added
      head.several = several
    }
  }

  /** What the slices that are in hold of the key of this oldest part, merged. It belongs to them: not to be changed. */
  result(head: Part<Acc>): Acc {
    if (head.next === undefined) return head.accumulator
    if (this.#fold.isList) return concatenated(head)
    const several = head.several as Several<Acc>
    if (several.frontTail === undefined) this.#makeFront(several, head)
    const front = head.suffix as Acc
    return several.backIsEmpty ? front : this.#fold.merge(front, several.back as Acc)
  }

  /** As in KeptSlices. */
  clear(): number {
    return this.#slices.clear()
  }

  #takeIn(table: KeyedTable<Acc>, sliceEnd: number): Part<Acc>[] {
    const parts: Part<Acc>[] = []
    for (const [canonicalKey, row] of table.entries()) {
      const part = new Part(canonicalKey, row.key, sliceEnd, row.value)
      this.#append(part)
      parts.push(part)
    }
    this.#bytesEach = bytesEach(parts) ?? this.#bytesEach
    return parts
  }

  /** A part that is younger than all of its key. */
  #append(part: Part<Acc>): void {
    const head = this.#heads.get(part.canonicalKey)
    if (head === undefined) {
      part.isHead = true
      this.#heads.set(part.canonicalKey, part)
      return
    }
    const several = head.several ?? new Several(head)
    head.several = several
    several.tail.next = part
    several.tail = part
    if (several.frontTail !== undefined && !this.#fold.isList) {
      several.back = several.backIsEmpty ? part.accumulator : this.#fold.merge(several.back as Acc, part.accumulator)
      several.backIsEmpty = false
    }
  }

  #dropHead(head: Part<Acc>): void {
    const { next, several } = head
    if (next === undefined) {
      this.#heads.delete(head.canonicalKey)
      return
    }
    if (several?.frontTail === head) several.forget()
    this.#setHead(next, several)
  }

  /** Another part than before is the oldest of its key. */
  #setHead(head: Part<Acc>, several: Several<Acc> | undefined): void {
    const before = this.#heads.get(head.canonicalKey) as Part<Acc>
    before.isHead = false
    before.several = undefined
    head.isHead = true
    head.several = several
    this.#heads.set(head.canonicalKey, head)
  }

  #makeFront(several: Several<Acc>, head: Part<Acc>): void {
    const parts: Part<Acc>[] = []
    for (let part: Part<Acc> | undefined = head; part !== undefined; part = part.next) parts.push(part)
    let suffix = parts[parts.length - 1].accumulator
    parts[parts.length - 1].suffix = suffix
    for (let i = parts.length - 2; i >= 0; i--) {
      suffix = this.#fold.merge(parts[i].accumulator, suffix)
      parts[i].suffix = suffix
    }
    several.forget()
    several.frontTail = several.tail
  }
}

/** What a part takes up on average, with its key and accumulator: it may be the last to hold them. */
function bytesEach<Acc>(parts: readonly Part<Acc>[]): number | undefined {
  const count = Math.min(SAMPLE, parts.length)
  if (count === 0) return undefined
  let bytes = 0
  for (let i = 0; i < count; i++) {
    const { key, accumulator } = parts[i]
    bytes += PART_BYTES + estimateBytes(key) + estimateBytes(accumulator)
  }
  return Math.ceil(bytes / count)
}

function concatenated<Acc>(head: Part<Acc>): Acc {
  const lists: unknown[][] = []
  for (let part: Part<Acc> | undefined = head; part !== undefined; part = part.next) {
    lists.push(part.accumulator as unknown[])
  }
  return ([] as unknown[]).concat(...lists) as Acc
}
