import type { ValueState } from '../functions/state.ts'
import type { Cell } from './cell.ts'

export class ValueStateInMemory<T> implements ValueState<T> {
  readonly #cell: Cell<T>
  readonly #default: T

  constructor(cell: Cell<T>, defaultValue: T) {
    this.#cell = cell
    this.#default = defaultValue
  }

  value(): T {
    const held = this.#cell.get()
    return held === undefined ? this.#default : held
  }

  /** An undefined value clears the state. */
  update(value: T): void {
    if (value === undefined) this.#cell.clear()
    else this.#cell.set(value)
  }

  clear(): void {
    this.#cell.clear()
  }
}
