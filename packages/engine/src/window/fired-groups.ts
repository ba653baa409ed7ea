import type { CanonicalKey } from '../record/canonical-key.ts'
import type { KeyedStateBackend, NamespacedTable } from '../state/keyed-state-backend.ts'

/** Windows that fire at `upTo` or before have fired for the key groups `first` to `last`. */
export type FiredRange = readonly [first: number, last: number, upTo: number]

/**
 * Which windows have fired for which key groups, where that differs: after a restart from subtasks that had come to
 * different times the lowest of them counts for all keys, and windows are open again that have fired for some. Those keys
 * do not fire again by themselves, but a record that such a window gets makes it fire for its key, as it would have.
 *
 * Of interest only until time has come to where the furthest subtask was.
 */
export class FiredGroups {
  readonly #backend: KeyedStateBackend
  readonly #maxParallelism: number
  readonly #upTo = new Map<number, number>()
  /** Keys that got a record in a window that has fired for them, by the window's end. */
  #reopened: NamespacedTable<boolean> | undefined
  #highest = Number.NEGATIVE_INFINITY

  constructor(backend: KeyedStateBackend, maxParallelism: number) {
    this.#backend = backend
    this.#maxParallelism = maxParallelism
  }

  restore(ranges: readonly FiredRange[]): void {
    for (const [first, last, upTo] of ranges) {
      if (!Number.isFinite(upTo)) continue
      for (let group = first; group <= last; group++) {
        if (!this.#backend.ownsKeyGroup(group)) continue
        this.#upTo.set(group, upTo)
        this.#highest = Math.max(this.#highest, upTo)
      }
    }
  }

  /** Takes over the keys that had been reopened. Called once, after the state has been restored. */
  open(): void {
    this.#reopened = this.#backend.namespacedTable('window/reopened')
  }

  /** Whether any key group is further than `now`. */
  isAhead(now: number): boolean {
    return this.#highest > now
  }

  /** A key got a record in a window that fires at `fireAt`. */
  reopen(windowEnd: number, fireAt: number, canonicalKey: CanonicalKey, key: unknown): void {
    if (!this.#hasFired(fireAt, key)) return
    const reopened = this.#reopened?.ensure(windowEnd)
    if (reopened?.get(canonicalKey) === undefined) reopened?.insert(canonicalKey, key, true)
  }

  /** Whether a window that fires now has to pass over the key. */
  isSilent(windowEnd: number, fireAt: number, canonicalKey: CanonicalKey, key: unknown): boolean {
    return this.#hasFired(fireAt, key) && this.#reopened?.at(windowEnd)?.get(canonicalKey) === undefined
  }

  forget(windowEnd: number): void {
    this.#reopened?.drop(windowEnd)
  }

  /** For the snapshot of a subtask that has come to `now`; all key groups of the subtask, in runs. */
  ranges(now: number): FiredRange[] {
    const ranges: FiredRange[] = []
    for (let group = 0; group < this.#maxParallelism; group++) {
      if (!this.#backend.ownsKeyGroup(group)) continue
      const upTo = Math.max(now, this.#upTo.get(group) ?? now)
      const last = ranges.at(-1)
      if (last !== undefined && last[1] === group - 1 && last[2] === upTo)
        ranges[ranges.length - 1] = [last[0], group, upTo]
      else ranges.push([group, group, upTo])
    }
    return ranges
  }

  #hasFired(fireAt: number, key: unknown): boolean {
    const upTo = this.#upTo.get(this.#backend.keyGroupOf(key))
    return upTo !== undefined && fireAt <= upTo
  }
}
