'use client'
import type { TaskManagerDoc } from '@weir/proto/web/overview-doc'
import { useMemo } from 'react'
import { formatAge, formatBytes, formatDateTime, formatPercent } from '@/lib/format.ts'
import { useServerNow } from '@/lib/live/index.ts'
import { BusyBar, StatusMark, Table, type TableColumn, useTableSort } from '@/ui/index.ts'
import styles from './cluster.module.css'
import { lossWords, slotsOf } from './task-manager-order.ts'

/** From this age on a heartbeat is late: they come every second. */
const LATE_HEARTBEAT_MS = 3_000

/** How each process is. A lost one keeps its row, with since when. */
export function TaskManagerTable({ taskManagers }: { readonly taskManagers: readonly TaskManagerDoc[] }) {
  const now = useServerNow()
  const [sort, setSort] = useTableSort('id:asc')
  const columns = useMemo(() => columnsAt(now), [now])
  return (
    <Table
      label="TaskManagers"
      columns={columns}
      rows={taskManagers}
      rowId={taskManager => taskManager.id}
      sort={sort}
      onSort={setSort}
    />
  )
}

const usedSlots = (taskManager: TaskManagerDoc): number =>
  slotsOf(taskManager).filter(([, jobId]) => jobId !== null).length

/** What a process that is gone told last says nothing about now. */
const current = <T,>(taskManager: TaskManagerDoc, value: T | null): T | null =>
  taskManager.status === 'LOST' ? null : value

function columnsAt(now: number): readonly TableColumn<TaskManagerDoc>[] {
  const memoryShare = ({ memoryUsedBytes, memoryTotalBytes }: TaskManagerDoc): number | null =>
    memoryUsedBytes === null || memoryTotalBytes === null || memoryTotalBytes === 0
      ? null
      : memoryUsedBytes / memoryTotalBytes
  return [
    {
      id: 'id',
      header: 'TaskManager',
      grow: true,
      minWidth: 208,
      sortValue: taskManager => taskManager.id,
      cell: taskManager => (
        <span className={styles.process}>
          <b>{taskManager.id}</b>
          <span>
            {taskManager.host}, process {taskManager.pid}
          </span>
        </span>
      ),
    },
    {
      id: 'status',
      header: 'State',
      minWidth: 140,
      sortValue: taskManager => taskManager.status,
      cell: ({ status, lostAt, losses }) =>
        status === 'ACTIVE' ? (
          <span className={styles.state} title={losses.map(({ lostAt: at }) => formatDateTime(at)).join('\n')}>
            <StatusMark shape="run" tone="ok">
              Active
            </StatusMark>
            {losses.length > 0 && <small>{lossWords({ losses })}</small>}
          </span>
        ) : (
          <span className={styles.lost} title={formatDateTime(lostAt)}>
            <StatusMark shape="fail" tone="error">
              Lost
            </StatusMark>
            {lostAt !== null && <span className={styles.since}>for {formatAge(now - lostAt)}</span>}
          </span>
        ),
    },
    {
      id: 'slots',
      header: 'Slots used',
      numeric: true,
      minWidth: 96,
      sortValue: taskManager => current(taskManager, usedSlots(taskManager)),
      cell: taskManager =>
        taskManager.status === 'LOST' ? '—' : `${usedSlots(taskManager)} of ${slotsOf(taskManager).length}`,
    },
    {
      id: 'cpu',
      header: 'CPU',
      numeric: true,
      minWidth: 88,
      sortValue: taskManager => current(taskManager, taskManager.cpu),
      cell: taskManager => cores(current(taskManager, taskManager.cpu)),
    },
    {
      id: 'memory',
      header: 'Memory',
      minWidth: 160,
      numeric: true,
      sortValue: taskManager => current(taskManager, taskManager.memoryUsedBytes),
      cell: taskManager => (
        <span className={styles.memory}>
          <BusyBar ratio={current(taskManager, memoryShare(taskManager))} />
          <span>{formatBytes(current(taskManager, taskManager.memoryUsedBytes))}</span>
        </span>
      ),
    },
    {
      id: 'eventLoop',
      header: 'Event loop',
      numeric: true,
      minWidth: 96,
      sortValue: taskManager => current(taskManager, taskManager.eventLoopUtilization),
      cell: taskManager => formatPercent(current(taskManager, taskManager.eventLoopUtilization)),
    },
    {
      id: 'heartbeat',
      header: 'Heartbeat',
      numeric: true,
      minWidth: 104,
      firstSort: 'asc',
      sortValue: taskManager => now - taskManager.lastHeartbeat,
      cell: ({ lastHeartbeat }) => {
        const ageMs = Math.max(0, now - lastHeartbeat)
        return (
          <span className={ageMs > LATE_HEARTBEAT_MS ? styles.late : undefined} title={formatDateTime(lastHeartbeat)}>
            {ageMs < LATE_HEARTBEAT_MS ? 'now' : formatAge(ageMs)}
          </span>
        )
      },
    },
    {
      id: 'version',
      header: 'Version',
      numeric: true,
      minWidth: 80,
      firstSort: 'asc',
      cell: taskManager => taskManager.version,
    },
  ]
}

/** CPU time per second: `1.25 cores`. */
function cores(cpu: number | null): string {
  return cpu === null ? '—' : `${cpu.toFixed(2)} ${cpu === 1 ? 'core' : 'cores'}`
}
