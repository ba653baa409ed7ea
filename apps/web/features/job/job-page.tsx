'use client'
import { useQuery } from '@tanstack/react-query'
import type { JobPipeline } from '@weir/proto/web/job-details'
import type { JobDoc } from '@weir/proto/web/job-doc'
import dynamic from 'next/dynamic'
import { useMemo } from 'react'
import { useCrumbs } from '@/features/shell/crumbs.tsx'
import { usePageActions } from '@/features/shell/page-actions.tsx'
import { type LiveDoc, useJobDoc, useLive } from '@/lib/live'
import { startedJob } from '@/lib/started-jobs.ts'
import { isNotFound, messageOf, useTRPC } from '@/lib/trpc.ts'
import { useUrlState } from '@/lib/use-url-state.ts'
import { Badge, ErrorState, LinkButton, Tabs, VisuallyHidden } from '@/ui'
import { ConfigTab } from './config/config-tab.tsx'
import { GraphTab } from './graph/graph-tab.tsx'
import { JobFigures } from './job-figures.tsx'
import { JobHeader } from './job-header.tsx'
import styles from './job-page.module.css'
import { JobSkeleton } from './job-skeleton.tsx'
import { type JobTab, type JobTabProps, jobTabOf } from './job-tabs.ts'
import { JobVerdict } from './job-verdict.tsx'
import { SamplesProvider } from './metrics/samples-provider.tsx'
import { earlyJob, earlyPipeline } from './start/early-job.ts'

/** Tabs that are large, or seldom opened, are loaded when they are. */
const Waiting = () => <JobSkeleton tabsOnly />
const MetricsTab = dynamic(() => import('./metrics/metrics-tab.tsx').then(module => module.MetricsTab), {
  ssr: false,
  loading: Waiting,
})
const DataTab = dynamic(() => import('@/features/job-data').then(module => module.JobDataTab), {
  ssr: false,
  loading: Waiting,
})
const ErrorsTab = dynamic(() => import('@/features/job-errors').then(module => module.JobErrorsTab), {
  ssr: false,
  loading: Waiting,
})
const LogsTab = dynamic(() => import('@/features/job-logs').then(module => module.JobLogsTab), {
  ssr: false,
  loading: Waiting,
})

/** A job: how it is in one line, its figures, and what is behind them in tabs. */
export function JobPage({ jobId }: { readonly jobId: string }) {
  const trpc = useTRPC()
  const live = useJobDoc(jobId)
  const job = useEarlyJob(jobId, live)
  const pipeline = useQuery(trpc.jobs.pipeline.queryOptions({ jobId }, { staleTime: Number.POSITIVE_INFINITY }))
  const drawn = useMemo(() => earlyPipeline(startedJob(jobId)), [jobId])
  const shown: JobPipeline | undefined = pipeline.data ?? drawn
  const name = job?.name ?? null
  useCrumbs([{ label: 'Jobs', href: '/jobs' }, { label: name ?? jobId }])

  if (live.state === 'gone') return <NoSuchJob title={`There is no job ${jobId}`} text={live.message} />
  if (pipeline.isError && live.state !== 'ready') {
    return isNotFound(pipeline.error) ? (
      <NoSuchJob title={`There is no job ${jobId}`} text={messageOf(pipeline.error)} />
    ) : (
      <>
        <Heading />
        <ErrorState fill title="The job cannot be shown" onRetry={() => void pipeline.refetch()}>
          {messageOf(pipeline.error)}
        </ErrorState>
      </>
    )
  }
  if (job === null) return <JobSkeleton />
  return (
    <SamplesProvider jobId={jobId}>
      <div className={styles.page}>
        <JobHeader job={job} />
        <JobVerdict job={job} />
        <JobFigures job={job} />
        {pipeline.isError ? (
          <ErrorState fill title="The graph of the job cannot be shown" onRetry={() => void pipeline.refetch()}>
            {messageOf(pipeline.error)}
          </ErrorState>
        ) : shown === undefined ? (
          <JobSkeleton tabsOnly />
        ) : (
          <JobViews jobId={jobId} job={job} pipeline={shown} isEarly={pipeline.isPending} />
        )}
      </div>
    </SamplesProvider>
  )
}

/** The job's document; until it has come, what is known of the job already; null while nothing is. */
function useEarlyJob(jobId: string, live: LiveDoc<JobDoc>): JobDoc | null {
  const row = useLive({ kind: 'overview' }, doc => doc.jobs[jobId])
  const isHere = live.state === 'ready'
  const early = useMemo(() => (isHere ? null : earlyJob(row, startedJob(jobId))), [isHere, row, jobId])
  return isHere ? live.doc : early
}

interface JobViewsProps extends JobTabProps {
  /** The pipeline is the one that was drawn before the job was there: good for its graph. */
  readonly isEarly: boolean
}

function JobViews({ isEarly, ...props }: JobViewsProps) {
  const [text, setTab] = useUrlState('tab', { fallback: 'graph', history: 'push' })
  const tab = jobTabOf(text)
  usePageActions(
    tabsOf(props.job).map(({ value, label }) => ({
      id: `tab-${value}`,
      label: `Show ${label}`,
      keywords: ['tab'],
      run: () => setTab(value),
    })),
  )
  return (
    <Tabs
      label="Views of the job"
      value={tab}
      onChange={setTab}
      className={styles.views}
      panelClassName={styles.panel}
      tabs={tabsOf(props.job)}
    >
      {isEarly && tab !== 'graph' ? <Waiting /> : <View tab={tab} {...props} />}
    </Tabs>
  )
}

function tabsOf({ exceptions }: JobDoc) {
  return [
    { value: 'graph' as const, label: 'Graph' },
    { value: 'data' as const, label: 'Data' },
    {
      value: 'errors' as const,
      label: 'Errors',
      badge: exceptions > 0 ? <Badge tone="error">{exceptions}</Badge> : undefined,
    },
    { value: 'logs' as const, label: 'Logs' },
    { value: 'metrics' as const, label: 'Metrics' },
    { value: 'config' as const, label: 'Config' },
  ]
}

function View({ tab, ...props }: JobTabProps & { readonly tab: JobTab }) {
  switch (tab) {
    case 'graph':
      return <GraphTab {...props} />
    case 'data':
      return <DataTab {...props} />
    case 'errors':
      return <ErrorsTab {...props} />
    case 'logs':
      return <LogsTab {...props} />
    case 'metrics':
      return <MetricsTab {...props} />
    case 'config':
      return <ConfigTab {...props} />
  }
}

function NoSuchJob({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <>
      <Heading />
      <ErrorState fill title={title} actions={<LinkButton href="/jobs">All jobs</LinkButton>}>
        {text}
      </ErrorState>
    </>
  )
}

/** A page has a heading also where there is nothing to head. */
function Heading() {
  return (
    <VisuallyHidden>
      <h1>Job</h1>
    </VisuallyHidden>
  )
}
