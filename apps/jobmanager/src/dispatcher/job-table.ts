import type { Timers } from '@weir/engine/base/platform'
import type { JobMetrics } from '../metrics/job-metrics.ts'
import { JobIndex } from './job-index.ts'
import { type JobRunner, jobError } from './job-runner.ts'

/** A job that runs under this JobManager, or has ended under it. */
export interface JobEntry {
  readonly runner: JobRunner
  readonly metrics: JobMetrics
}

/** Ended jobs whose last subtasks and metrics are kept in memory. */
const ENDED_KEPT_MAX = 200

/** The jobs in the hands of this JobManager, and the list of all jobs. */
export class JobTable {
  readonly index = new JobIndex()
  readonly #timers: Timers
  readonly #onChanged: (jobId: string) => void
  readonly #entries = new Map<string, JobEntry>()
  readonly #ended = new Map<string, JobEntry>()
  readonly #waiters = new Set<() => void>()

  constructor(timers: Timers, onChanged: (jobId: string) => void = () => undefined) {
    this.#timers = timers
    this.#onChanged = onChanged
  }

  add(entry: JobEntry): void {
    this.#entries.set(entry.runner.jobId, entry)
  }

  /** A job that has not ended, or whose end is not written yet. */
  runner(jobId: string): JobRunner | undefined {
    return this.#entries.get(jobId)?.runner
  }

  /** The same, and the latest that have ended. */
  find(jobId: string): JobEntry | undefined {
    return this.#entries.get(jobId) ?? this.#ended.get(jobId)
  }

  /** A copy: what is done with a runner may end its job. */
  runners(): JobRunner[] {
    return [...this.#entries.values()].map(({ runner }) => runner)
  }

  live(): JobEntry[] {
    return [...this.#entries.values()].filter(({ runner }) => runner.isLive)
  }

  remove(jobId: string): void {
    this.index.remove(jobId)
    this.#entries.delete(jobId)
    this.#ended.delete(jobId)
  }

  /** What people see of a job has changed. */
  changed(runner: JobRunner): void {
    const { status, restarts, error, startedAtMs, finishedAtMs } = runner.record
    this.index.update(runner.jobId, {
      status,
      restarts,
      startedAt: startedAtMs,
      finishedAt: finishedAtMs,
      error: error === null ? null : jobError(error),
    })
    for (const waiter of this.#waiters) waiter()
    if (!runner.isLive) this.#retire(runner)
    this.#onChanged(runner.jobId)
  }

  /** Resolves when the condition holds after a change, or the time is over. */
  async until(condition: () => boolean, timeoutMs: number): Promise<void> {
    if (condition()) return
    await new Promise<void>(resolve => {
      const done = (): void => {
        this.#waiters.delete(check)
        timer.cancel()
        resolve()
      }
      const check = (): void => {
        if (condition()) done()
      }
      const timer = this.#timers.after(timeoutMs, done)
      this.#waiters.add(check)
    })
  }

  #retire(runner: JobRunner): void {
    const entry = this.#entries.get(runner.jobId)
    if (entry === undefined || this.#ended.has(runner.jobId)) return
    this.#ended.set(runner.jobId, entry)
    if (this.#ended.size > ENDED_KEPT_MAX) this.#ended.delete(this.#ended.keys().next().value!)
    // Until all is written the database knows less than the runner.
    void runner.flushed(Number.MAX_SAFE_INTEGER).then(() => this.#entries.delete(runner.jobId))
  }
}
