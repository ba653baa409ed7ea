import type { Columns, KeyedStateBackend, KeyedTable, NamespacedTable } from '../state/keyed-state-backend.ts'
import { NumberHeap } from '../time/number-heap.ts'
import type { Slicer } from './slicer.ts'

/**
 * What windows hold, by slice and key, and in which order windows fire and slices are thrown away. All keys of a window
 * fire together, so the tables of its slices are the list of its timers too.
 *
 * Invariant: of the windows that hold a slice and have not fired, the first is due, or becomes so when the one before it
 * has fired.
 */
export class SliceStore<Acc> {
  readonly #slicer: Slicer
  readonly #tables: NamespacedTable<Acc>
  /** Ends of windows that will fire, each once. */
  readonly #due = new NumberHeap()
  readonly #isDue = new Set<number>()
  /** Ends of all slices. */
  readonly #slices = new NumberHeap()

  /** With `columns` the tables are ColumnTables. */
  constructor(backend: KeyedStateBackend, slicer: Slicer, columns?: Columns<Acc>) {
    this.#slicer = slicer
    this.#tables = backend.namespacedTable('window', columns)
    for (const sliceEnd of this.#tables.namespaces()) this.#slices.push(sliceEnd)
  }

  at(sliceEnd: number): KeyedTable<Acc> | undefined {
    return this.#tables.at(sliceEnd)
  }

  /** The table of a slice, which the caller is about to add to. */
  ensure(sliceEnd: number): KeyedTable<Acc> {
    const known = this.#tables.at(sliceEnd)
    if (known !== undefined) return known
    this.#slices.push(sliceEnd)
    return this.#tables.ensure(sliceEnd)
  }

  sliceEnds(): Iterable<number> {
    return this.#tables.namespaces()
  }

  /** The window will fire. */
  schedule(windowEnd: number): void {
    if (this.#isDue.has(windowEnd)) return
    this.#isDue.add(windowEnd)
    this.#due.push(windowEnd)
  }

  /** End of the window that fires next; Infinity when there is none. */
  nextDue(): number {
    return this.#due.peek()
  }

  /** The window that was due next has fired: the one after it follows when it has slices in common with it. */
  finishFiring(windowEnd: number): void {
    this.#due.pop()
    this.#isDue.delete(windowEnd)
    if (!this.#slicer.isShared) return
    const next = windowEnd + this.#slicer.slideMs
    const nextStart = next - this.#slicer.sizeMs
    const common = this.#slicer.slicesOf(windowEnd).some(end => end > nextStart && this.#tables.at(end) !== undefined)
    if (common) this.schedule(next)
  }

  /** Throws away slices for as long as `isGone` says so of the last window that holds the next one. */
  dropWhile(isGone: (lastWindowEnd: number) => boolean): void {
    while (this.#slices.size > 0 && isGone(this.#slicer.lastWindowEnd(this.#slices.peek()))) {
      this.#tables.drop(this.#slices.pop() as number)
    }
  }
}
