import type { ListState } from '../functions/state.ts'
import type { Cell } from './cell.ts'
import { detachValue } from './detach.ts'

/**
 * Elements, and whether `get` has given the array away. An array that was given away is never changed again: the next
 * change is made on a copy, so a list that a function emitted or kept stays what it was.
 */
export interface ListCell<T> {
  items: T[]
  lent: boolean
}

export class ListStateInMemory<T> implements ListState<T> {
  readonly #cell: Cell<ListCell<T>>

  constructor(cell: Cell<ListCell<T>>) {
    this.#cell = cell
  }

  get(): readonly T[] {
    const held = this.#cell.get()
    if (held === undefined) return []
    held.lent = true
    return held.items
  }

  add(value: T): void {
    const held = this.#cell.get()
    if (held === undefined) {
      this.#cell.set({ items: [value], lent: false })
      return
    }
    if (held.lent) {
      held.items = held.items.slice()
      held.lent = false
    }
    held.items.push(detachValue(value))
    // Not `touch`: by now the row may have left for the disk, with the list as it was.
    this.#cell.set(held)
  }

  addAll(values: Iterable<T>): void {
    for (const value of values) this.add(value)
  }

  update(values: Iterable<T>): void {
    const items = [...values]
    if (items.length === 0) this.#cell.clear()
    else this.#cell.set({ items, lent: false })
  }

  clear(): void {
    this.#cell.clear()
  }
}
