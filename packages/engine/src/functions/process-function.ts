import type { Collector } from './collector.ts'
import type { OutputTag } from './output-tag.ts'
import type { AggregatingState, ListState, MapState, ReducingState, ValueState } from './state.ts'
import type {
  AggregatingStateDescriptor,
  ListStateDescriptor,
  MapStateDescriptor,
  ReducingStateDescriptor,
  ValueStateDescriptor,
} from './state-descriptors.ts'

/** What a function learns about where it runs, and the way to its state. */
export interface RuntimeContext {
  readonly jobName: string
  readonly operatorName: string
  /** Counts from 0 for each restart of the job. */
  readonly attempt: number
  readonly subtask: number
  readonly parallelism: number
  /** State of keyed functions. It may be asked for in `open`, and used wherever there is a current key. */
  getState<T, Held>(descriptor: ValueStateDescriptor<T, Held>): ValueState<T, Held>
  getState<T>(descriptor: ListStateDescriptor<T>): ListState<T>
  getState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V>
  getState<T>(descriptor: ReducingStateDescriptor<T>): ReducingState<T>
  getState<In, Acc, Out>(descriptor: AggregatingStateDescriptor<In, Acc, Out>): AggregatingState<In, Out>
}

export interface TimerServiceApi {
  /** Event time of the operator: -Infinity at first, +Infinity at the end of the input. */
  currentWatermark(): number
  /** Wall-clock time in ms since the epoch. */
  currentProcessingTime(): number
  /**
   * Calls `onTimer` for the current key once, when the watermark reaches `timestamp` (at once, after this call, if it has).
   * Registering the same time again changes nothing.
   */
  registerEventTimeTimer(timestamp: number): void
  /** The same on the wall clock. Timers that are still open at the end of a bounded input do not fire. */
  registerProcessingTimeTimer(timestamp: number): void
  deleteEventTimeTimer(timestamp: number): void
  deleteProcessingTimeTimer(timestamp: number): void
}

export interface ProcessContext {
  /** Event time of the record in ms, -Infinity when it has none. */
  timestamp(): number
  currentWatermark(): number
  currentProcessingTime(): number
  /** To a side output, with the timestamp of the record or timer. */
  output<T>(tag: OutputTag<T> | string, value: T): void
}

export interface Context<K> extends ProcessContext {
  currentKey(): K
  timerService(): TimerServiceApi
}

export interface OnTimerContext<K> extends Context<K> {
  timeDomain(): 'event-time' | 'processing-time'
}

/** Handles one record at a time: emits any number of records, also to side outputs. It has no keyed state. */
export abstract class ProcessFunction<In, Out> {
  /** Before the first record. */
  open(_context: RuntimeContext): void {
    // Nothing to open unless the function says so.
  }
  abstract processElement(value: In, context: ProcessContext, out: Collector<Out>): void
  /** When the subtask ends, whatever the reason. It cannot emit. */
  close(): void {
    // Nothing to close unless the function says so.
  }
}

/** Handles the records of a keyed stream, with state and timers per key. */
export abstract class KeyedProcessFunction<K, In, Out> {
  open(_context: RuntimeContext): void {
    // Nothing to open unless the function says so.
  }
  abstract processElement(value: In, context: Context<K>, out: Collector<Out>): void
  onTimer(_timestamp: number, _context: OnTimerContext<K>, _out: Collector<Out>): void {
    // A function that registers no timers needs none of this.
  }
  close(): void {
    // Nothing to close unless the function says so.
  }
}

/** `process(fn)` in its plain form. */
export type ProcessElement<In, Out> = (value: In, context: ProcessContext, out: Collector<Out>) => void
/** `keyBy(…).process(fn)` in its plain form. */
export type KeyedProcessElement<K, In, Out> = (value: In, context: Context<K>, out: Collector<Out>) => void
