import type { JobError, JobRecord } from '../store/records.ts'
import type { JobSummary } from './control-plane.ts'

/** Jobs that the index holds; older ones are still found by their id in the database. */
const JOBS_MAX = 10_000

/** What is kept of an error: the whole is in the database. */
const MESSAGE_CHARACTERS_MAX = 500
const RECORD_CHARACTERS_MAX = 200
/** The topmost frames, which are the user's. */
const STACK_CHARACTERS_MAX = 1_000

/** One line of the list of jobs. */
export interface IndexedJob extends JobSummary {
  /** Why it failed; message, stack and record are cut short. */
  readonly error: JobError | null
  /** In all, once it has ended. */
  readonly recordsIn: number | null
  readonly recordsOut: number | null
}

/** What the list of jobs shows, kept in memory: the list answers at once, whatever the database is doing. */
export class JobIndex {
  /** Oldest first. */
  readonly #jobs = new Map<string, IndexedJob>()

  add(record: JobRecord): void {
    const { recordsIn, recordsOut } = record
    this.#jobs.set(record.id, { ...summaryOf(record), recordsIn, recordsOut, error: shortError(record.error) })
    if (this.#jobs.size > JOBS_MAX) this.#jobs.delete(this.#jobs.keys().next().value!)
  }

  update(jobId: string, change: Partial<IndexedJob>): void {
    const known = this.#jobs.get(jobId)
    if (known === undefined) return
    const error = change.error === undefined ? known.error : shortError(change.error)
    this.#jobs.set(jobId, { ...known, ...change, error })
  }

  remove(jobId: string): void {
    this.#jobs.delete(jobId)
  }

  get(jobId: string): IndexedJob | undefined {
    return this.#jobs.get(jobId)
  }

  get size(): number {
    return this.#jobs.size
  }

  newestFirst(): IndexedJob[] {
    return [...this.#jobs.values()].reverse()
  }
}

function shortError(error: JobError | null): JobError | null {
  if (error === null) return null
  const { message, record } = error
  return {
    ...error,
    message: message.slice(0, MESSAGE_CHARACTERS_MAX).toWellFormed(),
    stack: error.stack?.slice(0, STACK_CHARACTERS_MAX).toWellFormed() ?? null,
    record: record?.slice(0, RECORD_CHARACTERS_MAX).toWellFormed() ?? null,
  }
}

export function summaryOf(record: JobRecord): JobSummary {
  const { id, name, status, parallelism, submittedAt, startedAt, finishedAt, restarts } = record
  return { jobId: id, name, status, parallelism, submittedAt, startedAt, finishedAt, restarts }
}
