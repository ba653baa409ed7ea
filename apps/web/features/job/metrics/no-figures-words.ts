import type { JobDoc } from '@weir/proto/web/job-doc'
import { formatDuration } from '../../../lib/format.ts'
import { isOver } from '../job-tabs.ts'

/** A run that is no longer than this may end before a figure is kept. */
const SHORT_MS = 10_000

export interface NoFiguresWords {
  readonly title: string
  readonly text: string
}

/** Why nothing can be drawn of a job. */
export function noFiguresWords({
  status,
  startedAt,
  finishedAt,
}: Pick<JobDoc, 'status' | 'startedAt' | 'finishedAt'>): NoFiguresWords {
  if (!isOver(status)) {
    return startedAt === null
      ? { title: 'No figures yet', text: 'The job has not begun. Its charts start when it does.' }
      : { title: 'No figures yet', text: 'The first ones come within seconds of the start.' }
  }
  if (startedAt === null) return { title: 'No figures', text: 'The job ended before it began to run.' }
  const ranMs = finishedAt === null ? null : finishedAt - startedAt
  return ranMs !== null && ranMs <= SHORT_MS
    ? {
        title: 'The run was too short for charts',
        text: `The job ended after ${formatDuration(ranMs)}. Its last figures stand above.`,
      }
    : {
        title: 'No figures are kept of this time',
        text: 'A longer range may have some. The last figures of the job stand above.',
      }
}
