'use client'
import type { JobRowDoc } from '@weir/proto/web/overview-doc'
import Link from 'next/link'
import { useMemo, useState } from 'react'
import { BACKPRESSURE_COLUMN, RATE_COLUMNS, RESTARTS_COLUMN, uptimeColumn } from '@/features/jobs/job-columns.tsx'
import { JobName } from '@/features/jobs/job-name.tsx'
import { useServerNow } from '@/lib/live/index.ts'
import { Badge, Card, EmptyState, JobStatusMark, type Sort, Table, type TableColumn } from '@/ui/index.ts'
import styles from './home.module.css'
import { recentJobs } from './recent-jobs.ts'

const SHOWN = 8

/** The jobs that run, then those that ended last. */
export function RecentJobsCard({ jobs }: { readonly jobs: Readonly<Record<string, JobRowDoc>> }) {
  const now = useServerNow()
  const [sort, setSort] = useState<Sort | null>(null)
  const rows = useMemo(() => recentJobs(Object.values(jobs), SHOWN), [jobs])
  const columns = useMemo<readonly TableColumn<JobRowDoc>[]>(
    () => [
      {
        id: 'name',
        header: 'Job',
        grow: true,
        sortValue: job => job.name,
        cell: job => <JobName job={job} />,
      },
      {
        id: 'status',
        header: 'State',
        minWidth: 120,
        sortValue: job => job.status,
        cell: job => <JobStatusMark status={job.status} restarting={job.restarting} />,
      },
      uptimeColumn(now),
      ...RATE_COLUMNS,
      RESTARTS_COLUMN,
      BACKPRESSURE_COLUMN,
    ],
    [now],
  )
  const total = Object.keys(jobs).length
  return (
    <Card
      title="Jobs"
      badge={<Badge>{total}</Badge>}
      actions={<Link href="/jobs">All jobs</Link>}
      className={styles.section}
    >
      {rows.length === 0 ? (
        <EmptyState compact title="No job has run yet">
          Deploy a pipeline, and its job stands here.
        </EmptyState>
      ) : (
        <Table
          label="Recent jobs"
          columns={columns}
          rows={rows}
          rowId={job => job.jobId}
          sort={sort}
          onSort={setSort}
        />
      )}
    </Card>
  )
}
