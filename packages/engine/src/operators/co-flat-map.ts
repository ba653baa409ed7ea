import { promiseRefused } from '../base/promises.ts'
import type { JobNode } from '../graph/job-graph.ts'
import type { Operator, OperatorContext } from './operator.ts'
import { requireFunction, userError } from './operator-errors.ts'
import { ResumableOutput } from './resumable-output.ts'

/**
 * Any number of records for each record of two connected streams, by a function for each. What they give is pulled only as
 * fast as outputs take it.
 */
export class CoFlatMapOperator implements Operator {
  readonly #fns: readonly ((value: unknown) => unknown)[]
  readonly #results: ResumableOutput
  readonly #node: JobNode

  constructor(context: OperatorContext) {
    const { functions, node } = context
    this.#fns = [requireFunction(functions, 'fn1', node), requireFunction(functions, 'fn2', node)]
    this.#results = new ResumableOutput(context)
    this.#node = node
  }

  processElement(value: unknown, timestamp: number, input: number): void {
    let results: unknown
    try {
      results = this.#fns[input](value)
      if (results instanceof Promise) throw promiseRefused(results, 'the function returned a promise')
    } catch (error) {
      throw userError(error, this.#node)
    }
    this.#results.emitAll(results, timestamp, 'what a function of flatMap returns')
  }

  resume(): boolean {
    return this.#results.resume()
  }

  close(): void {
    this.#results.close()
  }
}
