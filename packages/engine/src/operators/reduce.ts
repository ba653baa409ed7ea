import { refusedReduction } from '../base/results.ts'
import type { ReduceFunction } from '../functions/aggregator.ts'
import type { KeySelector } from '../graph/job-functions.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { canonicalKey } from '../record/canonical-key.ts'
import { detachValue } from '../state/detach.ts'
import type { KeyedStateBackend, KeyedTable } from '../state/keyed-state-backend.ts'
import { keySelector, restoreKeyed } from './keyed-operator.ts'
import type { Operator, OperatorContext, OperatorSnapshot, Output } from './operator.ts'
import { requireFunction, userError } from './operator-errors.ts'

/**
 * Running reduce: for each record, what it and the key's earlier ones reduce to. The first record of a key is its own
 * result. Results take the record's timestamp.
 */
export class ReduceOperator implements Operator {
  readonly #fn: ReduceFunction<unknown>
  readonly #selector: KeySelector
  readonly #output: Output
  readonly #backend: KeyedStateBackend
  readonly #node: JobNode
  #table!: KeyedTable<unknown>

  constructor(context: OperatorContext) {
    this.#fn = requireFunction(context.functions, 'fn', context.node)
    this.#selector = keySelector(context)
    this.#output = context.output
    this.#backend = context.keyedState
    this.#node = context.node
  }

  open(): void {
    this.#table = this.#backend.table('reduce')
  }

  processElement(value: unknown, timestamp: number): void {
    let result = value
    try {
      const key = this.#selector(value)
      const canonical = canonicalKey(key)
      const row = this.#table.get(canonical)
      if (row === undefined) this.#table.insert(canonical, key, value)
      else {
        result = this.#fn(row.value, value)
        if (result === undefined || result instanceof Promise) throw refusedReduction(result)
        // A record that is kept as it came may hold strings that keep its whole batch in memory.
        this.#table.update(row, result === value ? detachValue(value) : result)
      }
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
