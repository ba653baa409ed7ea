'use client'
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useCreateDraft } from '@/features/pipelines/use-create-draft.ts'
import { useMay } from '@/features/shell/use-may.ts'
import { useOverview } from '@/lib/live/index.ts'
import { useTRPC } from '@/lib/trpc.ts'
import { Button, Card, ErrorState, Loading, Page, PageHeader, Skeleton } from '@/ui/index.ts'
import { AttentionCard } from './attention-card.tsx'
import { ClusterStrip } from './cluster-strip.tsx'
import { FirstSteps } from './first-steps.tsx'
import styles from './home.module.css'
import { RecentDraftsCard } from './recent-drafts-card.tsx'
import { RecentJobsCard } from './recent-jobs-card.tsx'
import { StartCard } from './start-card.tsx'

/** How the cluster is, what needs somebody, and where one left off; on a new cluster, the ways in. */
export function HomePage() {
  const trpc = useTRPC()
  const overview = useOverview()
  const drafts = useQuery(trpc.drafts.list.queryOptions())
  const maySubmit = useMay('jobs:submit')
  const { create, making } = useCreateDraft()

  if (overview.state === 'gone') {
    return (
      <Page>
        <ErrorState title="The cluster cannot be shown">{overview.message}</ErrorState>
      </Page>
    )
  }
  // What is there is shown; drafts that cannot be had do not hide the cluster.
  if (overview.state === 'loading' || drafts.isPending) return <HomeSkeleton />
  const { doc } = overview
  const list = drafts.data ?? []
  if (Object.keys(doc.jobs).length === 0 && list.length === 0) {
    return <FirstSteps cluster={doc.cluster} />
  }
  return (
    <Page>
      <PageHeader
        title="Home"
        actions={
          <Button
            look="primary"
            icon={<Plus aria-hidden="true" />}
            busy={making !== null}
            disabled={!maySubmit.allowed}
            title={maySubmit.reason}
            onClick={() => create({ from: 'blank' })}
          >
            New pipeline
          </Button>
        }
      />
      <ClusterStrip overview={doc} />
      <AttentionCard attention={doc.attention} />
      <RecentJobsCard jobs={doc.jobs} />
      <div className={styles.columns}>
        {list.length > 0 && <RecentDraftsCard drafts={list} jobs={doc.jobs} />}
        <StartCard />
      </div>
    </Page>
  )
}

function HomeSkeleton() {
  return (
    <Page>
      <PageHeader title="Home" />
      <Loading what="the cluster" />
      <Card className={styles.section} padded>
        <Skeleton height={58} />
      </Card>
      <Card title="Jobs" padded>
        <Skeleton height={160} />
      </Card>
    </Page>
  )
}
