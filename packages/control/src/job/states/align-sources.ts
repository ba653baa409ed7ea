import { slotOf } from '@weir/engine/graph/execution-graph'
import type { AlignmentGroup } from '../../sources/alignment.ts'
import type { AttemptRun } from '../attempt-run.ts'
import type { JobContext } from '../job-context.ts'
import type { EventOf } from '../job-event.ts'

export function watermarkReported(run: AttemptRun, event: EventOf<'watermark-reported'>, context: JobContext): void {
  const group = run.alignment.report(event.operator, event.subtask, event.watermark)
  if (group === undefined) context.ignored('not-expected')
  else announce(run, group, context)
}

/** Nobody waits for a subtask that has finished. */
export function alignWithoutFinished(run: AttemptRun, vertex: number, subtask: number, context: JobContext): void {
  for (const group of run.alignment.finished(vertex, subtask)) announce(run, group, context)
}

/** False when the timer is of no group. */
export function alignmentTimer(run: AttemptRun, timer: number, context: JobContext): boolean {
  const group = run.alignment.ofTimer(timer)
  if (group === undefined) return false
  group.timer = null
  announce(run, group, context)
  return true
}

/** Tells every TaskManager with a reader of the group how far the slowest is; at most once per interval. */
function announce(run: AttemptRun, group: AlignmentGroup, context: JobContext): void {
  const due = group.due(context.at.monotonicMs)
  // A timer that runs already finds what is new by then.
  if (due === null || group.timer !== null) return
  if (due.inMs > 0) {
    group.timer = context.timer(due.inMs)
    return
  }
  group.announced(due.slowest, context.at.monotonicMs)
  const places = group.members().map(({ vertex, subtask }) => run.slots[slotOf(vertex, subtask)]!.taskManager)
  for (const taskManager of new Map(places.map(place => [place.id, place])).values()) {
    const { attempt } = run
    context.emit({ type: 'align-sources', attempt, taskManager, group: group.name, slowest: due.slowest })
  }
}
