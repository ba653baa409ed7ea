import type { JobEventBody, OperatorCommittables, TaskManagerRef } from '@weir/control/job/job-event'
import { WeirError } from '@weir/engine/base/errors'
import type { ExecutionGraph } from '@weir/engine/graph/execution-graph'
import type { Committables, TaskEvent } from '@weir/proto/generated/weir/v1/cluster'
import { decodeError } from '@weir/proto/rpc-errors'

/**
 * A TaskManager's report as an event of the job. What makes no sense becomes the failure of its slot: refusing the message
 * would only make the TaskManager send it again.
 */
export function jobEventOf(event: TaskEvent, taskManager: TaskManagerRef, graph: ExecutionGraph): JobEventBody {
  const { attempt, slot } = event
  const from = { attempt, slot, taskManager }
  try {
    return decoded(event, taskManager, graph)
  } catch (thrown) {
    return { type: 'slot-failed', ...from, error: WeirError.from(thrown, 'PROTOCOL') }
  }
}

function decoded(event: TaskEvent, taskManager: TaskManagerRef, graph: ExecutionGraph): JobEventBody {
  const { attempt, slot, kind } = event
  const from = { attempt, slot, taskManager }
  switch (kind?.$case) {
    case 'deployed':
      return { type: 'slot-deployed', ...from }
    case 'failed': {
      const error = decodeError(kind.value.error)
      return {
        type: 'slot-failed',
        ...from,
        error: error ?? new WeirError('PROTOCOL', `slot ${slot} on ${taskManager.id} failed and did not say why`),
      }
    }
    case 'released':
      return { type: 'slot-released', ...from }
    case 'subtaskFinished': {
      const { vertex, subtask } = kind.value
      const known = graph.vertices[vertex]
      if (known === undefined || subtask >= known.parallelism) {
        throw new WeirError(
          'PROTOCOL',
          `${taskManager.id} reports the end of subtask ${vertex}/${subtask}, which is not in the job`,
        )
      }
      return {
        type: 'subtask-finished',
        ...from,
        vertex,
        subtask,
        committables: kind.value.committables.map(committablesOf),
      }
    }
    case 'splitRequested':
      return { type: 'split-requested', ...from, operator: kind.value.operator, subtask: kind.value.subtask }
    case 'watermarkReported': {
      const { operator, subtask, watermark } = kind.value
      if (Number.isNaN(watermark)) {
        throw new WeirError(
          'PROTOCOL',
          `${taskManager.id} reports no number as the watermark of ${operator}/${subtask}`,
        )
      }
      return { type: 'watermark-reported', ...from, operator, subtask, watermark }
    }
    case 'progress': {
      const { stuckInOperator, stuckMs } = kind.value
      return { type: 'progress', ...from, operator: stuckInOperator === '' ? null : stuckInOperator, stuckMs }
    }
    case undefined:
      throw new WeirError('PROTOCOL', `${taskManager.id} sent an event of a kind that is not known here`)
  }
}

function committablesOf({ operator, committables }: Committables): OperatorCommittables {
  const parsed: unknown = JSON.parse(committables.toString('utf8'))
  if (!Array.isArray(parsed)) throw new WeirError('PROTOCOL', `the committables of ${operator} are no list`)
  return { operator, committables: parsed }
}
