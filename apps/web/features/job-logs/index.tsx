'use client'
import type { LogItem } from '@weir/proto/web/job-details'
import type { JobTabProps } from '@/features/job/job-tabs.ts'
import { formatTime } from '@/lib/format.ts'
import { useLiveList } from '@/lib/live'
import { EmptyState } from '@/ui'

/** The newest log lines of the job. */
export function JobLogsTab({ jobId }: JobTabProps) {
  const topic = { kind: 'logs', jobId, operator: null, subtask: null, search: null } as const
  const { items } = useLiveList<LogItem>(topic, { limit: 500 })
  if (items.length === 0) return <EmptyState fill title="No log lines yet" />
  return (
    <ol>
      {items.map(({ seq, at, level, message }) => (
        <li key={seq}>
          <code>
            {formatTime(at)} {level} {message}
          </code>
        </li>
      ))}
    </ol>
  )
}
