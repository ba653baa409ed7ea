import type { Collector } from './collector.ts'
import type { Context, OnTimerContext, ProcessContext, RuntimeContext } from './process-function.ts'

/** Handles the records of two connected streams, each with a method of its own. It has no keyed state. */
export abstract class CoProcessFunction<In1, In2, Out> {
  /** Before the first record of either stream. */
  open(_context: RuntimeContext): void {
    // Nothing to open unless the function says so.
  }
  abstract processElement1(value: In1, context: ProcessContext, out: Collector<Out>): void
  abstract processElement2(value: In2, context: ProcessContext, out: Collector<Out>): void
  /** When the subtask ends, whatever the reason. It cannot emit. */
  close(): void {
    // Nothing to close unless the function says so.
  }
}

/**
 * Handles the records of two streams that are keyed alike: both methods, and the timers, see the same state of the key.
 * Event time is the lower of both streams' watermarks.
 */
export abstract class KeyedCoProcessFunction<K, In1, In2, Out> {
  open(_context: RuntimeContext): void {
    // Nothing to open unless the function says so.
  }
  abstract processElement1(value: In1, context: Context<K>, out: Collector<Out>): void
  abstract processElement2(value: In2, context: Context<K>, out: Collector<Out>): void
  onTimer(_timestamp: number, _context: OnTimerContext<K>, _out: Collector<Out>): void {
    // A function that registers no timers needs none of this.
  }
  close(): void {
    // Nothing to close unless the function says so.
  }
}
