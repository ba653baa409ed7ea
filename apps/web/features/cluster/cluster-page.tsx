'use client'
import type { OverviewDoc } from '@weir/proto/web/overview-doc'
import { Server } from 'lucide-react'
import { useLive } from '@/lib/live/index.ts'
import { Badge, Card, Command, EmptyState, Loading, Page, PageHeader, Skeleton } from '@/ui/index.ts'
import styles from './cluster.module.css'
import { SlotGrid } from './slot-grid.tsx'
import { byId } from './task-manager-order.ts'
import { TaskManagerTable } from './task-manager-table.tsx'

/** Where jobs run: the slots of every TaskManager with the job that holds each, and how the processes are. */
export function ClusterPage() {
  const doc = useLive({ kind: 'overview' }, overview => overview)
  return (
    <Page>
      <PageHeader title="Cluster" lead={doc === undefined ? undefined : leadOf(doc)} />
      {doc === undefined ? (
        <Card padded>
          <Loading what="the cluster" />
          <Skeleton height={240} />
        </Card>
      ) : (
        <ClusterViews doc={doc} />
      )}
    </Page>
  )
}

function leadOf({ cluster }: OverviewDoc): string {
  const { slotsTotal, slotsFree, taskManagersActive, taskManagersTotal, version } = cluster
  const lost = taskManagersTotal - taskManagersActive
  return (
    `${slotsTotal - slotsFree} of ${slotsTotal} slots in use on ${taskManagersActive} ` +
    `${taskManagersActive === 1 ? 'TaskManager' : 'TaskManagers'}${lost === 0 ? '' : `, ${lost} lost`}. Version ${version}.`
  )
}

function ClusterViews({ doc }: { readonly doc: OverviewDoc }) {
  const taskManagers = Object.values(doc.taskManagers).sort(byId)
  if (taskManagers.length === 0) {
    return (
      <Card>
        <EmptyState
          icon={<Server aria-hidden="true" />}
          title="No TaskManager has registered"
          actions={<Command text="npm start" />}
        >
          Jobs run in the slots of TaskManagers, and wait until there are some. The embedded cluster starts one by
          itself.
        </EmptyState>
      </Card>
    )
  }
  return (
    <>
      <Card title="Slots" badge={<Badge>{doc.cluster.slotsTotal}</Badge>} padded className={styles.section}>
        <SlotGrid taskManagers={taskManagers} jobs={doc.jobs} />
      </Card>
      <Card title="TaskManagers" badge={<Badge>{taskManagers.length}</Badge>}>
        <TaskManagerTable taskManagers={taskManagers} />
      </Card>
    </>
  )
}
