'use client'
import type { Draft } from '@weir/proto/web/drafts'
import type { JobRowDoc } from '@weir/proto/web/overview-doc'
import Link from 'next/link'
import { formatRate } from '@/lib/format'
import { useLive } from '@/lib/live'
import { JobStatusMark } from '@/ui'
import styles from './code-header.module.css'

/** The latest job of a draft, while it is known; undefined otherwise. */
export function useDraftJob(draft: Draft): JobRowDoc | undefined {
  const { jobId } = draft
  return useLive({ kind: 'overview' }, doc => (jobId === null ? undefined : doc.jobs[jobId]))
}

/** Whether a job holds slots or waits for them. */
export function isActive(job: JobRowDoc | undefined): job is JobRowDoc {
  return job !== undefined && !['FAILED', 'CANCELED', 'FINISHED'].includes(job.status)
}

/** The latest job of the draft, and the way to it. */
export function JobChip({ draft }: { readonly draft: Draft }) {
  const job = useDraftJob(draft)
  if (job === undefined) return null
  return (
    <Link className={styles.chip} href={`/jobs/${job.jobId}`} title={`Job ${job.name}, deployed from this pipeline`}>
      <JobStatusMark status={job.status} restarting={job.restarting} />
      <span>as job {job.jobId}</span>
      {job.status === 'RUNNING' && job.recordsInPerSecond !== null && <span>{formatRate(job.recordsInPerSecond)}</span>}
    </Link>
  )
}
