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

/** The slots of the cluster as a tiny matrix, a column for each TaskManager. Decoration: the numbers stand beside it. */
export function SlotMatrix({ taskManagers, jobs }: SlotMatrixProps) {
  const shown = [...taskManagers]
    .sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }))
    .slice(0, TASK_MANAGERS_SHOWN)
  const colors = jobColors(
    shown.flatMap(taskManager => Object.values(taskManager.slots)),
    jobId => jobs[jobId]?.submittedAt ?? 0,
  )
  return (
    <div className={styles.slots} aria-hidden="true">
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
