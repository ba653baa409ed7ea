import { promiseRefused } from '../base/promises.ts'
import type { JobNode } from '../graph/job-graph.ts'
import type { FlowControl, Operator, OperatorContext, Output } from './operator.ts'
import { requireFunction, userError } from './operator-errors.ts'
import { nextOf } from './resumable-output.ts'

/**
 * So many elements are pulled from an iterable at a stretch, then the subtask gets to look around: an endless iterable whose
 * records nobody downstream lets through never fills an output.
 */
const PULLS_MAX = 16_384

/**
 * Any number of records for each record, all with its timestamp, in the order of the iterable.
 *
 * Invariant: while something is left of an array or iterable, the flow is suspended, and `resume` goes on with it. An
 * iterable is pulled only as fast as outputs take it, so it may be endless. What an operator upstream still collects in the
 * call that it is in (a function that emits several records, a timer) waits its turn, the function not yet called.
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
  #suspended = false
  readonly #waiting: { readonly value: unknown; readonly timestamp: number }[] = []

  constructor(context: OperatorContext) {
    this.#fn = requireFunction(context.functions, 'fn', context.node)
    this.#output = context.output
    this.#flow = context.flow
    this.#node = context.node
  }

  processElement(value: unknown, timestamp: number): void {
    if (this.#suspended) this.#waiting.push({ value, timestamp })
    else if (!this.#flatten(value, timestamp)) this.#suspend()
  }

  resume(): boolean {
    if (!this.#suspended) return true
    this.#suspended = false
    this.#flow.unsuspend()
    if (this.#goOn() && this.#takeWaiting()) return true
    this.#suspend()
    return false
  }

  close(): void {
    const iterator = this.#iterator
    this.#iterator = undefined
    this.#array = undefined
    this.#waiting.length = 0
    try {
      iterator?.return?.()
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  #suspend(): void {
    this.#suspended = true
    this.#flow.suspend()
  }

  /** False when something is left of the results. */
  #flatten(value: unknown, timestamp: number): boolean {
    let results: unknown
    try {
      results = this.#fn(value)
      if (results instanceof Promise) throw promiseRefused(results, 'the function returned a promise')
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
          return false
        }
      }
      return true
    }
    try {
      this.#iterator = (results as Iterable<unknown>)[Symbol.iterator]()
    } catch (cause) {
      const found = results === null ? 'null' : typeof results
      throw userError(
        new TypeError(
          `the function of flatMap has to return an iterable, not ${found}; return an array, which is empty where there is nothing to emit`,
          { cause },
        ),
        this.#node,
      )
    }
    this.#timestamp = timestamp
    return this.#pull()
  }

  #goOn(): boolean {
    if (this.#array !== undefined) return this.#goOnWithArray(this.#array)
    return this.#iterator === undefined || this.#pull()
  }

  #takeWaiting(): boolean {
    let taken = 0
    let through = true
    while (through && taken < this.#waiting.length && !this.#flow.blocked) {
      const { value, timestamp } = this.#waiting[taken++]
      through = this.#flatten(value, timestamp)
    }
    this.#waiting.splice(0, taken)
    return through && this.#waiting.length === 0
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
        next = nextOf(iterator)
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
