import type { JobRowDoc } from '@weir/proto/web/overview-doc'

/** The jobs that have not ended, newest first, then those that ended last; at most `limit`. */
export function recentJobs(jobs: readonly JobRowDoc[], limit: number): readonly JobRowDoc[] {
  const rank = (job: JobRowDoc): number => (job.finishedAt === null ? 0 : 1)
  const when = (job: JobRowDoc): number => job.finishedAt ?? job.submittedAt
  return [...jobs]
    .sort((a, b) => rank(a) - rank(b) || when(b) - when(a) || a.jobId.localeCompare(b.jobId))
    .slice(0, limit)
}
