import { promiseRefused } from '../base/promises.ts'
import type { JobNode } from '../graph/job-graph.ts'
import type { Operator, OperatorContext, Output } from './operator.ts'
import { requireFunction, userError } from './operator-errors.ts'

/** One record for each record of two connected streams, by a function for each. */
export class CoMapOperator implements Operator {
  readonly #fns: readonly ((value: unknown) => unknown)[]
  readonly #output: Output
  readonly #node: JobNode

  constructor(context: OperatorContext) {
    const { functions, node } = context
    this.#fns = [requireFunction(functions, 'fn1', node), requireFunction(functions, 'fn2', node)]
    this.#output = context.output
    this.#node = node
  }

  processElement(value: unknown, timestamp: number, input: number): void {
    let result: unknown
    try {
      result = this.#fns[input](value)
      if (result instanceof Promise) throw promiseRefused(result, 'the function returned a promise')
    } catch (error) {
      throw userError(error, this.#node)
    }
    this.#output.collect(result, timestamp)
  }
}
