import { WeirError } from '../base/errors.ts'
import type { Collector } from '../functions/collector.ts'
import type { TimeWindow } from '../functions/window-function.ts'
import type { JobNode } from '../graph/job-graph.ts'
import type { WindowFold } from '../window/window-fold.ts'
import type { OperatorContext, OperatorCounters, Output } from './operator.ts'
import { inWindow, userError } from './operator-errors.ts'

/** Where the results and the late records of a window operator go. */
export class WindowOutput implements Collector<unknown> {
  readonly #fold: WindowFold<unknown>
  readonly #output: Output
  readonly #counters: OperatorCounters
  readonly #node: JobNode
  readonly #lateTag: string | undefined
  /** Of the results that are being emitted. */
  #timestamp = 0

  constructor(context: OperatorContext, fold: WindowFold<unknown>, lateTag: string | undefined) {
    this.#fold = fold
    this.#output = context.output
    this.#counters = context.counters
    this.#node = context.node
    this.#lateTag = lateTag
  }

  /** The result of a window for a key. */
  emit(key: unknown, window: TimeWindow, accumulator: unknown, timestamp: number): void {
    this.#timestamp = timestamp
    try {
      this.#fold.emit(key, window, accumulator, this)
    } catch (error) {
      throw userError(error, this.#node, inWindow(window, key))
    }
  }

  /** The window function's collector. */
  collect(value: unknown): void {
    this.#output.collect(value, this.#timestamp)
  }

  /** A record that came too late for all its windows. */
  late(value: unknown, timestamp: number): void {
    this.#counters.lateRecords++
    if (this.#lateTag !== undefined) this.#output.sideOutput(this.#lateTag, value, timestamp)
  }

  noTimestamp(time: number): WeirError {
    const message =
      `operator '${this.#node.name}': an event-time window got a record with the timestamp ${time}. Give the source a ` +
      'watermark strategy with a timestamp assigner, use assignTimestampsAndWatermarks, or a processing-time window.'
    return new WeirError('NO_TIMESTAMP', message, { place: { operator: this.#node.name } })
  }
}
