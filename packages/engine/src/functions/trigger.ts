import type { RuntimeContext } from './process-function.ts'
import type { AggregatingStateDescriptor, ListStateDescriptor, ReducingStateDescriptor } from './state-descriptors.ts'
import type { TimeWindow } from './window-function.ts'

/** What a trigger decides: whether the window gives a result now, and whether it forgets its records. */
export const TriggerResult = {
  CONTINUE: 'CONTINUE',
  FIRE: 'FIRE',
  PURGE: 'PURGE',
  FIRE_AND_PURGE: 'FIRE_AND_PURGE',
} as const
export type TriggerResult = (typeof TriggerResult)[keyof typeof TriggerResult]

/** What a trigger works with: time, and state of its own for each key and window. */
export interface TriggerContext {
  /** Event time of the operator: -Infinity at first, +Infinity at the end of the input. */
  currentWatermark(): number
  /** Wall-clock time in ms since the epoch. */
  currentProcessingTime(): number
  /** Calls `onEventTime` for this key and window once the watermark has reached `timestamp`; at once when it has. */
  registerEventTimeTimer(timestamp: number): void
  /** Calls `onProcessingTime` when the wall clock has reached `timestamp`. */
  registerProcessingTimeTimer(timestamp: number): void
  deleteEventTimeTimer(timestamp: number): void
  deleteProcessingTimeTimer(timestamp: number): void
  /** State of this key and window; the trigger clears it in `clear`. A time to live has no effect on it. */
  readonly getState: RuntimeContext['getState']
}

/** What `onMerge` works with in addition. */
export interface OnMergeContext extends TriggerContext {
  /** Joins the state of the windows that have become one: lists one after the other, the others by their functions. */
  mergePartitionedState<T, Acc, Out>(
    descriptor: ListStateDescriptor<T> | ReducingStateDescriptor<T> | AggregatingStateDescriptor<T, Acc, Out>,
  ): void
}

/**
 * Decides when the windows of a `WindowedStream` give results, in the manner of Flink's Trigger: per key and window. One
 * object serves all keys of a subtask, so what it has to remember goes into `context.getState`.
 */
export interface Trigger<T> {
  /** A record has been added to the window. */
  onElement(value: T, timestamp: number, window: TimeWindow, context: TriggerContext): TriggerResult
  /** The watermark has come to a timer of this window, or to the time at which the window is thrown away. */
  onEventTime(time: number, window: TimeWindow, context: TriggerContext): TriggerResult
  /** The same for the wall clock. */
  onProcessingTime(time: number, window: TimeWindow, context: TriggerContext): TriggerResult
  /** The window is thrown away: timers and state of the trigger go with it. */
  clear(window: TimeWindow, context: TriggerContext): void
  /** Sessions have become this one, and `clear` has been called for each; needed for session windows. */
  onMerge?(window: TimeWindow, context: OnMergeContext): void
}
