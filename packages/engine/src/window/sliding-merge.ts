import type { CanonicalKey } from '../record/canonical-key.ts'
import type { KeyedTable } from '../state/keyed-state-backend.ts'
import type { WindowFold } from './window-fold.ts'

/** What one slice holds of a key. */
class Part<Acc> {
  readonly sliceEnd: number
  accumulator: Acc
  next: Part<Acc> | undefined
  /** Merged from here up to the key's `frontTail`; set where that is set. */
  suffix: Acc | undefined

  constructor(sliceEnd: number, accumulator: Acc) {
    this.sliceEnd = sliceEnd
    this.accumulator = accumulator
    this.next = undefined
    this.suffix = undefined
  }
}

/** A key of the window: its parts, oldest first, and what has been merged of them. */
export class MergedKey<Acc> {
  readonly canonicalKey: CanonicalKey
  readonly key: unknown
  /** undefined: the key is in no slice any more. */
  head: Part<Acc> | undefined
  tail: Part<Acc>
  /** The parts up to here have suffixes; undefined: none has. */
  frontTail: Part<Acc> | undefined
  /** Merged from the parts behind `frontTail`. */
  back: Acc | undefined
  backIsEmpty: boolean
  /** A part's accumulator has changed since it was taken. */
  isStale: boolean

  constructor(canonicalKey: CanonicalKey, key: unknown, part: Part<Acc>) {
    this.canonicalKey = canonicalKey
    this.key = key
    this.head = part
    this.tail = part
    this.frontTail = undefined
    this.back = undefined
    this.backIsEmpty = true
    this.isStale = false
  }
}

interface Slice<Acc> {
  readonly end: number
  /** In the order of the slice's own table. */
  readonly keys: MergedKey<Acc>[]
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
  readonly #keys = new Map<CanonicalKey, MergedKey<Acc>>()
  /** Ascending by their ends. */
  #slices: Slice<Acc>[] = []
  /** End of the last window: slices up to there are in, or empty. */
  #takenUpTo = Number.NEGATIVE_INFINITY

  constructor(fold: WindowFold<Acc>, lookUp: LookUp<Acc>) {
    this.#fold = fold
    this.#lookUp = lookUp
  }

  /** The slices that are in the window, oldest first. */
  get slices(): readonly Slice<Acc>[] {
    return this.#slices
  }

