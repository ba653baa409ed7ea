import type { Collector } from './collector.ts'
import type { Context, OnTimerContext, ProcessContext, RuntimeContext } from './process-function.ts'
import type { AggregatingState, ListState, MapState, ReducingState, ValueState } from './state.ts'
import type {
  AggregatingStateDescriptor,
  ListStateDescriptor,
  MapStateDescriptor,
  ReducingStateDescriptor,
  ValueStateDescriptor,
} from './state-descriptors.ts'

/** Broadcast state as the records of the other stream see it. What it gives is not to be changed. */
export interface ReadOnlyBroadcastState<K, V> {
  get(key: K): V | undefined
  has(key: K): boolean
  keys(): Iterable<K>
  values(): Iterable<V>
  entries(): Iterable<[K, V]>
  isEmpty(): boolean
}

/**
 * A map that every subtask has a copy of, changed by the records of the broadcast stream alone. All subtasks see the same
 * broadcast records, so what they do to the state has to follow from these and the state alone: then all copies are equal.
 * They may come to different subtasks in different order where the broadcast stream has several subtasks itself.
 */
export interface BroadcastState<K, V> extends ReadOnlyBroadcastState<K, V> {
  put(key: K, value: V): void
  remove(key: K): void
  clear(): void
}

interface ReadsBroadcastState {
  /** `descriptor` is one of those that were given to `broadcast(…)`. */
  getBroadcastState<K, V>(descriptor: MapStateDescriptor<K, V>): ReadOnlyBroadcastState<K, V>
}

/** For records of the stream that is not broadcast. */
export interface ReadOnlyBroadcastContext extends ProcessContext, ReadsBroadcastState {}

/** For records of the broadcast stream. */
export interface BroadcastContext extends ProcessContext {
  getBroadcastState<K, V>(descriptor: MapStateDescriptor<K, V>): BroadcastState<K, V>
}

export interface KeyedReadOnlyBroadcastContext<K> extends Context<K>, ReadsBroadcastState {}

export interface OnTimerBroadcastContext<K> extends OnTimerContext<K>, ReadsBroadcastState {}

export interface KeyedBroadcastContext<K> extends BroadcastContext {
  /**
   * Calls `apply` for every key of this subtask that has the state, in no particular order. It may read and change the
   * state of that key.
   */
  applyToKeyedState<T, Held>(
    descriptor: ValueStateDescriptor<T, Held>,
    apply: (key: K, state: ValueState<T, Held>) => void,
  ): void
  applyToKeyedState<T>(descriptor: ListStateDescriptor<T>, apply: (key: K, state: ListState<T>) => void): void
  applyToKeyedState<MK, V>(descriptor: MapStateDescriptor<MK, V>, apply: (key: K, state: MapState<MK, V>) => void): void
  applyToKeyedState<T>(descriptor: ReducingStateDescriptor<T>, apply: (key: K, state: ReducingState<T>) => void): void
  applyToKeyedState<In, Acc, Out>(
    descriptor: AggregatingStateDescriptor<In, Acc, Out>,
    apply: (key: K, state: AggregatingState<In, Out>) => void,
  ): void
}

/** Handles the records of a stream beside a broadcast one, whose records every subtask gets. */
export abstract class BroadcastProcessFunction<In1, In2, Out> {
  open(_context: RuntimeContext): void {
    // Nothing to open unless the function says so.
  }
  /** A record of the stream that is not broadcast. */
  abstract processElement(value: In1, context: ReadOnlyBroadcastContext, out: Collector<Out>): void
  /** A record of the broadcast stream; every subtask gets it. */
  abstract processBroadcastElement(value: In2, context: BroadcastContext, out: Collector<Out>): void
  close(): void {
    // Nothing to close unless the function says so.
  }
}

/** The same beside a keyed stream: with state and timers per key. */
export abstract class KeyedBroadcastProcessFunction<K, In1, In2, Out> {
  open(_context: RuntimeContext): void {
    // Nothing to open unless the function says so.
  }
  abstract processElement(value: In1, context: KeyedReadOnlyBroadcastContext<K>, out: Collector<Out>): void
  /** There is no current key here: keyed state is reached by `applyToKeyedState`. */
  abstract processBroadcastElement(value: In2, context: KeyedBroadcastContext<K>, out: Collector<Out>): void
  onTimer(_timestamp: number, _context: OnTimerBroadcastContext<K>, _out: Collector<Out>): void {
    // A function that registers no timers needs none of this.
  }
  close(): void {
    // Nothing to close unless the function says so.
  }
}
