import { promiseRefused, refusePromise } from '../base/promises.ts'
import type { Aggregator, ReduceFunction } from '../functions/aggregator.ts'
import type { Collector } from '../functions/collector.ts'
import type { TimeWindow, WindowFunction } from '../functions/window-function.ts'
import { detachValue } from '../state/detach.ts'

/**
 * What a window keeps per key, and what it gives when it fires. The accumulator is the engine's own: `add` may change it,
 * `emit` never gives it away.
 */
export interface WindowFold<Acc> {
  /** The accumulator of a key's first record. */
  create(value: unknown): Acc
  /** The accumulator after one more record: the same object, changed, or a new value. */
  add(accumulator: Acc, value: unknown): Acc
  emit(key: unknown, window: TimeWindow, accumulator: Acc, out: Collector<unknown>): void
}

type AnyWindowFunction = WindowFunction<unknown, unknown, unknown>

/** With a window function, it gets the result; without, the result is emitted itself. */
export function reduceFold(
  reduce: ReduceFunction<unknown>,
  windowFn: AnyWindowFunction | undefined,
): WindowFold<unknown> {
  return {
    create: value => value,
    add: (reduced, value) => {
      const next = reduce(reduced, value)
      if (next instanceof Promise) throw promiseRefused(next, 'the function returned a promise')
      // A record that is kept as it came may hold strings that keep its whole batch in memory.
      return next === value ? detachValue(value) : next
    },
    emit: emitter(windowFn, (_key, _window, reduced) => reduced),
  }
}

/** `getResult` is given by the caller, which knows how to make a result safe to emit. */
export function aggregateFold(
  aggregator: Aggregator<unknown, unknown, unknown>,
  add: (accumulator: unknown, value: unknown) => unknown,
  getResult: (accumulator: unknown) => unknown,
  windowFn: AnyWindowFunction | undefined,
): WindowFold<unknown> {
  return {
    create: value => add(aggregator.createAccumulator(), value),
    add,
    emit: emitter(windowFn, (_key, _window, accumulator) => getResult(accumulator)),
  }
}

/** A fold whose result is an object made of key, window and accumulator. */
export function builtInFold<Acc>(
  create: (value: unknown) => Acc,
  add: (accumulator: Acc, value: unknown) => Acc,
  result: (key: unknown, window: TimeWindow, accumulator: Acc) => unknown,
): WindowFold<Acc> {
  return { create, add, emit: (key, window, accumulator, out) => out.collect(result(key, window, accumulator)) }
}

/** Keeps all records and gives them to the window function in order of arrival, as an array of its own. */
export function listFold(windowFn: AnyWindowFunction): WindowFold<unknown[]> {
  return {
    create: value => [value],
    add: (records, value) => {
      records.push(detachValue(value))
      return records
    },
    emit: (key, window, records, out) =>
      refusePromise(windowFn(key, window, records.slice(), out), 'the window function'),
  }
}

function emitter<Acc>(
  windowFn: AnyWindowFunction | undefined,
  resultOf: (key: unknown, window: TimeWindow, accumulator: Acc) => unknown,
): WindowFold<Acc>['emit'] {
  if (windowFn === undefined) {
    return (key, window, accumulator, out) => out.collect(resultOf(key, window, accumulator))
  }
  return (key, window, accumulator, out) =>
    refusePromise(windowFn(key, window, resultOf(key, window, accumulator), out), 'the window function')
}
