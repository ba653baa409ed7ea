import type { CanonicalKey } from '../record/canonical-key.ts'
import type { CacheRoom, ColumnTable, KeyedTable } from '../state/keyed-state-backend.ts'
import { NumberIndex } from '../state/number-index.ts'
import { type KeptSlice, KeptSlices } from './kept-slices.ts'
import type { LookUp } from './sliding-merge.ts'
import type { WindowFold } from './window-fold.ts'

// The numbers of a part behind its key: what its slice holds of it; merged from here up to the front's last part, where
// there is a front; of the oldest part, merged from those behind the front; the end of its slice.
const ACCUMULATOR = 1
const SUFFIX = 2
const BACK = 3
const SLICE_END = 4
const STRIDE = 5

// The links of a part. TAIL, FRONT_TAIL and what the flags say of the back are kept with the oldest part of a key alone.
const NEXT = 0
const TAIL = 1
/** The parts up to there have suffixes; NONE: none has. */
const FRONT_TAIL = 2
const FLAGS = 3
const LINKS = 4

const NONE = -1
/** It is the oldest of its key. */
const HEAD = 1
/** There is something behind the front. */
const HAS_BACK = 2

const FIRST_CAPACITY = 16
/** A part with its places in the arrays, which may be half empty, in its slice and in the index. */
const PART_BYTES = 112

type Table = KeyedTable<unknown> | ColumnTable<unknown>

export type ColumnsAt = (sliceEnd: number) => Table | undefined

/**
 * What `SlidingMerge` does, for keys and accumulators that are numbers: its parts are places in typed arrays, so that a
 * window with many keys makes no objects that live for as long as it does.
 *
 * Where a key or an accumulator is something else it says so, and is of no use any more.
 */
export class NumberMerge {
  readonly #fold: WindowFold<unknown>
  readonly #slices: KeptSlices<Table, number>
  readonly #lookUp: LookUp<unknown>
  /** The oldest part of each key is found by it. */
  #index = new NumberIndex(STRIDE - 1)
  #links = new Int32Array(FIRST_CAPACITY * LINKS)
  #free: number[] = []
  #top = 0
  #metOthers = false

