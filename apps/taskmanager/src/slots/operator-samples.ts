import type { OperatorLooks } from '@weir/process/operator-looks'
import type { SubtaskMetrics } from '@weir/proto/metrics'
import type { SlotOperator } from './slot-protocol.ts'

/**
 * The metrics with how often each operator was seen. `operators`: all of the slot in the order of its subtasks and their
 * chains, which is that of the metrics.
 */
export function withSamples(
  subtasks: readonly SubtaskMetrics[],
  operators: readonly SlotOperator[],
  looks: Pick<OperatorLooks, 'seen'>,
): SubtaskMetrics[] {
  let index = 0
  return subtasks.map(subtask => ({
    ...subtask,
    operators: subtask.operators.map(operator => {
      const probeId = operators[index++]?.probeId
      return { ...operator, samples: probeId === undefined ? 0 : looks.seen(probeId) }
    }),
  }))
}
