import type { KeyedStateBackend, KeyedTable, NamespacedTable } from '../state/keyed-state-backend.ts'
import { NumberHeap } from '../time/number-heap.ts'

/**
 * The contents of time windows by the window's end, and in which order the windows fire and are thrown away. All keys of a
 * window fire together, so its table is the list of its timers too.
 *
 * Invariant: a key of a window is either pending (it holds records that no firing has shown) or, within the allowed
 * lateness, fired. The two are kept apart in snapshots: after a restore what has fired does not fire again by itself.
 */
export class TimeWindowStore<Acc> {
  readonly #pending: NamespacedTable<Acc>
  readonly #fired: NamespacedTable<Acc>
  /** Ends of windows that hold pending keys. */
  readonly #due = new NumberHeap()
  /** Ends of windows that hold fired keys. */
  readonly #expiring = new NumberHeap()
  readonly #allowedLatenessMs: number

  constructor(backend: KeyedStateBackend, allowedLatenessMs: number) {
    this.#pending = backend.namespacedTable('window')
    this.#fired = backend.namespacedTable('window/fired')
    this.#allowedLatenessMs = allowedLatenessMs
    for (const end of this.#pending.namespaces()) this.#due.push(end)
    for (const end of this.#fired.namespaces()) this.#expiring.push(end)
  }

  /** The pending keys of a window, which the caller is about to add to. */
  pending(end: number): KeyedTable<Acc> {
    const known = this.#pending.at(end)
    if (known !== undefined) return known
    this.#due.push(end)
    return this.#pending.ensure(end)
  }

  /** The fired keys of a window, if there are any. */
  firedIfAny(end: number): KeyedTable<Acc> | undefined {
    return this.#fired.at(end)
  }

  /** The fired keys of a window, which the caller is about to add to. */
  fired(end: number): KeyedTable<Acc> {
    const known = this.#fired.at(end)
    if (known !== undefined) return known
    this.#expiring.push(end)
    return this.#fired.ensure(end)
  }

  /** End of the pending window that fires next. */
  nextDue(): number | undefined {
    return this.#due.size === 0 ? undefined : this.#due.peek()
  }

  /** All pending keys of the window have been emitted: it is gone, or kept for late records. */
  finishFiring(end: number): void {
    this.#due.pop()
    const rows = this.#pending.at(end)
    this.#pending.drop(end)
    if (rows === undefined || this.#allowedLatenessMs === 0) return
    const fired = this.fired(end)
    for (const [canonicalKey, row] of rows.entries()) fired.insert(canonicalKey, row.key, row.value)
  }

  /** Throws away what no record can reach any more. */
  dropExpired(watermark: number): void {
    while (this.#expiring.size > 0 && this.isExpired(this.#expiring.peek(), watermark)) {
      this.#fired.drop(this.#expiring.pop() as number)
    }
  }

  /** Whether a record for this window is late: end − 1 + allowed lateness ≤ watermark. */
  isExpired(end: number, watermark: number): boolean {
    return end - 1 + this.#allowedLatenessMs <= watermark
  }
}
