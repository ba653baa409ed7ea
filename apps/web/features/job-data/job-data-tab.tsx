'use client'
import type { OperatorView } from '@weir/proto/web/pipeline'
import { Table2 } from 'lucide-react'
import { isOver, type JobTabProps } from '@/features/job/job-tabs.ts'
import { countOf, formatInteger } from '@/lib/format.ts'
import { useUrlState } from '@/lib/use-url-state.ts'
import { Button, Command, EmptyState, ErrorState, Loading, Skeleton } from '@/ui'
import { DataGrid } from './data-grid.tsx'
import { DataTools } from './data-tools.tsx'
import styles from './job-data.module.css'
import { type Rows as RowsView, useRows } from './use-rows.ts'

/** The rows of the job's collect and print sinks, as they come. */
export function JobDataTab(props: JobTabProps) {
  const [wanted, choose] = useUrlState('rows')
  const [selected] = useUrlState('operator')
  const { operators } = props.pipeline.pipeline
  const sinks = props.pipeline.rowOperators.flatMap(uid => operators.find(each => each.uid === uid) ?? [])
  // Without a choice of its own the page shows the sink that is selected in the graph.
  const sink = sinks.find(({ uid }) => uid === wanted) ?? sinks.find(({ uid }) => uid === selected) ?? sinks[0]
  if (sink === undefined) return <NoSink />
  return <Rows key={sink.uid} {...props} sink={sink} sinks={sinks} onChoose={choose} />
}

interface RowsProps extends JobTabProps {
  readonly sink: OperatorView
  readonly sinks: readonly OperatorView[]
  readonly onChoose: (uid: string) => void
}

function Rows({ jobId, job, pipeline, sink, sinks, onChoose }: RowsProps) {
  const rows = useRows(jobId, sink.uid)
  const { state, message, items, shown, columns, leftOut, sort, freshAbove } = rows
  const hasAny = items.length > 0
  return (
    <div className={styles.tab}>
      <DataTools job={job} pipeline={pipeline.pipeline} sink={sink} sinks={sinks} onChoose={onChoose} rows={rows} />
      {state === 'gone' ? (
        <ErrorState fill title="The rows cannot be shown">
          {message}
        </ErrorState>
      ) : state === 'loading' && !hasAny ? (
        <div className={styles.waiting} aria-busy="true">
          <Loading what="the rows" />
          <Skeleton height={28} />
          <Skeleton height={28} />
          <Skeleton height={28} />
        </div>
      ) : !hasAny ? (
        <NoRows job={job} sink={sink} />
      ) : shown.length === 0 ? (
        <EmptyState fill title="No row is like this" actions={<Button onClick={rows.clear}>Show all</Button>}>
          None of the {formatInteger(items.length)} rows on this page fits the search and the filters. New ones are
          looked at as they come.
        </EmptyState>
      ) : (
        <DataGrid
          label={`Rows of ${sink.name}`}
          items={shown}
          columns={columns}
          sort={sort}
          onSort={rows.setSort}
          freshAbove={freshAbove}
        />
      )}
      <footer className={styles.foot}>
        <span>{orderOf(rows)}</span>
        {leftOut > 0 && <span>{formatInteger(leftOut)} more fields: the NDJSON download has them</span>}
        <span className={styles.kept}>
          {isOver(job.status)
            ? 'The server keeps the newest 1,000 rows of each sink until it is started again.'
            : 'The server keeps the newest 1,000 rows of each sink and begins anew when the job restarts; this page keeps 10,000.'}{' '}
          A download has the rows that are shown.
        </span>
      </footer>
    </div>
  )
}

function orderOf({ sort, columns }: RowsView): string {
  const { by, descending } = sort
  if (by === '#') return descending ? 'Newest first' : 'Oldest first'
  if (by === 'age') return descending ? 'Oldest first' : 'Newest first'
  const name = by === 'subtask' ? 'subtask' : columns.find(({ id }) => id === by)?.name
  return name === undefined ? 'Newest first' : `By ${name}, ${descending ? 'highest' : 'lowest'} first`
}

function NoRows({ job, sink }: Pick<RowsProps, 'job' | 'sink'>) {
  const isEnded = isOver(job.status)
  const came = job.operators[sink.uid]?.recordsIn ?? null
  return (
    <EmptyState
      fill
      icon={<Table2 aria-hidden="true" />}
      title={!isEnded ? 'No rows yet' : came === 0 ? 'No rows' : 'No rows are kept'}
    >
      {isEnded
        ? endedText(sink.name, came)
        : `Nothing has come to ${sink.name} so far. Rows are shown here as they come; a window gives its rows when it ends.`}
    </EmptyState>
  )
}

/** Why there are none, as far as the figures of the job tell; they may have gone with the rows. */
function endedText(name: string, came: number | null): string {
  if (came === 0) return `The job ended before anything had come to ${name}.`
  const gone = 'Rows are kept in memory only, and go when the JobManager is started again.'
  return came === null ? gone : `${countOf(came, 'row')} came to ${name}. ${gone}`
}

function NoSink() {
  return (
    <EmptyState fill icon={<Table2 aria-hidden="true" />} title="No operator of this job shows its rows">
      <p>
        The rows of collectSink() and printSink() stand here while the job runs. Add one behind any step of the
        pipeline, import it from @weir/sdk, and deploy again:
      </p>
      <div className={styles.code}>
        <Command text=".addSink(collectSink())" label="Copy the code" />
      </div>
    </EmptyState>
  )
}
