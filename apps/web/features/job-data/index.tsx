'use client'
import type { RowItem } from '@weir/proto/web/job-details'
import type { JobTabProps } from '@/features/job/job-tabs.ts'
import { formatTime } from '@/lib/format.ts'
import { useLiveList } from '@/lib/live'
import { EmptyState } from '@/ui'

/** The newest rows of the job's collect and print sinks, as text. */
export function JobDataTab({ jobId, pipeline }: JobTabProps) {
  const { items } = useLiveList<RowItem>({ kind: 'rows', jobId, operator: null }, { limit: 200 })
  if (pipeline.rowOperators.length === 0) {
    return (
      <EmptyState fill title="No operator of this job keeps rows">
        Rows can be read of collect and print sinks.
      </EmptyState>
    )
  }
  if (items.length === 0) return <EmptyState fill title="No rows yet" />
  return (
    <table aria-label="Rows">
      <tbody>
        {[...items].reverse().map(({ seq, at, row }) => (
          <tr key={seq}>
            <td>{formatTime(at)}</td>
            <td>
              <code>{JSON.stringify(row)}</code>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
