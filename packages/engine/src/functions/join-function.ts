import type { Collector } from './collector.ts'
import type { OutputTag } from './output-tag.ts'
import type { RuntimeContext } from './process-function.ts'
import type { TimeWindow } from './window-function.ts'

/** What an interval join tells about the pair at hand. Results take `timestamp()`: the later of both. */
export interface IntervalJoinContext {
  leftTimestamp(): number
  rightTimestamp(): number
  timestamp(): number
  output<T>(tag: OutputTag<T> | string, value: T): void
}

/** Called once for each pair of records of one key whose times are close enough. */
export abstract class ProcessJoinFunction<Left, Right, Out> {
  open(_context: RuntimeContext): void {
    // Nothing to open unless the function says so.
  }
  abstract processElement(left: Left, right: Right, context: IntervalJoinContext, out: Collector<Out>): void
  close(): void {
    // Nothing to close unless the function says so.
  }
}

/** `between(…).process(fn)` in its plain form. */
export type ProcessJoinElement<Left, Right, Out> = (
  left: Left,
  right: Right,
  context: IntervalJoinContext,
  out: Collector<Out>,
) => void

/** One result for each pair of records of a key that fell into one window; it takes the timestamp `window.end - 1`. */
export type JoinFunction<Left, Right, Out> = (left: Left, right: Right, window: TimeWindow) => Out

/**
 * All records of a key and window from both streams, each in the order of arrival; one of the arrays may be empty. They
 * are not to be changed. Results take the timestamp `window.end - 1`.
 */
export type CoGroupFunction<K, Left, Right, Out> = (
  left: readonly Left[],
  right: readonly Right[],
  out: Collector<Out>,
  key: K,
  window: TimeWindow,
) => void
