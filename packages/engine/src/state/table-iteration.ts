/**
 * Goes through the rows of a table: first those in memory, then those on disk. `end` is called once, when there are no
 * more or the loop is left early.
 */
export class TableIteration<Item> implements IterableIterator<Item> {
  readonly #inMemory: Iterator<Item>
  readonly #nextOnDisk: () => Item | undefined
  readonly #end: () => void
  #phase: 'memory' | 'disk' | 'over' = 'memory'

  constructor(inMemory: Iterator<Item>, nextOnDisk: () => Item | undefined, end: () => void) {
    this.#inMemory = inMemory
    this.#nextOnDisk = nextOnDisk
    this.#end = end
  }

  next(): IteratorResult<Item> {
    if (this.#phase === 'memory') {
      const next = this.#inMemory.next()
      if (next.done !== true) return next
      this.#phase = 'disk'
    }
    if (this.#phase === 'disk') {
      const value = this.#nextOnDisk()
      if (value !== undefined) return { done: false, value }
    }
    return this.return()
  }

  return(): IteratorResult<Item> {
    if (this.#phase !== 'over') {
      this.#phase = 'over'
      this.#end()
    }
    return { done: true, value: undefined }
  }

  [Symbol.iterator](): this {
    return this
  }
}
