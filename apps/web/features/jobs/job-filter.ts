import type { JobStatus } from '@weir/proto/web/job-doc'
import type { JobRowDoc } from '@weir/proto/web/overview-doc'

/** What the list of jobs can be cut down to, by status. */
export const JOB_GROUPS = ['all', 'running', 'waiting', 'failed', 'ended'] as const
export type JobGroup = (typeof JOB_GROUPS)[number]

const GROUP_OF: Readonly<Record<JobStatus, Exclude<JobGroup, 'all'>>> = {
  CREATED: 'waiting',
  RUNNING: 'running',
  FAILING: 'running',
  CANCELLING: 'running',
  FAILED: 'failed',
  CANCELED: 'ended',
  FINISHED: 'ended',
}

/** The group that the address names; `all` for none or an unknown one. */
export function jobGroupOf(text: string | null): JobGroup {
  return JOB_GROUPS.find(group => group === text) ?? 'all'
}

/** Jobs of a group whose name or id holds the search text, in any case. */
export function filterJobs(jobs: readonly JobRowDoc[], group: JobGroup, search: string): readonly JobRowDoc[] {
  const wanted = search.trim().toLowerCase()
  return jobs.filter(
    job =>
      (group === 'all' || GROUP_OF[job.status] === group) &&
      (job.name.toLowerCase().includes(wanted) || job.jobId.includes(wanted)),
  )
}

/** How many jobs each group has. */
export function countGroups(jobs: readonly JobRowDoc[]): Readonly<Record<JobGroup, number>> {
  const counts = { all: jobs.length, running: 0, waiting: 0, failed: 0, ended: 0 }
  for (const { status } of jobs) counts[GROUP_OF[status]] += 1
  return counts
}
