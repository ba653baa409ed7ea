import { promiseRefused } from '../base/promises.ts'
import type { StatefulMapFunction } from '../functions/stateful-map.ts'
import type { KeySelector } from '../graph/job-functions.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { canonicalKey } from '../record/canonical-key.ts'
import { detachValue } from '../state/detach.ts'
import type { KeyedStateBackend, KeyedTable } from '../state/keyed-state-backend.ts'
import { keySelector, restoreKeyed } from './keyed-operator.ts'
import type { Operator, OperatorContext, OperatorSnapshot } from './operator.ts'
import { requireFunction, userError } from './operator-errors.ts'
import { ResumableOutput } from './resumable-output.ts'

/** `(key, value, state) => [outputs, newState]` with one value of state per key. Results take the record's timestamp. */
export class StatefulMapOperator implements Operator {
  readonly #fn: StatefulMapFunction<unknown, unknown, unknown, unknown>
  readonly #selector: KeySelector
  readonly #backend: KeyedStateBackend
  readonly #node: JobNode
  readonly #results: ResumableOutput
  #table!: KeyedTable<unknown>

  constructor(context: OperatorContext) {
    this.#fn = requireFunction(context.functions, 'fn', context.node)
    this.#selector = keySelector(context)
    this.#backend = context.keyedState
    this.#node = context.node
    this.#results = new ResumableOutput(context)
  }

  open(): void {
    this.#table = this.#backend.table('statefulMap')
  }

  processElement(value: unknown, timestamp: number): void {
    let outputs: unknown
    try {
      const key = this.#selector(value)
      const canonical = canonicalKey(key)
      const row = this.#table.get(canonical)
      const held = row?.value
      const result: unknown = this.#fn(key, value, held)
      if (result instanceof Promise) throw promiseRefused(result, 'the function returned a promise')
      if (!Array.isArray(result)) throw noPair(result)
      outputs = result[0]
      const state: unknown = result[1]
      if (state === undefined) this.#table.delete(canonical)
      else if (row === undefined) this.#table.insert(canonical, key, state)
      else this.#table.update(row, state === held ? state : detachValue(state))
    } catch (error) {
      throw userError(error, this.#node)
    }
    this.#results.emitAll(outputs, timestamp, 'the first part of what statefulMap returns, its outputs,')
  }

  resume(): boolean {
    return this.#results.resume()
  }

  snapshot(): OperatorSnapshot {
    return { keyed: this.#backend.snapshot() }
  }

  restore(snapshots: readonly OperatorSnapshot[]): void {
    restoreKeyed(this.#backend, snapshots)
  }

  close(): void {
    this.#results.close()
  }
}

function noPair(result: unknown): TypeError {
  const found = result === null ? 'null' : typeof result
  return new TypeError(
    `the function of statefulMap has to return [outputs, newState], e.g. [[], state] or [[result], undefined], not ${found}`,
  )
}
