/**
 * Folds records of one key (and window) into an accumulator, in the manner of Flink's AggregateFunction.
 *
 * The accumulator belongs to the engine: `add` may change it in place and has to return it (or a new one). It has to be
 * plain data, since it is part of snapshots.
 */
export interface Aggregator<In, Acc, Out> {
  createAccumulator(): Acc
  add(value: In, accumulator: Acc): Acc
  /** Must not change the accumulator: more records may follow. */
  getResult(accumulator: Acc): Out
  /** Joins two accumulators, as when two sessions become one. */
  merge(a: Acc, b: Acc): Acc
}

/** Joins two records of one key into one. It must not change its arguments. */
export type ReduceFunction<T> = (accumulated: T, value: T) => T
