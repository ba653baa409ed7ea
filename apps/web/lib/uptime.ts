import type { JobRowDoc } from '@weir/proto/web/overview-doc'

/** How long a job has run, in ms; null for one that has not started. */
export function uptimeMs(job: Pick<JobRowDoc, 'startedAt' | 'finishedAt'>, now: number): number | null {
  if (job.startedAt === null) return null
  return Math.max(0, (job.finishedAt ?? now) - job.startedAt)
}
