import { promiseRefused } from '../base/promises.ts'
import { newAccumulator, refusedResult } from '../base/results.ts'
import type { Aggregator } from '../functions/aggregator.ts'
import type { AggregatingState } from '../functions/state.ts'
import type { Cell } from './cell.ts'
import { copyValue } from './detach.ts'

export class AggregatingStateInMemory<In, Acc, Out> implements AggregatingState<In, Out> {
  readonly #cell: Cell<Acc>
  readonly #aggregator: Aggregator<In, Acc, Out>

  constructor(cell: Cell<Acc>, aggregator: Aggregator<In, Acc, Out>) {
    this.#cell = cell
    this.#aggregator = aggregator
  }

  get(): Out | undefined {
    const accumulator = this.#cell.get()
    if (accumulator === undefined) return undefined
    const result: unknown = this.#aggregator.getResult(accumulator)
    if (result instanceof Promise)
      throw promiseRefused(result, 'getResult() of the aggregating state returned a promise')
    // The accumulator itself is changed in place by the next `add`, so nobody else may hold it.
    return (result === accumulator ? copyValue(result) : result) as Out
  }

  add(value: In): void {
    const accumulator = this.#cell.get()
    const next = this.#aggregator.add(value, accumulator ?? newAccumulator(this.#aggregator))
    if (next === undefined || next instanceof Promise) {
      throw refusedResult(next, 'add() of the aggregating state', 'the accumulator')
    }
    this.#cell.set(next)
  }

  clear(): void {
    this.#cell.clear()
  }
}
