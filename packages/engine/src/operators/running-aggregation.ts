import type { KeySelector } from '../graph/job-functions.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { canonicalKey } from '../record/canonical-key.ts'
import type { KeyedStateBackend, KeyedTable, NumberTable } from '../state/keyed-state-backend.ts'
import { type Comparable, comparableField, extreme, numberField, withField } from './fields.ts'
import { keySelector, restoreKeyed } from './keyed-operator.ts'
import type { Operator, OperatorContext, OperatorSnapshot, Output } from './operator.ts'
import { userError } from './operator-errors.ts'

/**
 * The built-in running aggregations of a keyed stream. For each record, with its timestamp:
 * - `sum`, `min`, `max` of a field: the key's first record with that field replaced (as in Flink);
 * - `count`: `{ key, count }`;
 * - `avg` of a field: `{ key, avg }`.
 *
 * Accumulators are changed in place; what is emitted is always an object of its own.
 */
export type RunningAggregation = 'sum' | 'count' | 'avg' | 'min' | 'max'

/** What is kept per key, and how a record changes it. */
interface Fold<Acc> {
  first(value: unknown): Acc
  /** Answers the accumulator: the same object, changed, or a new number. */
  next(held: Acc, value: unknown): Acc
  result(key: unknown, held: Acc): unknown
}

class RunningAggregationOperator<Acc> implements Operator {
  readonly #fold: Fold<Acc>
  readonly #name: string
  readonly #selector: KeySelector
  readonly #output: Output
  readonly #backend: KeyedStateBackend
  readonly #node: JobNode
  #table!: KeyedTable<Acc>

  constructor(context: OperatorContext, name: string, fold: Fold<Acc>) {
    this.#fold = fold
    this.#name = name
    this.#selector = keySelector(context)
    this.#output = context.output
    this.#backend = context.keyedState
    this.#node = context.node
  }

  open(): void {
    this.#table = this.#backend.table(this.#name)
  }

  processElement(value: unknown, timestamp: number): void {
    let result: unknown
    try {
      const key = this.#selector(value)
      const canonical = canonicalKey(key)
      let row = this.#table.get(canonical)
      if (row === undefined) row = this.#table.insert(canonical, key, this.#fold.first(value))
      else this.#table.update(row, this.#fold.next(row.value, value))
      result = this.#fold.result(row.key, row.value)
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

/** The count alone needs no more than a number for each key, for which there are tables of their own. */
class RunningCountOperator implements Operator {
  readonly #selector: KeySelector
  readonly #output: Output
  readonly #backend: KeyedStateBackend
  readonly #node: JobNode
  #counts!: NumberTable

  constructor(context: OperatorContext) {
    this.#selector = keySelector(context)
    this.#output = context.output
    this.#backend = context.keyedState
    this.#node = context.node
  }

  open(): void {
    this.#counts = this.#backend.numberTable('count')
  }

  processElement(value: unknown, timestamp: number): void {
    let key: unknown
    let count: number
    try {
      key = this.#selector(value)
      count = this.#counts.add(canonicalKey(key), 1)
    } catch (error) {
      throw userError(error, this.#node)
    }
    this.#output.collect({ key, count }, timestamp)
  }

  snapshot(): OperatorSnapshot {
    return { keyed: this.#backend.snapshot() }
  }

  restore(snapshots: readonly OperatorSnapshot[]): void {
    restoreKeyed(this.#backend, snapshots)
  }
}

function sumFold(field: string): Fold<{ first: unknown; sum: number }> {
  return {
    first: value => ({ first: value, sum: numberField(value, field) }),
    next: (held, value) => {
      held.sum += numberField(value, field)
      return held
    },
    result: (_key, { first, sum }) => withField(first, field, sum),
  }
}

function avgFold(field: string): Fold<{ sum: number; count: number }> {
  return {
    first: value => ({ sum: numberField(value, field), count: 1 }),
    next: (held, value) => {
      held.sum += numberField(value, field)
      held.count++
      return held
    },
    result: (key, { sum, count }) => ({ key, avg: sum / count }),
  }
}

function extremeFold(field: string, which: 'min' | 'max'): Fold<{ first: unknown; extreme: Comparable }> {
  return {
    first: value => ({ first: value, extreme: comparableField(value, field) }),
    next: (held, value) => {
      held.extreme = extreme(held.extreme, comparableField(value, field), which, field)
      return held
    },
    result: (_key, held) => withField(held.first, field, held.extreme),
  }
}

export function createRunningAggregation(context: OperatorContext, type: RunningAggregation): Operator {
  if (type === 'count') return new RunningCountOperator(context)
  const field = context.node.config.field as string
  switch (type) {
    case 'sum':
      return new RunningAggregationOperator(context, type, sumFold(field))
    case 'avg':
      return new RunningAggregationOperator(context, type, avgFold(field))
    default:
      return new RunningAggregationOperator(context, type, extremeFold(field, type))
  }
}
