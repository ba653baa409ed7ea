import { refusedResult } from '../base/results.ts'
import type { ReduceFunction } from '../functions/aggregator.ts'
import type { ReducingState } from '../functions/state.ts'
import type { Cell } from './cell.ts'

export class ReducingStateInMemory<T> implements ReducingState<T> {
  readonly #cell: Cell<T>
  readonly #reduce: ReduceFunction<T>

  constructor(cell: Cell<T>, reduce: ReduceFunction<T>) {
    this.#cell = cell
    this.#reduce = reduce
  }

  get(): T | undefined {
    return this.#cell.get()
  }

  add(value: T): void {
    const held = this.#cell.get()
    const next = held === undefined ? value : this.#reduce(held, value)
    if (next === undefined || next instanceof Promise) {
      throw refusedResult(next, 'the function of the reducing state', 'what the two values reduce to, in every case')
    }
    this.#cell.set(next)
  }

  clear(): void {
    this.#cell.clear()
  }
}
