import type { PipelineView } from '@weir/proto/web/pipeline'

/** What this page knows of a job that it has just started, before the server says the same and more. */
export interface StartedJob {
  readonly jobId: string
  readonly name: string
  readonly parallelism: number
  /** By the server's clock, ms since the epoch. */
  readonly at: number
  /** With the graph as it was drawn beside it; null where that may be another. */
  readonly code: { readonly fileName: string; readonly source: string; readonly pipeline: PipelineView } | null
}

const KEPT_MAX = 8
const started = new Map<string, StartedJob>()

/** Keeps it for the page of the job, which comes next. */
export function rememberStarted(job: StartedJob): void {
  started.delete(job.jobId)
  started.set(job.jobId, job)
  for (const oldest of started.keys()) {
    if (started.size <= KEPT_MAX) return
    started.delete(oldest)
  }
}

/** Null for a job that this page has not started. */
export function startedJob(jobId: string): StartedJob | null {
  return started.get(jobId) ?? null
}
