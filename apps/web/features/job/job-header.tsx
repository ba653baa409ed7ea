'use client'
import type { JobDoc } from '@weir/proto/web/job-doc'
import { useRef } from 'react'
import { useHeadingFocus } from '@/features/shell/use-heading-focus.ts'
import { countOf, formatAgo, formatDateTime, formatDuration } from '@/lib/format.ts'
import { useServerNow } from '@/lib/live'
import { CopyButton, JobStatusMark } from '@/ui'
import { JobActions } from './actions/job-actions.tsx'
import styles from './job-page.module.css'
import { isOver } from './job-tabs.ts'

/** Name, status, id, how long, and what can be done with the job. */
export function JobHeader({ job }: { readonly job: JobDoc }) {
  const heading = useRef<HTMLHeadingElement>(null)
  // Whoever deploys is led here by a button that is gone then.
  useHeadingFocus(heading, job.jobId)
  return (
    <header className={styles.header}>
      <h1 ref={heading} tabIndex={-1} className={styles.title} title={job.name}>
        {job.name}
      </h1>
      <JobStatusMark boxed status={job.status} restarting={job.restarting} />
      <span className={styles.facts}>
        <span className={styles.id}>{job.jobId}</span>
        <CopyButton size="tiny" text={job.jobId} label="Copy the job's id" />
        <span>
          · <Time job={job} />
          {job.restarts > 0 && ` · ${countOf(job.restarts, 'restart')}`}
        </span>
      </span>
      <div className={styles.actions}>
        <JobActions job={job} />
      </div>
    </header>
  )
}

function Time({ job }: { readonly job: JobDoc }) {
  const now = useServerNow()
  if (isOver(job.status)) {
    const ran = job.startedAt === null || job.finishedAt === null ? null : job.finishedAt - job.startedAt
    return (
      <span title={formatDateTime(job.finishedAt)}>
        {ran === null ? 'never ran' : `ran ${formatDuration(ran)}`}
        {job.finishedAt === null ? '' : `, ended ${formatAgo(now - job.finishedAt)}`}
      </span>
    )
  }
  if (job.startedAt === null) {
    return <span title={formatDateTime(job.submittedAt)}>submitted {formatAgo(now - job.submittedAt)}</span>
  }
  return <span title={formatDateTime(job.startedAt)}>up {formatDuration(Math.max(0, now - job.startedAt))}</span>
}
