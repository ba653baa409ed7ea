'use client'
import { useQuery } from '@tanstack/react-query'
import type { ExceptionGroup } from '@weir/proto/web/job-details'
import type { JobDoc } from '@weir/proto/web/job-doc'
import { CircleCheckBig } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { JobTabProps } from '@/features/job/job-tabs.ts'
import { messageOf, useTRPC } from '@/lib/trpc.ts'
import { useUrlState } from '@/lib/use-url-state.ts'
import { Card, EmptyState, ErrorState, Loading, Skeleton } from '@/ui'
import { ErrorGroup } from './error-group.tsx'
import styles from './job-errors.module.css'
import { noErrorsWords } from './no-errors-words.ts'
import { RestartHistory } from './restart-history.tsx'

/** What went wrong, grouped by what it says and where, and what has happened to the job because of it. */
export function JobErrorsTab(props: JobTabProps) {
  const { jobId, job } = props
  const exceptions = useQuery(useTRPC().jobs.exceptions.queryOptions({ jobId }))
  const { refetch } = exceptions
  // biome-ignore lint/correctness/useExhaustiveDependencies: the number says when there is something new to fetch
  useEffect(() => void refetch(), [refetch, job.exceptions])
  return (
    <div className={styles.tab}>
      {exceptions.isError ? (
        <Card>
          <ErrorState compact title="The errors cannot be shown" onRetry={() => void refetch()}>
            {messageOf(exceptions.error)}
          </ErrorState>
        </Card>
      ) : exceptions.isPending ? (
        <Card padded>
          <div className={styles.waiting} aria-busy="true">
            <Loading what="the errors" />
            <Skeleton width="40%" />
            <Skeleton width="80%" />
            <Skeleton width="60%" />
          </div>
        </Card>
      ) : exceptions.data.length === 0 ? (
        <Card>
          <NoErrors job={job} />
        </Card>
      ) : (
        <Groups {...props} groups={exceptions.data} />
      )}
      <RestartHistory jobId={jobId} job={job} />
    </div>
  )
}

function NoErrors({ job }: { readonly job: JobDoc }) {
  const { title, text } = noErrorsWords(job)
  return (
    <EmptyState icon={<CircleCheckBig aria-hidden="true" />} title={title}>
      {text}
    </EmptyState>
  )
}

/** In the address for "none is open". */
const NONE = 'none'

function Groups({ groups, ...props }: JobTabProps & { readonly groups: readonly ExceptionGroup[] }) {
  const [wanted, setOpen] = useUrlState('error')
  // The one that was newest when the page was opened: a newer one must not close what is read.
  const [first] = useState(groups[0]?.key ?? NONE)
  const open = wanted ?? first
  return (
    <Card title="Errors" badge={<span className={styles.note}>grouped by what they say; the newest first</span>}>
      <ul>
        {groups.map(group => (
          <ErrorGroup
            key={group.key}
            {...props}
            group={group}
            isOpen={group.key === open}
            onToggle={() => setOpen(group.key === open ? NONE : group.key)}
          />
        ))}
      </ul>
    </Card>
  )
}
