/**
 * A user's way to make watermarks, one instance per split (or per subtask, in `assignTimestampsAndWatermarks`).
 *
 * Watermark t promises that no record with a timestamp ≤ t will come. A lower value than before is passed over.
 */
export interface WatermarkGenerator<T> {
  onEvent(value: T, timestamp: number): void
  /** Called on the emission interval: the watermark now, or -Infinity while there is none. */
  onPeriodicEmit(): number
}

/** The event time of a record in ms since the epoch. `recordTimestamp` is what the source gave, -Infinity if nothing. */
export type TimestampAssigner<T> = (value: T, recordTimestamp: number) => number
