/**
 * Keyed state as a user's function sees it. Every call refers to the key of the record or timer that is being handled.
 *
 * What goes into state has to be plain data and then belongs to the state: a value that was read and changed in place
 * must be given back (`update`, `put`), or the change may be lost.
 */

/** `Held` is what `value()` gives: T alone for a state with a default. */
export interface ValueState<T, Held = T | undefined> {
  /** The value of the current key, or the descriptor's default, or undefined. */
  value(): Held
  update(value: T): void
  clear(): void
}

export interface ListState<T> {
  /** The elements in the order in which they were added; empty when there are none. Not to be changed. */
  get(): readonly T[]
  add(value: T): void
  addAll(values: Iterable<T>): void
  /** Replaces the whole list. */
  update(values: Iterable<T>): void
  clear(): void
}

export interface MapState<K, V> {
  get(key: K): V | undefined
  put(key: K, value: V): void
  has(key: K): boolean
  remove(key: K): void
  keys(): Iterable<K>
  values(): Iterable<V>
  entries(): Iterable<[K, V]>
  isEmpty(): boolean
  clear(): void
}

export interface ReducingState<T> {
  /** undefined before the first `add`. */
  get(): T | undefined
  add(value: T): void
  clear(): void
}

export interface AggregatingState<In, Out> {
  /** undefined before the first `add`. */
  get(): Out | undefined
  add(value: In): void
  clear(): void
}
