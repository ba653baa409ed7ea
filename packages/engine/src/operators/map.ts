import { promiseRefused } from '../base/promises.ts'
import type { JobNode } from '../graph/job-graph.ts'
import type { Inlinable } from './inlinable.ts'
import type { OperatorContext, Output } from './operator.ts'
import { requireFunction, userError } from './operator-errors.ts'

/** One record for each record; the timestamp stays. */
export class MapOperator implements Inlinable {
  readonly inline = 'map'
  readonly fn: (value: unknown) => unknown
  readonly #output: Output
  readonly #node: JobNode

  constructor(context: OperatorContext) {
    this.fn = requireFunction(context.functions, 'fn', context.node)
    this.#output = context.output
    this.#node = context.node
  }

  processElement(value: unknown, timestamp: number): void {
    let result: unknown
    try {
      result = this.fn(value)
      if (result instanceof Promise) throw promiseRefused(result, 'the function returned a promise')
    } catch (error) {
      throw userError(error, this.#node)
    }
    this.#output.collect(result, timestamp)
  }
}
