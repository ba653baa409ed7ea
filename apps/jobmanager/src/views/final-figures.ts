import { WeirError } from '@weir/engine/base/errors'
import type { MetricRange, MetricSeries } from '@weir/proto/web/job-details'
import { z } from 'zod'
import { toStoredFigures } from '../metrics/stored-figures.ts'
import type { JobFiguresRecord, JsonValue } from '../store/records.ts'
import type { JobSight } from './job-sight.ts'

/** The last figures of a job that has ended come with a heartbeat: after this time they are there. */
export const LAST_FIGURES_MS = 3_000
/** A database that is away is asked again until then, at this interval: charts are large. */
const TRIED_FOR_MS = 10 * 60_000
const RETRY_MS = 5_000

const storedCharts = z.record(
  z.string(),
  z.object({ from: z.number(), stepMs: z.number(), values: z.record(z.string(), z.array(z.number().nullable())) }),
)

export interface FinalFiguresParts {
  /** Writes to the database. */
  readonly keep: (jobId: string, record: JobFiguresRecord) => Promise<void>
  /** What charts of the job have shown. */
  readonly charts: (jobId: string) => JsonValue
  /** The first time that a job's figures cannot be written; they are tried again. */
  readonly onFault: (jobId: string, error: WeirError) => void
}

type Progress = 'early' | 'done'

/**
 * Keeps what a job has done when it ends: at once, so that a JobManager which ends right after does not forget it, and
 * again when its last figures are there.
 */
export class FinalFigures {
  readonly #parts: FinalFiguresParts
  readonly #progress = new Map<string, Progress>()
  readonly #writing = new Map<string, Promise<void>>()
  /** When the last try failed. */
  readonly #failedAt = new Map<string, number>()

  constructor(parts: FinalFiguresParts) {
    this.#parts = parts
  }

  /** Whether there may still be something to keep of a job that ended at that time. */
  wants(jobId: string, finishedAt: number | null, now: number): boolean {
    if (finishedAt === null || Math.abs(now - finishedAt) > TRIED_FOR_MS) return false
    if (Math.abs(now - (this.#failedAt.get(jobId) ?? Number.NEGATIVE_INFINITY)) < RETRY_MS) return false
    const progress = this.#progress.get(jobId)
    if (progress === undefined) return true
    return progress === 'early' && now - finishedAt >= LAST_FIGURES_MS
  }

  /** `sight`: of a job that has ended, and is still in memory. */
  see(sight: JobSight): void {
    const { jobId, finishedAt } = sight.status
    if (finishedAt === null || this.#writing.has(jobId)) return
    const settled = sight.now - finishedAt >= LAST_FIGURES_MS
    const { recordsIn, recordsOut } = sight.figures.totals
    const record = {
      recordsIn,
      recordsOut,
      figures: toStoredFigures(sight.figures),
      charts: this.#parts.charts(jobId),
      at: finishedAt,
    }
    const writing = this.#parts
      .keep(jobId, record)
      .then(() => {
        this.#progress.set(jobId, settled ? 'done' : 'early')
        this.#failedAt.delete(jobId)
      })
      .catch((thrown: unknown) => this.#failed(jobId, sight.now, WeirError.from(thrown)))
      .finally(() => this.#writing.delete(jobId))
    this.#writing.set(jobId, writing)
  }

  /** All that was begun is written, or has failed. */
  async flushed(): Promise<void> {
    await Promise.all(this.#writing.values())
  }

  keepOnly(jobs: ReadonlySet<string>): void {
    for (const known of [this.#progress, this.#failedAt]) {
      for (const jobId of known.keys()) if (!jobs.has(jobId)) known.delete(jobId)
    }
  }

  #failed(jobId: string, at: number, error: WeirError): void {
    // It was deleted meanwhile, or another JobManager leads: neither changes by trying again.
    if (error.code === 'NOT_FOUND' || error.code === 'FENCED') {
      this.#progress.set(jobId, 'done')
      return
    }
    if (!this.#failedAt.has(jobId)) this.#parts.onFault(jobId, error)
    this.#failedAt.set(jobId, at)
  }
}

/** A chart that was kept; without points when it was not, or this version cannot read it. */
export function keptChart(charts: JsonValue, range: MetricRange): MetricSeries | null {
  const parsed = storedCharts.safeParse(charts)
  return parsed.success ? (parsed.data[range] ?? null) : null
}
