import type { Aggregator, ReduceFunction } from './aggregator.ts'

/**
 * How a function asks for its state. The name identifies the state in snapshots: it is unique within the operator and
 * stays the same over versions of the job.
 */

export interface StateOptions {
  /**
   * An entry that was not written for this many ms of processing time is gone: reads do not see it, and snapshots leave
   * it out. Each write starts the time anew. State that was written without a time to live cannot be read with one, nor
   * the other way round (STATE_TYPE): give it another name.
   */
  readonly ttlMs?: number
}

export interface ValueStateDescriptor<T, Held = T | undefined> extends StateOptions {
  readonly kind: 'value'
  readonly name: string
  readonly default: Held
  /** Only for the compiler. */
  readonly valueType?: (value: T) => T
}

export interface ListStateDescriptor<T> extends StateOptions {
  readonly kind: 'list'
  readonly name: string
  /** Only for the compiler. */
  readonly elementType?: (value: T) => T
}

export interface MapStateDescriptor<K, V> extends StateOptions {
  readonly kind: 'map'
  readonly name: string
  /** Only for the compiler. */
  readonly entryType?: (key: K, value: V) => [K, V]
}

export interface ReducingStateDescriptor<T> extends StateOptions {
  readonly kind: 'reducing'
  readonly name: string
  readonly reduce: ReduceFunction<T>
}

export interface AggregatingStateDescriptor<In, Acc, Out> extends StateOptions {
  readonly kind: 'aggregating'
  readonly name: string
  readonly aggregator: Aggregator<In, Acc, Out>
}

/**
 * One value per key. With a default, `value()` gives it for keys that have none; it is shared, so do not change it. A field
 * for it is then of the type `ValueState<number, number>`: there always is a value.
 */
export function valueState<T>(name: string, options: StateOptions & { readonly default: T }): ValueStateDescriptor<T, T>
export function valueState<T>(name: string, options?: StateOptions): ValueStateDescriptor<T>
export function valueState<T>(
  name: string,
  options: StateOptions & { readonly default?: T } = {},
): ValueStateDescriptor<T> {
  return { kind: 'value', ...checked(name, options), default: options.default }
}

/** A list per key. With a time to live, the whole list expires together, counted from its last write. */
export function listState<T>(name: string, options: StateOptions = {}): ListStateDescriptor<T> {
  return { kind: 'list', ...checked(name, options) }
}

/** A map per key, whose entries expire each by itself. Map keys may be what record keys may be. */
export function mapState<K, V>(name: string, options: StateOptions = {}): MapStateDescriptor<K, V> {
  return { kind: 'map', ...checked(name, options) }
}

/** One value per key that each `add` is reduced into. */
export function reducingState<T>(
  name: string,
  reduce: ReduceFunction<T>,
  options: StateOptions = {},
): ReducingStateDescriptor<T> {
  return { kind: 'reducing', ...checked(name, options), reduce }
}

/** One accumulator per key. */
export function aggregatingState<In, Acc, Out>(
  name: string,
  aggregator: Aggregator<In, Acc, Out>,
  options: StateOptions = {},
): AggregatingStateDescriptor<In, Acc, Out> {
  return { kind: 'aggregating', ...checked(name, options), aggregator }
}

function checked(name: string, options: StateOptions): { name: string; ttlMs?: number } {
  if (typeof name !== 'string' || name === '') throw new TypeError('a state needs a name, e.g. valueState("seen")')
  const { ttlMs } = options
  if (ttlMs === undefined) return { name }
  if (!(ttlMs > 0)) throw new TypeError(`ttlMs of state '${name}' must be a number above 0, not ${ttlMs}`)
  return { name, ttlMs }
}
