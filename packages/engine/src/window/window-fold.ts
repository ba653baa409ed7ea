import { promiseRefused, refusePromise } from '../base/promises.ts'
import { newAccumulator, refusedReduction } from '../base/results.ts'
import type { Aggregator, ReduceFunction } from '../functions/aggregator.ts'
import type { Collector } from '../functions/collector.ts'
import type { TimeWindow, WindowFunction } from '../functions/window-function.ts'
import { copyValue, detachValue } from '../state/detach.ts'

/**
 * What a window keeps per key, and what it gives when it fires. The accumulator is the engine's own: `add` may change it,
 * `emit` never gives it away.
 */
export interface WindowFold<Acc> {
  /** The accumulator of a key's first record. */
  create(value: unknown): Acc
  /** The accumulator after one more record: the same object, changed, or a new value. */
  add(accumulator: Acc, value: unknown): Acc
  /**
   * What the records of both give; those of `a` came first. Changes neither, and shares nothing with them that `add`
   * could change: the slices of a window are merged again for the next one.
   */
  merge(a: Acc, b: Acc): Acc
  /** Accumulators are lists of records: merged by concatenation, all at once. */
  readonly isList: boolean
  emit(key: unknown, window: TimeWindow, accumulator: Acc, out: Collector<unknown>): void
}

type AnyWindowFunction = WindowFunction<unknown, unknown, unknown>

/** With a window function, it gets the result; without, the result is emitted itself. */
export function reduceFold(
  reduce: ReduceFunction<unknown>,
  windowFn: AnyWindowFunction | undefined,
): WindowFold<unknown> {
  const join = (reduced: unknown, value: unknown): unknown => {
    const next = reduce(reduced, value)
    if (next === undefined || next instanceof Promise) throw refusedReduction(next)
    return next
  }
  return {
    isList: false,
    create: value => value,
    add: (reduced, value) => {
      const next = join(reduced, value)
      // A record that is kept as it came may hold strings that keep its whole batch in memory.
      return next === value ? detachValue(value) : next
    },
    // A reduce function does not change its arguments.
    merge: join,
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
    isList: false,
    create: value => add(newAccumulator(aggregator), value),
    add,
    merge: (a, b) => {
      // As in Flink, `merge` may change and give back either of its arguments.
      const merged = aggregator.merge(copyAccumulator(a), copyAccumulator(b))
      if (merged instanceof Promise) throw promiseRefused(merged, 'merge() returned a promise')
      if (merged === undefined) throw new TypeError("the aggregator's merge(a, b) has to return an accumulator")
      return merged
    },
    emit: emitter(windowFn, (_key, _window, accumulator) => getResult(accumulator)),
  }
}

/** A fold whose result is an object made of key, window and accumulator. */
export function builtInFold<Acc>(
  create: (value: unknown) => Acc,
  add: (accumulator: Acc, value: unknown) => Acc,
  merge: (a: Acc, b: Acc) => Acc,
  result: (key: unknown, window: TimeWindow, accumulator: Acc) => unknown,
): WindowFold<Acc> {
  return {
    isList: false,
    create,
    add,
    merge,
    emit: (key, window, accumulator, out) => out.collect(result(key, window, accumulator)),
  }
}

/** Keeps all records and gives them to the window function in order of arrival, as an array of its own. */
export function listFold(windowFn: AnyWindowFunction): WindowFold<unknown[]> {
  return {
    isList: true,
    create: value => [value],
    add: (records, value) => {
      records.push(detachValue(value))
      return records
    },
    merge: (a, b) => a.concat(b),
    emit: (key, window, records, out) =>
      refusePromise(windowFn(key, window, records.slice(), out), 'the window function'),
  }
}

/** A copy of a flat object costs next to nothing; what is nested is copied as deep as it goes. */
function copyAccumulator(accumulator: unknown): unknown {
  if (typeof accumulator !== 'object' || accumulator === null) return accumulator
  if (Object.getPrototypeOf(accumulator) !== Object.prototype) return copyValue(accumulator)
  const fields = accumulator as Record<string, unknown>
  for (const name in fields) {
    if (typeof fields[name] === 'object' && fields[name] !== null) return copyValue(accumulator)
  }
  return { ...fields }
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
