import type { JobRowDoc, TaskManagerDoc } from '@weir/proto/web/overview-doc'
import { countOf } from '@/lib/format.ts'
import { jobColors } from '@/lib/job-colors.ts'
import styles from './home.module.css'

/** More than this would not fit; the Cluster page shows all. */
const TASK_MANAGERS_SHOWN = 12

export interface SlotMatrixProps {
  readonly taskManagers: readonly TaskManagerDoc[]
  readonly jobs: Readonly<Record<string, JobRowDoc>>
}

/** Few TaskManagers of few slots lie as rows one below the other, which fills the width and not the height. */
const ROWS_MAX = 4
const ROW_SLOTS_MAX = 12

/** The slots of the cluster as a tiny matrix by TaskManager. Decoration: the numbers stand beside it. */
export function SlotMatrix({ taskManagers, jobs }: SlotMatrixProps) {
  const shown = [...taskManagers]
    .sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }))
    .slice(0, TASK_MANAGERS_SHOWN)
  const colors = jobColors(
    shown.flatMap(taskManager => Object.values(taskManager.slots)),
    jobId => jobs[jobId]?.submittedAt ?? 0,
  )
  const areRows = shown.length <= ROWS_MAX && shown.every(({ slots }) => Object.keys(slots).length <= ROW_SLOTS_MAX)
  return (
    <div className={styles.slots} data-rows={areRows || undefined} aria-hidden="true">
      {shown.map(({ id, status, slots }) => (
        <div key={id} className={styles.taskManager} title={`${id}: ${countOf(Object.keys(slots).length, 'slot')}`}>
          {Object.entries(slots).map(([index, jobId]) => (
            <span
              key={index}
              className={styles.slot}
              data-lost={status === 'LOST' || undefined}
              data-color={status === 'LOST' || jobId === null ? undefined : colors.get(jobId)}
            />
          ))}
        </div>
      ))}
    </div>
  )
}
