import type { JobRecord } from '../store/records.ts'
import type { JobSummary } from './control-plane.ts'

/** Jobs that the index holds; older ones are still found by their id in the database. */
const JOBS_MAX = 10_000

/** What the list of jobs shows, kept in memory: the list answers at once, whatever the database is doing. */
export class JobIndex {
  /** Oldest first. */
  readonly #jobs = new Map<string, JobSummary>()

  add(record: JobRecord): void {
    this.#jobs.set(record.id, summaryOf(record))
    if (this.#jobs.size > JOBS_MAX) this.#jobs.delete(this.#jobs.keys().next().value!)
  }

  update(jobId: string, change: Partial<JobSummary>): void {
    const known = this.#jobs.get(jobId)
    if (known !== undefined) this.#jobs.set(jobId, { ...known, ...change })
  }

  remove(jobId: string): void {
    this.#jobs.delete(jobId)
  }

  get(jobId: string): JobSummary | undefined {
    return this.#jobs.get(jobId)
  }

  get size(): number {
    return this.#jobs.size
  }

  newestFirst(): JobSummary[] {
    return [...this.#jobs.values()].reverse()
  }
}

export function summaryOf(record: JobRecord): JobSummary {
  const { id, name, status, parallelism, submittedAt, startedAt, finishedAt, restarts } = record
  return { jobId: id, name, status, parallelism, submittedAt, startedAt, finishedAt, restarts }
}
