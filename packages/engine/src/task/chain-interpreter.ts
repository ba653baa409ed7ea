import { freezeRecord } from '../base/frozen-records.ts'
import { promiseRefused } from '../base/promises.ts'
import { type ChainDriver, type ChainedOperator, type ChainTargets, PROBE_OPERATOR, type Probe } from './chain-plan.ts'
import type { FlowState } from './flow-state.ts'
import { locateError } from './locate-error.ts'

/**
 * Joins the operators of a chain by plain calls. It is the oracle of the chain compiler, and what runs where code may not
 * be generated (a page without unsafe-eval).
 */
export function interpretChain(
  chain: readonly ChainedOperator[],
  flow: FlowState,
  probe: Probe,
  freeze = false,
): ChainDriver {
  const give = (targets: ChainTargets, value: unknown, timestamp: number): void => {
    for (const index of targets.operators) {
      const next = chain[index]
      probe[PROBE_OPERATOR] = next.probeId
      next.counters.recordsIn++
      next.operator.processElement(value, timestamp, 0)
    }
    for (const writer of targets.writers) writer.emit(value, timestamp)
  }
  for (const chained of chain) {
    // An operator may catch what user code throws: errors from further down are named before they reach it.
    chained.output.collect = (value, timestamp) => {
      chained.counters.recordsOut++
      try {
        if (value instanceof Promise) throw promiseRefused(value, 'a record that it emitted is a promise')
        if (freeze) freezeRecord(value)
        give(chained.main, value, timestamp)
      } catch (error) {
        throw locateError(error, chain, probe, [value])
      }
      probe[PROBE_OPERATOR] = chained.probeId
    }
    for (const [tag, targets] of chained.sides) {
      chained.output.joinSide(tag, (value, timestamp) => {
        try {
          if (value instanceof Promise) throw promiseRefused(value, 'a record that it emitted is a promise')
          if (freeze) freezeRecord(value)
          give(targets, value, timestamp)
        } catch (error) {
          throw locateError(error, chain, probe, [value])
        }
        probe[PROBE_OPERATOR] = chained.probeId
      })
    }
  }
  const head = chain[0]
  return (values, timestamps, from, to, input) => {
    let i = from
    try {
      for (; i < to; i++) {
        probe[PROBE_OPERATOR] = head.probeId
        head.counters.recordsIn++
        head.operator.processElement(values[i], timestamps[i], input)
        if (flow.blocked) return i + 1
      }
      return to
    } catch (error) {
      throw locateError(error, chain, probe, [values[i]])
    }
  }
}
