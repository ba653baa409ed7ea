import type { SubtaskMetrics } from '@weir/proto/metrics'
import type { SlotOperator } from './slot-protocol.ts'

/**
 * In which operators a slot's thread spends its time, found out from outside: looks at even intervals, each of which sees
 * at most one operator running. Costs the thread nothing, and tells the operators of one chain apart.
 */
export class OperatorSamples {
  readonly #seen = new Map<number, number>()

  /** `probeId`: what the probe shows; 0 when no operator runs. */
  look(probeId: number): void {
    if (probeId !== 0) this.#seen.set(probeId, (this.#seen.get(probeId) ?? 0) + 1)
  }

  /**
   * The metrics with how often each operator was seen. `operators`: all of the slot in the order of its subtasks and their
   * chains, which is that of the metrics.
   */
  addedTo(subtasks: readonly SubtaskMetrics[], operators: readonly SlotOperator[]): SubtaskMetrics[] {
    let index = 0
    return subtasks.map(subtask => ({
      ...subtask,
      operators: subtask.operators.map(operator => {
        const probeId = operators[index++]?.probeId
        return { ...operator, samples: probeId === undefined ? 0 : (this.#seen.get(probeId) ?? 0) }
      }),
    }))
  }
}
