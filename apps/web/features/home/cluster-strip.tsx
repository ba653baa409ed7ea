'use client'
import type { OverviewDoc } from '@weir/proto/web/overview-doc'
import { formatAgo, rateParts } from '@/lib/format.ts'
import { useServerNow } from '@/lib/live/index.ts'
import { Card, StatusMark } from '@/ui/index.ts'
import styles from './home.module.css'
import { SlotMatrix } from './slot-matrix.tsx'

/** The cluster in four figures. */
export function ClusterStrip({ overview }: { readonly overview: OverviewDoc }) {
  const { cluster, taskManagers, jobs } = overview
  const list = Object.values(taskManagers)
  const used = cluster.slotsTotal - cluster.slotsFree
  const rate = rateParts(cluster.recordsInPerSecond)
  const ended = cluster.jobsTotal - cluster.jobsRunning - cluster.jobsWaiting - cluster.jobsFailed
  return (
    <Card className={styles.strip}>
      <div className={styles.cell}>
        <h2>TaskManagers</h2>
        <p className={styles.value}>
          <b>{cluster.taskManagersActive}</b>
          <small>of {cluster.taskManagersTotal}</small>
        </p>
        <p className={styles.under}>
          <LastLost overview={overview} />
        </p>
      </div>
      <div className={styles.cell}>
        <h2>Slots</h2>
        <p className={styles.value}>
          <b>{used}</b>
          <small>of {cluster.slotsTotal} in use</small>
        </p>
        <p className={styles.under}>{cluster.slotsFree} free</p>
        <SlotMatrix taskManagers={list} jobs={jobs} />
      </div>
      <div className={styles.cell}>
        <h2>Jobs</h2>
        <p className={styles.value}>
          <b>{cluster.jobsRunning}</b>
          <small>running</small>
        </p>
        <p className={styles.under}>
          {cluster.jobsWaiting > 0 && (
            <StatusMark shape="wait" tone="warn">
              {cluster.jobsWaiting} waiting
            </StatusMark>
          )}
          {cluster.jobsFailed > 0 && (
            <StatusMark shape="fail" tone="error">
              {cluster.jobsFailed} failed
            </StatusMark>
          )}
          {ended > 0 && <span>{ended} ended</span>}
        </p>
      </div>
      <div className={styles.cell}>
        <h2>Records in</h2>
        <p className={styles.value}>
          <b>{rate.number}</b>
          <small>{rate.unit}</small>
        </p>
        <p className={styles.under}>all jobs together</p>
      </div>
    </Card>
  )
}

function LastLost({ overview }: { readonly overview: OverviewDoc }) {
  const now = useServerNow(5_000)
  const lost = Object.values(overview.taskManagers)
    .filter(({ status }) => status === 'LOST')
    .sort((a, b) => (b.lostAt ?? 0) - (a.lostAt ?? 0))[0]
  if (lost === undefined) return <span>all of them answer</span>
  return (
    <span>
      {lost.id} lost {lost.lostAt === null ? '' : formatAgo(now - lost.lostAt)}
    </span>
  )
}
