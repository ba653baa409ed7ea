import type { CanonicalKey } from '../record/canonical-key.ts'
import { estimateBytes } from '../state/estimate-bytes.ts'
import type { CacheRoom, KeyedTable, RoomCache } from '../state/keyed-state-backend.ts'
import type { WindowFold } from './window-fold.ts'

/** More parts than this are not kept, whatever the room. */
export const PARTS_MAX = 1_000_000
/** This share of the room at most: the rest belongs to the state itself. */
export const ROOM_SHARE = 0.5
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

interface Slice<Acc> {
  readonly end: number
  /** In the order of the slice's own table. */
  readonly parts: Part<Acc>[]
  /** Estimate of what its parts take up, as it is counted in the room. */
  readonly sizeBytes: number
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
 * This is made of the slices' tables and can be made again from them at any time: it is no state. Its memory is counted in
 * the room of the state, and given up when that is short and no window is firing; the next window makes it anew.
 */
export class SlidingMerge<Acc> implements RoomCache {
  readonly #fold: WindowFold<Acc>
  readonly #lookUp: LookUp<Acc>
  readonly #room: CacheRoom
  /** The oldest part of each key. */
  readonly #heads = new Map<CanonicalKey, Part<Acc>>()
  /** Ascending by their ends. */
  #slices: Slice<Acc>[] = []
  /** End of the last window: slices up to there are in, or empty. */
  #takenUpTo = Number.NEGATIVE_INFINITY
  #isFiring = false
  /** A window has fired since the room last asked. */
  #wasUsed = false
  /** As the last slice has it. */
  #bytesEach = PART_BYTES

  /** `room`: of the state that the slices are. */
  constructor(fold: WindowFold<Acc>, lookUp: LookUp<Acc>, room: CacheRoom) {
    this.#fold = fold
    this.#lookUp = lookUp
    this.#room = room
    room.enter(this)
  }

  /** Whether so many parts, those of all slices of a window, may be kept. */
  fits(parts: number): boolean {
    return parts <= PARTS_MAX && parts * this.#bytesEach <= this.#room.limitBytes * ROOM_SHARE
  }

  /** The slices that are in the window, oldest first. */
  get slices(): readonly Slice<Acc>[] {
    return this.#slices
  }

  /**
   * Moves on to a window that ends later than all before: lets go of slices that end at its start or earlier, and takes in
   * those of `sliceEnds` (ascending) that are new. From here to `finishFiring` nothing is given up.
   */
  moveTo(start: number, end: number, sliceEnds: readonly number[], tableAt: TableAt<Acc>): void {
    this.#isFiring = true
    this.#excludeUpTo(start)
    for (const sliceEnd of sliceEnds) {
      if (sliceEnd <= this.#takenUpTo) continue
      const table = tableAt(sliceEnd)
      if (table === undefined) continue
      const parts: Part<Acc>[] = []
      for (const [canonicalKey, row] of table.entries()) {
        const part = new Part(canonicalKey, row.key, sliceEnd, row.value)
        this.#append(part)
        parts.push(part)
      }
      this.#bytesEach = bytesEach(parts) ?? this.#bytesEach
      const sizeBytes = parts.length * this.#bytesEach
      this.#slices.push({ end: sliceEnd, parts, sizeBytes })
      this.#room.add(sizeBytes)
    }
    this.#takenUpTo = end
  }

  /** The window that was moved to is through. */
  finishFiring(): void {
    this.#isFiring = false
    this.#wasUsed = true
  }

  /** Gives up everything, when no window has fired since the last call and none does now. */
  sweep(bytes: number): boolean {
    if (this.#isFiring || this.#wasUsed) {
      this.#wasUsed = false
      return false
    }
    return this.clear() >= bytes
  }

  /** A slice has changed for a key: of interest when it is one of those that a window has had already. */
  changed(sliceEnd: number, canonicalKey: CanonicalKey, key: unknown): void {
    if (sliceEnd > this.#takenUpTo) return
    // First, since a row that comes back into memory for it may have everything given up here.
    const accumulator = this.#lookUp(sliceEnd, canonicalKey)
    if (accumulator === undefined || sliceEnd > this.#takenUpTo) return
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
    this.#sliceAt(sliceEnd).parts.push(added)
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

  /** Answers how many bytes that has freed. */
  clear(): number {
    const sizeBytes = this.#slices.reduce((sum, slice) => sum + slice.sizeBytes, 0)
    this.#heads.clear()
    this.#slices = []
    this.#takenUpTo = Number.NEGATIVE_INFINITY
    this.#room.add(-sizeBytes)
    return sizeBytes
  }

  #excludeUpTo(time: number): void {
    let gone = 0
    for (; gone < this.#slices.length && this.#slices[gone].end <= time; gone++) {
      const { parts, sizeBytes } = this.#slices[gone]
      for (const part of parts) this.#dropHead(part)
      this.#room.add(-sizeBytes)
    }
    if (gone > 0) this.#slices = this.#slices.slice(gone)
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

  #sliceAt(sliceEnd: number): Slice<Acc> {
    const after = this.#slices.findIndex(({ end }) => end >= sliceEnd)
    const at = after < 0 ? this.#slices.length : after
    if (this.#slices[at]?.end === sliceEnd) return this.#slices[at]
    const slice: Slice<Acc> = { end: sliceEnd, parts: [], sizeBytes: 0 }
    this.#slices.splice(at, 0, slice)
    return slice
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
