import type { JobError } from '../store/records.ts'

/** How many are kept. */
const KEPT_MAX = 20
/** What people read of them is cut there: the whole is in the database. */
const MESSAGE_CHARACTERS_MAX = 1_000

export interface RecentFailure extends JobError {
  readonly attempt: number
}

/** The latest failures of a job under this JobManager, for whoever wants to know lately and often. */
export class RecentFailures {
  #kept: readonly RecentFailure[] = []
  #count = 0

  /** Oldest first; a new array with each failure. */
  get latest(): readonly RecentFailure[] {
    return this.#kept
  }

  /** All there were. */
  get count(): number {
    return this.#count
  }

  add(failure: RecentFailure): void {
    const message = failure.message.slice(0, MESSAGE_CHARACTERS_MAX).toWellFormed()
    this.#kept = [...this.#kept, { ...failure, message }].slice(-KEPT_MAX)
    this.#count++
  }
}
