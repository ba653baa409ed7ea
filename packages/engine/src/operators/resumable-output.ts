import { promiseRefused } from '../base/promises.ts'
import type { JobNode } from '../graph/job-graph.ts'
import type { FlowControl, OperatorContext, Output } from './operator.ts'
import { userError } from './operator-errors.ts'

/** So many elements are pulled at a stretch, so that an iterable whose records all get lost does not hold the subtask. */
const PULLS_MAX = 16_384

/**
 * Work of one element that gives more results than outputs take at once: it is kept, with the flow suspended, and goes on
 * in `resume`, in the order in which it was kept. For operators at the head of a chain alone: nobody there gives it a
 * further element while the flow is blocked.
 */
export class KeptWork {
  readonly #flow: FlowControl
  readonly #rests: (() => boolean)[] = []

  constructor(flow: FlowControl) {
    this.#flow = flow
  }

  /** `rest` goes on and answers true when nothing is left, false when outputs are full again. */
  keep(rest: () => boolean): void {
    if (this.#rests.push(rest) === 1) this.#flow.suspend()
  }

  /** As `Operator.resume`. */
  resume(): boolean {
    const rests = this.#rests
    if (rests.length === 0) return true
    this.#flow.unsuspend()
    do {
      if (!rests[0]()) break
      rests.shift()
    } while (rests.length > 0 && !this.#flow.blocked)
    if (rests.length === 0) return true
    this.#flow.suspend()
    return false
  }

  /** Whether something is kept. */
  get isKeeping(): boolean {
    return this.#rests.length > 0
  }

  drop(): void {
    this.#rests.length = 0
  }
}

/** Emits the elements of an iterable that a user's function gave, only as fast as outputs take them. */
export class ResumableOutput {
  readonly #output: Output
  readonly #flow: FlowControl
  readonly #node: JobNode
  readonly #kept: KeptWork
  #iterator: Iterator<unknown> | undefined

  constructor({ output, flow, node }: OperatorContext) {
    this.#output = output
    this.#flow = flow
    this.#node = node
    this.#kept = new KeptWork(flow)
  }

  /** `what` names what gave the results, for the message when they are none. */
  emitAll(results: unknown, timestamp: number, what: string): void {
    if (Array.isArray(results)) {
      this.#emitArray(results, timestamp)
      return
    }
    try {
      this.#iterator = (results as Iterable<unknown>)[Symbol.iterator]()
    } catch (cause) {
      const found = results === null ? 'null' : typeof results
      throw userError(
        new TypeError(`${what} has to be an iterable, such as an array, not ${found}`, { cause }),
        this.#node,
      )
    }
    if (!this.#pull(timestamp)) this.#kept.keep(() => this.#pull(timestamp))
  }

  resume(): boolean {
    return this.#kept.resume()
  }

  close(): void {
    this.#kept.drop()
    const iterator = this.#iterator
    this.#iterator = undefined
    try {
      iterator?.return?.()
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  #emitArray(results: readonly unknown[], timestamp: number): void {
    const last = results.length - 1
    for (let i = 0; i <= last; i++) {
      this.#output.collect(results[i], timestamp)
      if (!this.#flow.blocked || i === last) continue
      let next = i + 1
      this.#kept.keep(() => {
        while (next <= last) {
          this.#output.collect(results[next++], timestamp)
          if (this.#flow.blocked && next <= last) return false
        }
        return true
      })
      return
    }
  }

  /** False when something may be left. */
  #pull(timestamp: number): boolean {
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
      this.#output.collect(next.value, timestamp)
      if (this.#flow.blocked) return false
    }
    return false
  }
}

/** The next result of a user's iterator. What is none would have neither end nor value, and be asked for ever. */
export function nextOf(iterator: Iterator<unknown>): IteratorResult<unknown> {
  const next: unknown = iterator.next()
  if (next instanceof Promise) throw promiseRefused(next, 'next() of the iterable returned a promise')
  if (typeof next === 'object' && next !== null) return next as IteratorResult<unknown>
  throw new TypeError(`next() of the iterable returned ${String(next)}; it has to return { value, done }`)
}
