'use client'
import type { SubtaskDoc, SubtaskStatus } from '@weir/proto/web/job-doc'
import type { CSSProperties } from 'react'
import { eventTimeOf, eventTimeWords, shortEventTime } from '@/lib/event-time.ts'
import { formatBytes, formatDuration, formatPercent, formatRate, percentOf } from '@/lib/format.ts'
import { Backpressure, StatusMark, Table, type TableColumn, useTableSort, VisuallyHidden } from '@/ui'
import styles from './subtask-table.module.css'

const STATUS = {
  CREATED: { shape: 'wait', tone: 'warn', word: 'Waiting' },
  DEPLOYING: { shape: 'wait', tone: 'busy', word: 'Starting' },
  RUNNING: { shape: 'run', tone: 'ok', word: 'Running' },
  FINISHED: { shape: 'done', tone: 'quiet', word: 'Finished' },
  FAILED: { shape: 'fail', tone: 'error', word: 'Failed' },
  CANCELED: { shape: 'cancel', tone: 'quiet', word: 'Canceled' },
} as const satisfies Record<SubtaskStatus, unknown>

const COLUMNS: readonly TableColumn<SubtaskDoc>[] = [
  {
    id: 'index',
    header: '#',
    cell: row => <Subtask row={row} />,
    sortValue: ({ index }) => index,
    numeric: true,
    firstSort: 'asc',
  },
  {
    id: 'busy',
    header: 'Busy',
    cell: row => <Busy ratio={row.busy} />,
    sortValue: ({ busy }) => busy,
    firstSort: 'desc',
  },
  {
    id: 'backpressure',
    header: 'Blocked',
    cell: row => <Backpressure ratio={row.backpressure} />,
    sortValue: ({ backpressure }) => backpressure,
    firstSort: 'desc',
  },
  rate('in', 'In', row => row.recordsInPerSecond),
  rate('out', 'Out', row => row.recordsOutPerSecond),
  {
    id: 'lag',
    header: 'Lag',
    cell: row => <Lag row={row} />,
    // What is farther behind comes first, also among those that show their event time.
    sortValue: row => row.watermarkLagMs ?? (row.watermark === null ? null : -row.watermark),
    numeric: true,
  },
  {
    id: 'state',
    header: 'State',
    cell: row => formatBytes(row.stateBytes),
    sortValue: row => row.stateBytes,
    numeric: true,
  },
  {
    id: 'slot',
    header: 'Slot',
    cell: row => <Slot row={row} />,
    sortValue: row => `${row.taskManager ?? ''} ${row.slot ?? ''}`,
  },
]

function rate(id: string, header: string, of: (row: SubtaskDoc) => number | null): TableColumn<SubtaskDoc> {
  return { id, header, cell: row => formatRate(of(row)), sortValue: of, numeric: true, minWidth: 60 }
}

/** The subtasks of a vertex; how it is sorted is in the address. */
export function SubtaskTable({ subtasks }: { readonly subtasks: readonly SubtaskDoc[] }) {
  const [sort, setSort] = useTableSort('index:asc', 'subtasks')
  return (
    <div className={styles.table}>
      <Table
        label="Subtasks"
        columns={COLUMNS}
        rows={subtasks}
        rowId={({ index }) => String(index)}
        sort={sort}
        onSort={setSort}
        tight
        {...(subtasks.length > 100 ? { height: 420 } : {})}
      />
    </div>
  )
}

/** The shape of its status beside its number; the word on hover and for screen readers. */
function Subtask({ row: { index, status } }: { readonly row: SubtaskDoc }) {
  const { shape, tone, word } = STATUS[status]
  return (
    <span className={styles.subtask} title={word}>
      <StatusMark shape={shape} tone={tone}>
        <VisuallyHidden>{word}</VisuallyHidden>
      </StatusMark>
      {index}
    </span>
  )
}

function Lag({ row }: { readonly row: SubtaskDoc }) {
  const eventTime = eventTimeOf(row)
  if (eventTime === null) return <>{formatDuration(row.watermarkLagMs)}</>
  return <span title={eventTimeWords(eventTime)}>{shortEventTime(eventTime)}</span>
}

function Busy({ ratio }: { readonly ratio: number | null }) {
  return (
    <span className={styles.busy} style={{ '--v': percentOf(ratio) ?? 0 } as CSSProperties}>
      {formatPercent(ratio)}
    </span>
  )
}

function Slot({ row: { taskManager, slot } }: { readonly row: SubtaskDoc }) {
  if (taskManager === null) return <>—</>
  return (
    <span className={styles.slot} title={`TaskManager ${taskManager}, slot ${slot ?? '—'}`}>
      {taskManager}·{slot ?? '—'}
    </span>
  )
}
