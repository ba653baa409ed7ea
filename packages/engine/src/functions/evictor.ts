import type { TimeWindow } from './window-function.ts'

export interface TimestampedValue<T> {
  readonly value: T
  /** Event time in ms, -Infinity for a record that has none. */
  readonly timestamp: number
}

export interface EvictorContext {
  currentWatermark(): number
  /** Wall-clock time in ms since the epoch. */
  currentProcessingTime(): number
}

/**
 * Takes records out of a window that fires, before or after its result is computed. Both functions get the records in
 * order of arrival, and give those that are to stay; a function that is missing keeps all. A window with an evictor keeps
 * every record until it fires.
 */
export interface Evictor<T> {
  evictBefore?(
    elements: readonly TimestampedValue<T>[],
    window: TimeWindow,
    context: EvictorContext,
  ): readonly TimestampedValue<T>[]
  evictAfter?(
    elements: readonly TimestampedValue<T>[],
    window: TimeWindow,
    context: EvictorContext,
  ): readonly TimestampedValue<T>[]
}

/** How far apart two records are, for `DeltaEvictor`. */
export type DeltaFunction<T> = (older: T, newest: T) => number
