import type { JobRowDoc } from '@weir/proto/web/overview-doc'
import { formatCount, formatRate } from '../../lib/format.ts'

type Records = Pick<JobRowDoc, 'status' | 'recordsIn' | 'recordsOut' | 'recordsInPerSecond' | 'recordsOutPerSecond'>

const OVER: ReadonlySet<JobRowDoc['status']> = new Set(['FINISHED', 'FAILED', 'CANCELED'])

/** What a list says of the records of a job: how many come while it runs, how many came in all when it is over. */
export function recordsText(job: Records, way: 'in' | 'out'): string {
  if (!OVER.has(job.status)) return formatRate(way === 'in' ? job.recordsInPerSecond : job.recordsOutPerSecond)
  return formatCount(way === 'in' ? job.recordsIn : job.recordsOut)
}

/** Rates and counts do not compare: jobs that run stand by their rate, below them those that are over, by their count. */
export function recordsOrder(job: Records, way: 'in' | 'out'): number | null {
  if (!OVER.has(job.status)) return way === 'in' ? job.recordsInPerSecond : job.recordsOutPerSecond
  const count = way === 'in' ? job.recordsIn : job.recordsOut
  return count === null ? null : -1 / (1 + count)
}

export function isOver({ status }: Pick<JobRowDoc, 'status'>): boolean {
  return OVER.has(status)
}
