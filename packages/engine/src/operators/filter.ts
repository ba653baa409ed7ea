import { promiseRefused } from '../base/promises.ts'
import type { JobNode } from '../graph/job-graph.ts'
import type { Inlinable } from './inlinable.ts'
import type { OperatorContext, Output } from './operator.ts'
import { requireFunction, userError } from './operator-errors.ts'

/** Lets through the records for which the function returns something truthy. */
export class FilterOperator implements Inlinable {
  readonly inline = 'filter'
  readonly fn: (value: unknown) => unknown
  readonly #output: Output
  readonly #node: JobNode

  constructor(context: OperatorContext) {
    this.fn = requireFunction(context.functions, 'fn', context.node)
    this.#output = context.output
    this.#node = context.node
  }

  processElement(value: unknown, timestamp: number): void {
    let passes: unknown
    try {
      passes = this.fn(value)
      if (passes instanceof Promise) throw promiseRefused(passes, 'the function returned a promise')
    } catch (error) {
      throw userError(error, this.#node)
    }
    if (passes) this.#output.collect(value, timestamp)
  }
}
