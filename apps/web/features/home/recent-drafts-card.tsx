'use client'
import type { DraftSummary } from '@weir/proto/web/drafts'
import type { JobRowDoc } from '@weir/proto/web/overview-doc'
import { Workflow } from 'lucide-react'
import Link from 'next/link'
import { isOver } from '@/features/jobs/job-records.ts'
import { formatAgo } from '@/lib/format.ts'
import { useServerNow } from '@/lib/live/index.ts'
import { draftPath, jobPath } from '@/lib/paths.ts'
import { Card, JobStatusMark, VisuallyHidden } from '@/ui/index.ts'
import styles from './home.module.css'

const SHOWN = 4

export interface RecentDraftsCardProps {
  /** Edited last first. */
  readonly drafts: readonly DraftSummary[]
  readonly jobs: Readonly<Record<string, JobRowDoc>>
}

function JobWords({ job, jobId }: { readonly job: JobRowDoc | undefined; readonly jobId: string }) {
  return (
    <>
      {job === undefined || isOver(job) ? 'last job' : 'runs as job'} <span className={styles.id}>{jobId}</span>
    </>
  )
}

/** What was edited last, each with its job. */
export function RecentDraftsCard({ drafts, jobs }: RecentDraftsCardProps) {
  const now = useServerNow(5_000)
  return (
    <Card title="Recent edits" actions={<Link href="/pipelines">All pipelines</Link>}>
      <ul className={styles.rows}>
        {drafts.slice(0, SHOWN).map(({ draftId, name, editedAt, jobId }) => {
          const job = jobId === null ? undefined : jobs[jobId]
          return (
            <li key={draftId}>
              <Workflow className={styles.icon} size={16} aria-hidden="true" />
              <div className={styles.grow}>
                <Link className={styles.name} href={draftPath(draftId)}>
                  {name}
                </Link>
                <p className={styles.detail}>
                  {jobId === null ? 'not deployed' : <JobWords job={job} jobId={jobId} />} · edited{' '}
                  {formatAgo(now - editedAt)}
                </p>
              </div>
              {job !== undefined && (
                <Link href={jobPath(job.jobId)}>
                  <VisuallyHidden>Its job: </VisuallyHidden>
                  <JobStatusMark status={job.status} restarting={job.restarting} />
                </Link>
              )}
            </li>
          )
        })}
      </ul>
    </Card>
  )
}