  /**
   * Moves on to a window that ends later than all before: lets go of slices that end at its start or earlier, and takes in
   * those of `sliceEnds` (ascending) that are new.
   */
  moveTo(start: number, end: number, sliceEnds: readonly number[], tableAt: TableAt<Acc>): void {
    this.#excludeUpTo(start)
    for (const sliceEnd of sliceEnds) {
      if (sliceEnd <= this.#takenUpTo) continue
      const table = tableAt(sliceEnd)
      if (table === undefined) continue
      const keys: MergedKey<Acc>[] = []
      for (const [canonicalKey, row] of table.entries()) {
        keys.push(this.#append(canonicalKey, row.key, new Part(sliceEnd, row.value)))
      }
      this.#slices.push({ end: sliceEnd, keys })
    }
    this.#takenUpTo = end
  }

  /** A slice has changed for a key: of interest when it is one of those that a window has had already. */
  changed(sliceEnd: number, canonicalKey: CanonicalKey, key: unknown): void {
    if (sliceEnd > this.#takenUpTo) return
    const merged = this.#keys.get(canonicalKey)
    let before: Part<Acc> | undefined
    let part = merged?.head
    for (; part !== undefined && part.sliceEnd < sliceEnd; part = part.next) before = part
    if (merged !== undefined && part?.sliceEnd === sliceEnd) {
      merged.isStale = true
      return
    }
    const accumulator = this.#lookUp(sliceEnd, canonicalKey)
    if (accumulator === undefined) return
    const added = new Part<Acc>(sliceEnd, accumulator)
    if (merged === undefined) {
      this.#sliceAt(sliceEnd).keys.push(this.#append(canonicalKey, key, added))
      return
    }
    added.next = part
    if (before === undefined) merged.head = added
    else before.next = added
    if (part === undefined) merged.tail = added
    merged.isStale = true
    this.#sliceAt(sliceEnd).keys.push(merged)
  }

  /** What the slices that are in hold of the key, merged. It belongs to them: not to be changed. */
  result(merged: MergedKey<Acc>): Acc {
    if (merged.isStale) this.#refresh(merged)
    const head = merged.head as Part<Acc>
    if (head.next === undefined) return head.accumulator
    if (this.#fold.isList) return concatenated(head)
    if (merged.frontTail === undefined) this.#makeFront(merged, head)
    const front = head.suffix as Acc
    return merged.backIsEmpty ? front : this.#fold.merge(front, merged.back as Acc)
  }

  clear(): void {
    this.#keys.clear()
    this.#slices = []
    this.#takenUpTo = Number.NEGATIVE_INFINITY
  }

  #excludeUpTo(time: number): void {
    let gone = 0
    for (; gone < this.#slices.length && this.#slices[gone].end <= time; gone++) {
      for (const merged of this.#slices[gone].keys) this.#dropHead(merged)
    }
    if (gone > 0) this.#slices = this.#slices.slice(gone)
  }

  #append(canonicalKey: CanonicalKey, key: unknown, part: Part<Acc>): MergedKey<Acc> {
    const known = this.#keys.get(canonicalKey)
    if (known === undefined) {
      const merged = new MergedKey(canonicalKey, key, part)
      this.#keys.set(canonicalKey, merged)
      return merged
    }
    known.tail.next = part
    known.tail = part
    if (known.frontTail !== undefined && !this.#fold.isList) {
      known.back = known.backIsEmpty ? part.accumulator : this.#fold.merge(known.back as Acc, part.accumulator)
      known.backIsEmpty = false
    }
    return known
  }

  #dropHead(merged: MergedKey<Acc>): void {
    const head = merged.head as Part<Acc>
    merged.head = head.next
    if (head.next === undefined) this.#keys.delete(merged.canonicalKey)
    else if (merged.frontTail === head) forget(merged)
  }

  #makeFront(merged: MergedKey<Acc>, head: Part<Acc>): void {
    const parts: Part<Acc>[] = []
    for (let part: Part<Acc> | undefined = head; part !== undefined; part = part.next) parts.push(part)
    let suffix = parts[parts.length - 1].accumulator
    parts[parts.length - 1].suffix = suffix
    for (let i = parts.length - 2; i >= 0; i--) {
      suffix = this.#fold.merge(parts[i].accumulator, suffix)
      parts[i].suffix = suffix
    }
    merged.frontTail = merged.tail
    merged.back = undefined
    merged.backIsEmpty = true
  }

  #refresh(merged: MergedKey<Acc>): void {
    for (let part = merged.head; part !== undefined; part = part.next) {
      const now = this.#lookUp(part.sliceEnd, merged.canonicalKey)
      if (now !== undefined) part.accumulator = now
    }
    forget(merged)
    merged.isStale = false
  }

  #sliceAt(sliceEnd: number): Slice<Acc> {
    const after = this.#slices.findIndex(({ end }) => end >= sliceEnd)
    const at = after < 0 ? this.#slices.length : after
    if (this.#slices[at]?.end === sliceEnd) return this.#slices[at]
    const slice: Slice<Acc> = { end: sliceEnd, keys: [] }
    this.#slices.splice(at, 0, slice)
    return slice
  }
}

function forget<Acc>(merged: MergedKey<Acc>): void {
  merged.frontTail = undefined
  merged.back = undefined
  merged.backIsEmpty = true
}

function concatenated<Acc>(head: Part<Acc>): Acc {
  const lists: unknown[][] = []
  for (let part: Part<Acc> | undefined = head; part !== undefined; part = part.next) {
    lists.push(part.accumulator as unknown[])
  }
  return ([] as unknown[]).concat(...lists) as Acc
}
