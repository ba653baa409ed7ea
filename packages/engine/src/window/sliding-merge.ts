import type { CanonicalKey } from '../record/canonical-key.ts'
import type { KeyedTable } from '../state/keyed-state-backend.ts'
import type { WindowFold } from './window-fold.ts'

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
  /** The oldest part of each key. */
  readonly #heads = new Map<CanonicalKey, Part<Acc>>()
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
      const parts: Part<Acc>[] = []
      for (const [canonicalKey, row] of table.entries()) {
        const part = new Part(canonicalKey, row.key, sliceEnd, row.value)
        this.#append(part)
        parts.push(part)
      }
      this.#slices.push({ end: sliceEnd, parts })
    }
    this.#takenUpTo = end
  }

  /** A slice has changed for a key: of interest when it is one of those that a window has had already. */
  changed(sliceEnd: number, canonicalKey: CanonicalKey, key: unknown): void {
    if (sliceEnd > this.#takenUpTo) return
    const head = this.#heads.get(canonicalKey)
    let before: Part<Acc> | undefined
    let part = head
    for (; part !== undefined && part.sliceEnd < sliceEnd; part = part.next) before = part
    const accumulator = this.#lookUp(sliceEnd, canonicalKey)
    if (accumulator === undefined) return
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

  clear(): void {
    this.#heads.clear()
    this.#slices = []
    this.#takenUpTo = Number.NEGATIVE_INFINITY
  }

  #excludeUpTo(time: number): void {
    let gone = 0
    for (; gone < this.#slices.length && this.#slices[gone].end <= time; gone++) {
      for (const part of this.#slices[gone].parts) this.#dropHead(part)
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
    const slice: Slice<Acc> = { end: sliceEnd, parts: [] }
    this.#slices.splice(at, 0, slice)
    return slice
  }
}

function concatenated<Acc>(head: Part<Acc>): Acc {
  const lists: unknown[][] = []
  for (let part: Part<Acc> | undefined = head; part !== undefined; part = part.next) {
    lists.push(part.accumulator as unknown[])
  }
  return ([] as unknown[]).concat(...lists) as Acc
}
