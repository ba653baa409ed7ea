import type { JobRowDoc } from '@weir/proto/web/overview-doc'

/** The jobs that have not ended, newest first, then those that ended last; at most `limit`. */
export function recentJobs(jobs: readonly JobRowDoc[], limit: number): readonly JobRowDoc[] {
  const rank = (job: JobRowDoc): number => (job.finishedAt === null ? 0 : 1)
  const when = (job: JobRowDoc): number => job.finishedAt ?? job.submittedAt
  return [...jobs]
    .sort((a, b) => rank(a) - rank(b) || when(b) - when(a) || a.jobId.localeCompare(b.jobId))
    .slice(0, limit)
}

/** How long a job has run, in ms; null for one that has not started. */
export function uptimeMs(job: Pick<JobRowDoc, 'startedAt' | 'finishedAt'>, now: number): number | null {
  if (job.startedAt === null) return null
  return Math.max(0, (job.finishedAt ?? now) - job.startedAt)
}
