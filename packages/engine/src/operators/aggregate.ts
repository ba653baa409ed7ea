import { promiseRefused } from '../base/promises.ts'
import { newAccumulator } from '../base/results.ts'
import type { Aggregator } from '../functions/aggregator.ts'
import type { KeySelector } from '../graph/job-functions.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { canonicalKey } from '../record/canonical-key.ts'
import { copyValue } from '../state/detach.ts'
import type { KeyedStateBackend, KeyedTable } from '../state/keyed-state-backend.ts'
import { keySelector, restoreKeyed } from './keyed-operator.ts'
import type { Operator, OperatorContext, OperatorSnapshot, Output } from './operator.ts'
import { requireObject, userError } from './operator-errors.ts'

export const AGGREGATOR_METHODS = ['createAccumulator', 'add', 'getResult', 'merge'] as const

export type AnyAggregator = Aggregator<unknown, unknown, unknown>

/** Running aggregate: the aggregator's result after each record, with the record's timestamp. */
export class AggregateOperator implements Operator {
  readonly #aggregator: AnyAggregator
  readonly #selector: KeySelector
  readonly #output: Output
  readonly #backend: KeyedStateBackend
  readonly #node: JobNode
  #table!: KeyedTable<unknown>

  constructor(context: OperatorContext) {
    this.#aggregator = requireObject(context.functions, 'aggregator', AGGREGATOR_METHODS, context.node)
    this.#selector = keySelector(context)
    this.#output = context.output
    this.#backend = context.keyedState
    this.#node = context.node
  }

  open(): void {
    this.#table = this.#backend.table('aggregate')
  }

  processElement(value: unknown, timestamp: number): void {
    let result: unknown
    try {
      const key = this.#selector(value)
      const canonical = canonicalKey(key)
      let row = this.#table.get(canonical)
      if (row === undefined) {
        row = this.#table.insert(canonical, key, addTo(this.#aggregator, newAccumulator(this.#aggregator), value))
      } else {
        this.#table.update(row, addTo(this.#aggregator, row.value, value))
      }
      result = resultOf(this.#aggregator, row.value)
    } catch (error) {
      throw userError(error, this.#node)
    }
    this.#output.collect(result, timestamp)
  }

  snapshot(): OperatorSnapshot {
    return { keyed: this.#backend.snapshot() }
  }

  restore(snapshots: readonly OperatorSnapshot[]): void {
    restoreKeyed(this.#backend, snapshots)
  }
}

/** The accumulator after one more value. */
export function addTo(aggregator: AnyAggregator, accumulator: unknown, value: unknown): unknown {
  const next = aggregator.add(value, accumulator)
  if (next instanceof Promise) throw promiseRefused(next, 'add() returned a promise')
  if (next === undefined) throw new TypeError("the aggregator's add(value, accumulator) has to return the accumulator")
  return next
}

/** The result, safe to emit: an accumulator that is its own result is copied, since `add` may change it in place. */
export function resultOf(aggregator: AnyAggregator, accumulator: unknown): unknown {
  const result = aggregator.getResult(accumulator)
  if (result instanceof Promise) throw promiseRefused(result, 'getResult() returned a promise')
  return result === accumulator ? copyValue(result) : result
}
