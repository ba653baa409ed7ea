import type { TimeWindow } from '../functions/window-function.ts'
import type { CanonicalKey } from '../record/canonical-key.ts'
import type { KeyedRow, KeyedTable } from '../state/keyed-state-backend.ts'
import type { NumberMerge } from './number-merge.ts'
import type { SlidingMerge } from './sliding-merge.ts'
import type { WindowFold } from './window-fold.ts'

/**
 * The keys of one window that fires, one after the other, so that firing can stop between any two. They come in the order
 * in which they stand in the oldest slice that has them.
 */
export interface Firing<Acc> {
  readonly window: TimeWindow
  /** Moves to the next key; false when there is none. */
  advance(): boolean
  /** Of the key that `advance` moved to. The accumulator belongs to the window. */
  readonly canonicalKey: CanonicalKey
  readonly key: unknown
  readonly accumulator: Acc
}

/** A window of one slice. */
export class TableFiring<Acc> implements Firing<Acc> {
  readonly window: TimeWindow
  readonly #entries: IterableIterator<[CanonicalKey, KeyedRow<Acc>]>
  canonicalKey: CanonicalKey = 0
  key: unknown = undefined
  accumulator!: Acc

  constructor(window: TimeWindow, table: KeyedTable<Acc> | undefined) {
    this.window = window
    this.#entries = (table?.entries() ?? [].values()) as IterableIterator<[CanonicalKey, KeyedRow<Acc>]>
  }

  advance(): boolean {
    const next = this.#entries.next()
    if (next.done) return false
    const [canonicalKey, row] = next.value
    this.canonicalKey = canonicalKey
    this.key = row.key
    this.accumulator = row.value
    return true
  }
}

/** A window of several slices whose keys are kept merged from window to window. To be gone through to its end. */
export class MergedFiring<Acc> implements Firing<Acc> {
  readonly window: TimeWindow
  readonly #merge: SlidingMerge<Acc>
  #slice = 0
  #position = 0
  canonicalKey: CanonicalKey = 0
  key: unknown = undefined
  accumulator!: Acc

  constructor(window: TimeWindow, merge: SlidingMerge<Acc>) {
    this.window = window
    this.#merge = merge
  }

  advance(): boolean {
    const { slices } = this.#merge
    for (; this.#slice < slices.length; this.#slice++, this.#position = 0) {
      const { parts } = slices[this.#slice]
      while (this.#position < parts.length) {
        const part = parts[this.#position++]
        // It came with an older slice when it is in one.
        if (!part.isHead) continue
        this.canonicalKey = part.canonicalKey
        this.key = part.key
        this.accumulator = this.#merge.result(part)
        return true
      }
    }
    this.#merge.finishFiring()
    return false
  }
}

/** A window of several slices whose keys and accumulators are numbers. To be gone through to its end. */
export class NumberFiring implements Firing<unknown> {
  readonly window: TimeWindow
  readonly #merge: NumberMerge
  #slice = 0
  #position = 0
  canonicalKey: CanonicalKey = 0
  key: unknown = undefined
  accumulator: unknown = undefined

  constructor(window: TimeWindow, merge: NumberMerge) {
    this.window = window
    this.#merge = merge
  }

  advance(): boolean {
    const merge = this.#merge
    const { slices } = merge
    for (; this.#slice < slices.length; this.#slice++, this.#position = 0) {
      const { parts } = slices[this.#slice]
      while (this.#position < parts.length) {
        const part = parts[this.#position++]
        if (!merge.isHead(part)) continue
        const key = merge.keyOf(part)
        this.canonicalKey = key
        this.key = key
        this.accumulator = merge.result(part)
        return true
      }
    }
    merge.finishFiring()
    return false
  }
}

/** A window of several slices, of so many keys that what they merge to is not kept: keys are looked up in each slice. */
export class LookUpFiring<Acc> implements Firing<Acc> {
  readonly window: TimeWindow
  readonly #tables: readonly KeyedTable<Acc>[]
  readonly #fold: WindowFold<Acc>
  #slice = -1
  #entries: IterableIterator<[CanonicalKey, KeyedRow<Acc>]> | undefined
  canonicalKey: CanonicalKey = 0
  key: unknown = undefined
  accumulator!: Acc

  /** `tables`: of the slices, oldest first. */
  constructor(window: TimeWindow, tables: readonly KeyedTable<Acc>[], fold: WindowFold<Acc>) {
    this.window = window
    this.#tables = tables
    this.#fold = fold
  }

  advance(): boolean {
    for (;;) {
      const next = this.#entries?.next()
      if (next === undefined || next.done) {
        this.#slice++
        if (this.#slice >= this.#tables.length) return false
        this.#entries = this.#tables[this.#slice].entries()
        continue
      }
      const [canonicalKey, row] = next.value
      if (this.#wasInOlder(canonicalKey)) continue
      this.canonicalKey = canonicalKey
      this.key = row.key
      let { value } = row
      for (let later = this.#slice + 1; later < this.#tables.length; later++) {
        const found = this.#tables[later].get(canonicalKey)
        if (found !== undefined) value = this.#fold.merge(value, found.value)
      }
      this.accumulator = value
      return true
    }
  }

  #wasInOlder(canonicalKey: CanonicalKey): boolean {
    for (let older = 0; older < this.#slice; older++) {
      if (this.#tables[older].get(canonicalKey) !== undefined) return true
    }
    return false
  }
}
