'use client'
import { useQuery } from '@tanstack/react-query'
import type { JobTabProps } from '@/features/job/job-tabs.ts'
import { formatDateTime } from '@/lib/format.ts'
import { messageOf, useTRPC } from '@/lib/trpc.ts'
import { EmptyState, ErrorState, Loading } from '@/ui'

/** The exceptions of the job, newest first. */
export function JobErrorsTab({ jobId, job }: JobTabProps) {
  const exceptions = useQuery(useTRPC().jobs.exceptions.queryOptions({ jobId }))
  if (exceptions.isError) {
    return (
      <ErrorState fill title="The errors cannot be shown" onRetry={() => void exceptions.refetch()}>
        {messageOf(exceptions.error)}
      </ErrorState>
    )
  }
  if (exceptions.isPending) return <Loading what="the errors" />
  if (exceptions.data.length === 0) return <EmptyState fill title={`${job.name} has thrown no errors`} />
  return (
    <ul>
      {exceptions.data.map(group => (
        <li key={group.key}>
          <p>
            <b>{group.operator?.name ?? group.code}</b> {group.message} ({group.count} ×, last{' '}
            {formatDateTime(group.lastAt)})
          </p>
          {group.examples[0]?.stack !== null && <pre>{group.examples[0]?.stack}</pre>}
        </li>
      ))}
    </ul>
  )
}
