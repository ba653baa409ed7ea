'use client'
import type { JobRowDoc } from '@weir/proto/web/overview-doc'
import { useMemo } from 'react'
import { formatAgo, formatDateTime } from '@/lib/format.ts'
import { useServerNow } from '@/lib/live/index.ts'
import { JobStatusMark, Table, type TableColumn, Tooltip, useTableSort } from '@/ui/index.ts'
import { BACKPRESSURE_COLUMN, RATE_COLUMNS, RESTARTS_COLUMN, uptimeColumn } from './job-columns.tsx'
import { JobName } from './job-name.tsx'
import styles from './jobs.module.css'

/** All jobs with their load; the verdict in words stands below the name where it says more than the status. */
export function JobTable({ jobs }: { readonly jobs: readonly JobRowDoc[] }) {
  const now = useServerNow()
  const [sort, setSort] = useTableSort('submitted:desc')
  const columns = useMemo(() => columnsAt(now), [now])
  return <Table label="Jobs" columns={columns} rows={jobs} rowId={job => job.jobId} sort={sort} onSort={setSort} />
}

/** Verdicts that only repeat what the status says. */
const PLAIN: ReadonlySet<JobRowDoc['verdict']['kind']> = new Set(['running-well', 'finished', 'canceled', 'starting'])

function columnsAt(now: number): readonly TableColumn<JobRowDoc>[] {
  return [
    {
      id: 'name',
      header: 'Job',
      grow: true,
      minWidth: 260,
      sortValue: job => job.name,
      cell: job => (
        <JobName job={job}>
          {!PLAIN.has(job.verdict.kind) && (
            <span className={styles.verdict} title={job.verdict.text}>
              {job.verdict.text}
            </span>
          )}
        </JobName>
      ),
    },
    {
      id: 'status',
      header: 'State',
      minWidth: 112,
      sortValue: job => job.status,
      cell: job => <JobStatusMark status={job.status} restarting={job.restarting} />,
    },
    {
      id: 'submitted',
      header: 'Submitted',
      numeric: true,
      minWidth: 104,
      sortValue: job => job.submittedAt,
      cell: job => (
        <Tooltip label={formatDateTime(job.submittedAt)}>
          <span>{formatAgo(now - job.submittedAt)}</span>
        </Tooltip>
      ),
    },
    uptimeColumn(now),
    RESTARTS_COLUMN,
    ...RATE_COLUMNS,
    BACKPRESSURE_COLUMN,
  ]
}
