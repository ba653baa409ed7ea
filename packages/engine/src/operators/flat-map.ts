import type { JobNode } from '../graph/job-graph.ts'
import type { FlowControl, Operator, OperatorContext, Output } from './operator.ts'
import { requireFunction, userError } from './operator-errors.ts'

/**
 * So many elements are pulled from an iterable at a stretch, then the subtask gets to look around: an endless iterable whose
 * records nobody downstream lets through never fills an output.
 */
const PULLS_MAX = 16_384

/**
 * Any number of records for each record, all with its timestamp, in the order of the iterable.
 *
 * Invariant: while something is left of an array or iterable, the flow is suspended, and `resume` goes on with it. An
 * iterable is pulled only as fast as outputs take it, so it may be endless.
 */
export class FlatMapOperator implements Operator {
  readonly #fn: (value: unknown) => unknown
  readonly #output: Output
  readonly #flow: FlowControl
  readonly #node: JobNode
  #array: readonly unknown[] | undefined
  #position = 0
  #iterator: Iterator<unknown> | undefined
  #timestamp = 0

  constructor(context: OperatorContext) {
    this.#fn = requireFunction(context.functions, 'fn', context.node)
    this.#output = context.output
    this.#flow = context.flow
    this.#node = context.node
  }

  processElement(value: unknown, timestamp: number): void {
    let results: unknown
    try {
      results = this.#fn(value)
    } catch (error) {
      throw userError(error, this.#node)
    }
    if (Array.isArray(results)) {
      const output = this.#output
      const flow = this.#flow
      const last = results.length - 1
      for (let i = 0; i <= last; i++) {
        output.collect(results[i], timestamp)
        if (flow.blocked && i < last) {
          this.#array = results
          this.#position = i + 1
          this.#timestamp = timestamp
          flow.suspend()
          return
        }
      }
      return
    }
    try {
      this.#iterator = (results as Iterable<unknown>)[Symbol.iterator]()
    } catch (cause) {
      const found = results === null ? 'null' : typeof results
      throw userError(
        new TypeError(`the function of flatMap has to return an iterable, not ${found}`, { cause }),
        this.#node,
      )
    }
    this.#timestamp = timestamp
    if (!this.#pull()) this.#flow.suspend()
  }

  resume(): boolean {
    if (this.#array === undefined && this.#iterator === undefined) return true
    this.#flow.unsuspend()
    const done = this.#array === undefined ? this.#pull() : this.#goOnWithArray(this.#array)
    if (!done) this.#flow.suspend()
    return done
  }

  close(): void {
    const iterator = this.#iterator
    this.#iterator = undefined
    this.#array = undefined
    try {
      iterator?.return?.()
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  #goOnWithArray(array: readonly unknown[]): boolean {
    while (this.#position < array.length) {
      this.#output.collect(array[this.#position++], this.#timestamp)
      if (this.#flow.blocked && this.#position < array.length) return false
    }
    this.#array = undefined
    return true
  }

  #pull(): boolean {
    const iterator = this.#iterator as Iterator<unknown>
    for (let pulls = 0; pulls < PULLS_MAX; pulls++) {
      let next: IteratorResult<unknown>
      try {
        next = iterator.next()
      } catch (error) {
        this.#iterator = undefined
        throw userError(error, this.#node)
      }
      if (next.done) {
        this.#iterator = undefined
        return true
      }
      this.#output.collect(next.value, this.#timestamp)
      if (this.#flow.blocked) return false
    }
    return false
  }
}
