import { slotOf } from '@weir/engine/graph/execution-graph'
import type { SplitAssignment } from '../../sources/split-enumerator.ts'
import type { AttemptRun } from '../attempt-run.ts'
import type { JobContext } from '../job-context.ts'

/** Sends assignments to where the source's readers are; one that has finished needs none. */
export function assignSplits(
  run: AttemptRun,
  operator: string,
  assignments: readonly SplitAssignment[],
  context: JobContext,
): void {
  const vertex = context.graph.vertices.find(({ nodes }) => nodes.some(node => node.uid === operator))
  if (vertex === undefined) return
  for (const assignment of assignments) {
    if (run.finished.has(vertex.index, assignment.subtask)) continue
    const { taskManager } = run.slots[slotOf(vertex, assignment.subtask)]!
    context.emit({ type: 'assign-splits', attempt: run.attempt, taskManager, operator, assignment })
  }
}
