import type { Collector } from './collector.ts'

/** The bounds of a window in ms since the epoch: `start` belongs to it, `end` does not. */
export interface TimeWindow {
  readonly start: number
  readonly end: number
}

/**
 * Called when a window of one key fires. `value` is the reduced or aggregated value, or, for `.process(windowFn)`, the
 * array of all records of the window in order of arrival; windows that overlap share them by slices of time, and give
 * those of an earlier slice first. Results take the timestamp `window.end - 1`, those of a session its `end`, those of a
 * global window the highest one of its records.
 */
export type WindowFunction<K, In, Out> = (key: K, window: TimeWindow, value: In, out: Collector<Out>) => void
