import type { JobPipeline } from '@weir/proto/web/job-details'
import type { JobDoc } from '@weir/proto/web/job-doc'

export const JOB_TABS = ['graph', 'data', 'errors', 'logs', 'metrics', 'config'] as const
export type JobTab = (typeof JOB_TABS)[number]

/** What every tab of a job is given. `job` is the latest document, at most one second old. */
export interface JobTabProps {
  readonly jobId: string
  readonly job: JobDoc
  readonly pipeline: JobPipeline
}

export function jobTabOf(text: string | null): JobTab {
  return JOB_TABS.find(tab => tab === text) ?? 'graph'
}

/** Whether the job is over: its figures are its last ones and change no more. */
export function isOver(status: JobDoc['status']): boolean {
  return status === 'FAILED' || status === 'CANCELED' || status === 'FINISHED'
}