  /** As in SlidingMerge. */
  constructor(fold: WindowFold<unknown>, lookUp: LookUp<unknown>, room: CacheRoom) {
    this.#fold = fold
    this.#lookUp = lookUp
    this.#slices = new KeptSlices(
      {
        partBytes: () => PART_BYTES,
        takeIn: (table, sliceEnd) => this.#takeIn(table, sliceEnd),
        letGo: parts => this.#letGo(parts),
        forget: () => this.#forgetAll(),
      },
      room,
    )
  }

  /** As in KeptSlices. */
  fits(parts: number): boolean {
    return this.#slices.fits(parts)
  }

  /** The slices that are in the window, oldest first: places of their parts. */
  get slices(): readonly KeptSlice<number>[] {
    return this.#slices.all
  }

  isHead(part: number): boolean {
    return (this.#links[part * LINKS + FLAGS]! & HEAD) !== 0
  }

  keyOf(part: number): number {
    return this.#index.keyAt(part)
  }

  /** As in KeptSlices; false where something is no number. */
  moveTo(start: number, end: number, sliceEnds: readonly number[], tableAt: ColumnsAt): boolean {
    if (this.#metOthers) return false
    this.#metOthers = !this.#slices.moveTo(start, end, sliceEnds, tableAt)
    return !this.#metOthers
  }

  /** As in KeptSlices. */
  finishFiring(): void {
    this.#slices.finishFiring()
  }

  /** As in KeptSlices. */
  sweep(bytes: number): boolean {
    return this.#slices.sweep(bytes)
  }

  /** As in SlidingMerge. */
  changed(sliceEnd: number, canonicalKey: CanonicalKey): void {
    if (!this.#slices.has(sliceEnd) || this.#metOthers) return
    // First, since a row that comes back into memory for it may have everything given up here.
    const accumulator = this.#lookUp(sliceEnd, canonicalKey)
    if (accumulator === undefined || !this.#slices.has(sliceEnd)) return
    if (typeof canonicalKey !== 'number' || typeof accumulator !== 'number') {
      this.#metOthers = true
      return
    }
    const head = this.#index.find(canonicalKey)
    let before = NONE
    let part = head
    for (; part !== NONE && this.#cell(part, SLICE_END) < sliceEnd; part = this.#link(part, NEXT)) before = part
    if (part !== NONE && this.#cell(part, SLICE_END) === sliceEnd) {
      this.#setCell(part, ACCUMULATOR, accumulator)
      this.#forget(head)
      return
    }
    const added = this.#newPart(canonicalKey, accumulator, sliceEnd)
    this.#slices.at(sliceEnd).parts.push(added)
    if (head === NONE) {
      this.#append(added, canonicalKey, accumulator)
      return
    }
    this.#forget(head)
    this.#setLink(added, NEXT, part)
    if (part === NONE) this.#setLink(head, TAIL, added)
    if (before === NONE) this.#setHead(head, added)
    else this.#setLink(before, NEXT, added)
  }

  /** What the slices that are in hold of the key of this oldest part, merged. */
  result(head: number): unknown {
    if (this.#link(head, NEXT) === NONE) return this.#cell(head, ACCUMULATOR)
    if (this.#link(head, FRONT_TAIL) === NONE && !this.#makeFront(head)) return this.#mergedAnew(head)
    const front = this.#cell(head, SUFFIX)
    return (this.#link(head, FLAGS) & HAS_BACK) === 0 ? front : this.#fold.merge(front, this.#cell(head, BACK))
  }

  /** As in KeptSlices. */
  clear(): number {
    return this.#slices.clear()
  }

  /** Undefined where something is no number. */
  #takeIn(table: Table, sliceEnd: number): number[] | undefined {
    const parts: number[] = []
    if ('isInColumns' in table && table.isInColumns) {
      const { cells, top } = table
      for (let place = 0; place < top; place++) {
        if (table.isLive(place)) parts.push(this.#add(cells[2 * place]!, cells[2 * place + 1]!, sliceEnd))
      }
      return parts
    }
    for (const { key, value } of table.rows()) {
      if (typeof key !== 'number' || Object.is(key, -0) || typeof value !== 'number') return undefined
      parts.push(this.#add(key, value, sliceEnd))
    }
    return parts
  }

  #add(key: number, accumulator: number, sliceEnd: number): number {
    const part = this.#newPart(key, accumulator, sliceEnd)
    this.#append(part, key, accumulator)
    return part
  }

  #newPart(key: number, accumulator: number, sliceEnd: number): number {
    const part = this.#free.pop() ?? this.#top++
    this.#index.addUnnamed(part)
    if ((part + 1) * LINKS > this.#links.length) this.#grow()
    const { cells } = this.#index
    cells[part * STRIDE] = key
    cells[part * STRIDE + ACCUMULATOR] = accumulator
    cells[part * STRIDE + SLICE_END] = sliceEnd
    const links = this.#links
    links[part * LINKS + NEXT] = NONE
    links[part * LINKS + TAIL] = part
    links[part * LINKS + FRONT_TAIL] = NONE
    links[part * LINKS + FLAGS] = 0
    return part
  }

  /** A part that is younger than all of its key. */
  #append(part: number, key: number, accumulator: number): void {
    const head = this.#index.find(key)
    if (head === NONE) {
      this.#setLink(part, FLAGS, HEAD)
      this.#index.add(key, part)
      return
    }
    this.#setLink(this.#link(head, TAIL), NEXT, part)
    this.#setLink(head, TAIL, part)
    if (this.#link(head, FRONT_TAIL) === NONE) return
    const flags = this.#link(head, FLAGS)
    const back = (flags & HAS_BACK) === 0 ? accumulator : this.#fold.merge(this.#cell(head, BACK), accumulator)
    if (typeof back !== 'number') this.#forget(head)
    else {
      this.#setCell(head, BACK, back)
      this.#setLink(head, FLAGS, flags | HAS_BACK)
    }
  }

  #letGo(parts: readonly number[]): void {
    for (const part of parts) this.#dropHead(part)
    // So that those that come in get ascending places.
    for (let i = parts.length - 1; i >= 0; i--) this.#free.push(parts[i]!)
  }

  #forgetAll(): void {
    this.#index = new NumberIndex(STRIDE - 1)
    this.#links = new Int32Array(FIRST_CAPACITY * LINKS)
    this.#free = []
    this.#top = 0
  }

  #dropHead(head: number): void {
    const next = this.#link(head, NEXT)
    if (next === NONE) {
      this.#index.remove(this.keyOf(head))
      return
    }
    if (this.#link(head, FRONT_TAIL) === head) this.#forget(head)
    this.#setHead(head, next)
  }

  /** Another part than before is the oldest of its key. */
  #setHead(before: number, head: number): void {
    this.#setLink(head, TAIL, this.#link(before, TAIL))
    this.#setLink(head, FRONT_TAIL, this.#link(before, FRONT_TAIL))
    this.#setLink(head, FLAGS, this.#link(before, FLAGS))
    this.#setCell(head, BACK, this.#cell(before, BACK))
    this.#setLink(before, FLAGS, 0)
    this.#index.move(before, head)
  }

  #forget(head: number): void {
    this.#setLink(head, FRONT_TAIL, NONE)
    this.#setLink(head, FLAGS, this.#link(head, FLAGS) & ~HAS_BACK)
  }

  /** False where parts merge to what is no number. */
  #makeFront(head: number): boolean {
    const parts = this.#partsFrom(head)
    const tail = parts[parts.length - 1]!
    let suffix: unknown = this.#cell(tail, ACCUMULATOR)
    this.#setCell(tail, SUFFIX, suffix as number)
    for (let i = parts.length - 2; i >= 0; i--) {
      suffix = this.#fold.merge(this.#cell(parts[i]!, ACCUMULATOR), suffix)
      if (typeof suffix !== 'number') return false
      this.#setCell(parts[i]!, SUFFIX, suffix)
    }
    this.#forget(head)
    this.#setLink(head, FRONT_TAIL, tail)
    return true
  }

  #mergedAnew(head: number): unknown {
    const parts = this.#partsFrom(head)
    let merged: unknown = this.#cell(parts[parts.length - 1]!, ACCUMULATOR)
    for (let i = parts.length - 2; i >= 0; i--) merged = this.#fold.merge(this.#cell(parts[i]!, ACCUMULATOR), merged)
    return merged
  }

  /** Oldest first. */
  #partsFrom(head: number): number[] {
    const parts: number[] = []
    for (let part = head; part !== NONE; part = this.#link(part, NEXT)) parts.push(part)
    return parts
  }

  #cell(part: number, which: number): number {
    return this.#index.cells[part * STRIDE + which]!
  }

  #setCell(part: number, which: number, value: number): void {
    this.#index.cells[part * STRIDE + which] = value
  }

  #link(part: number, which: number): number {
    return this.#links[part * LINKS + which]!
  }

  #setLink(part: number, which: number, value: number): void {
    this.#links[part * LINKS + which] = value
  }

  #grow(): void {
    const links = new Int32Array(2 * this.#links.length)
    links.set(this.#links)
    this.#links = links
  }
}
