import type { JobRowDoc } from '@weir/proto/web/overview-doc'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { jobPath } from '@/lib/paths.ts'
import { CopyButton } from '@/ui/index.ts'
import styles from './job-name.module.css'

interface JobNameProps {
  readonly job: Pick<JobRowDoc, 'jobId' | 'name'>
  /** Below the name. */
  readonly children?: ReactNode
}

/** A job in a list: its name, which leads to it, and its id, by which jobs of one name are told apart. */
export function JobName({ job, children }: JobNameProps) {
  return (
    <span className={styles.job}>
      <span className={styles.line}>
        <Link className={styles.name} href={jobPath(job.jobId)} title={job.name}>
          {job.name}
        </Link>
        <span className={styles.id}>{job.jobId}</span>
        <span className={styles.copy}>
          <CopyButton size="tiny" text={job.jobId} label={`Copy the id ${job.jobId}`} />
        </span>
      </span>
      {children}
    </span>
  )
}
