'use client'
import type { JobRowDoc, TaskManagerDoc } from '@weir/proto/web/overview-doc'
import Link from 'next/link'
import { type JobColor, jobColors } from '@/lib/job-colors.ts'
import { jobPath } from '@/lib/paths.ts'
import { Tooltip } from '@/ui/index.ts'
import styles from './cluster.module.css'
import { slotsOf } from './task-manager-order.ts'

export interface SlotGridProps {
  readonly taskManagers: readonly TaskManagerDoc[]
  readonly jobs: Readonly<Record<string, JobRowDoc>>
}

/** Widths of the first column and of a slot that still shows the begin of a name. */
const NAME_PX = 128
const SLOT_PX_MIN = 72

/** TaskManager × slot, each slot with its job's colour and name. The row of a lost TaskManager stays, struck through. */
export function SlotGrid({ taskManagers, jobs }: SlotGridProps) {
  const held = taskManagers.filter(({ status }) => status === 'ACTIVE').flatMap(({ slots }) => Object.values(slots))
  const colors = jobColors(held, jobId => jobs[jobId]?.submittedAt ?? 0)
  const widest = Math.max(...taskManagers.map(({ slots }) => Object.keys(slots).length))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={styles.gridBox} aria-label="Slots by TaskManager" tabIndex={0}>
      <table className={styles.grid} style={{ minWidth: NAME_PX + widest * SLOT_PX_MIN }} aria-label="Slots">
        <thead>
          <tr>
            <th scope="col">TaskManager</th>
            {Array.from({ length: widest }, (_, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a slot is its index
              <th key={index} scope="col">
                {index}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {taskManagers.map(taskManager => (
            <tr key={taskManager.id}>
              <th scope="row" className={styles.rowName}>
                {taskManager.id}
                {taskManager.status === 'LOST' && <span className={styles.lostWord}> lost</span>}
              </th>
              {taskManager.status === 'LOST' && slotsOf(taskManager).length === 0 && (
                <td colSpan={Math.max(1, widest)}>
                  <span className={styles.slot} data-state="lost">
                    its slots are gone
                  </span>
                </td>
              )}
              {slotsOf(taskManager).map(([index, jobId]) => (
                <td key={index}>
                  <Slot
                    lost={taskManager.status === 'LOST'}
                    jobId={jobId}
                    job={jobId === null ? undefined : jobs[jobId]}
                    color={jobId === null ? undefined : colors.get(jobId)}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

interface SlotProps {
  readonly lost: boolean
  readonly jobId: string | null
  readonly job: JobRowDoc | undefined
  readonly color: JobColor | undefined
}

function Slot({ lost, jobId, job, color }: SlotProps) {
  if (lost)
    return (
      <span className={styles.slot} data-state="lost">
        gone
      </span>
    )
  if (jobId === null)
    return (
      <span className={styles.slot} data-state="free">
        free
      </span>
    )
  const name = job?.name ?? jobId
  return (
    <Tooltip label={`${name}, ${jobId}`}>
      <Link className={styles.slot} data-state="held" data-color={color} href={jobPath(jobId)}>
        {name}
      </Link>
    </Tooltip>
  )
}
