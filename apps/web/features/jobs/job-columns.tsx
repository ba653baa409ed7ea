import type { JobRowDoc } from '@weir/proto/web/overview-doc'
import { formatDuration, formatInteger } from '@/lib/format.ts'
import { uptimeMs } from '@/lib/uptime.ts'
import { Backpressure, type TableColumn } from '@/ui/index.ts'
import { isOver, recordsOrder, recordsText } from './job-records.ts'
import styles from './jobs.module.css'

function Records({ job, way }: { readonly job: JobRowDoc; readonly way: 'in' | 'out' }) {
  const text = recordsText(job, way)
  if (!isOver(job)) return <>{text}</>
  const count = way === 'in' ? job.recordsIn : job.recordsOut
  return (
    <span className={styles.total} title={count === null ? undefined : `${formatInteger(count)} records in all`}>
      {text}
    </span>
  )
}

/** The columns that every table of jobs has, in the order that suits it. */
export const RESTARTS_COLUMN: TableColumn<JobRowDoc> = {
  id: 'restarts',
  header: 'Restarts',
  numeric: true,
  minWidth: 80,
  sortValue: job => job.restarts,
  cell: job => formatInteger(job.restarts),
}

export const RATE_COLUMNS: readonly TableColumn<JobRowDoc>[] = [
  {
    id: 'in',
    header: 'Records in',
    numeric: true,
    minWidth: 104,
    sortValue: job => recordsOrder(job, 'in'),
    cell: job => <Records job={job} way="in" />,
  },
  {
    id: 'out',
    header: 'Records out',
    numeric: true,
    minWidth: 104,
    sortValue: job => recordsOrder(job, 'out'),
    cell: job => <Records job={job} way="out" />,
  },
]

export const BACKPRESSURE_COLUMN: TableColumn<JobRowDoc> = {
  id: 'backpressure',
  header: 'Backpressure',
  numeric: true,
  minWidth: 112,
  sortValue: job => job.backpressure,
  cell: job => <Backpressure ratio={job.backpressure} />,
}

/** `now`: the server's time, ms since the epoch. */
export function uptimeColumn(now: number): TableColumn<JobRowDoc> {
  return {
    id: 'uptime',
    header: 'Ran for',
    numeric: true,
    minWidth: 96,
    sortValue: job => uptimeMs(job, now),
    cell: job => formatDuration(uptimeMs(job, now)),
  }
}
