import type { TimestampAssigner, WatermarkGenerator } from '../functions/watermark-generator.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { MAX_WATERMARK, MIN_WATERMARK } from '../record/stream-element.ts'
import { IdlenessDetector } from '../time/idleness.ts'
import { watermarkStrategy } from '../time/watermark-strategy.ts'
import { assignTimestamp } from './event-timestamp.ts'
import { decodeWatermarks, encodeWatermark } from './keyed-operator.ts'
import type { FlowControl, OperatorContext, OperatorSnapshot, Output, WatermarkingOperator } from './operator.ts'
import { userError } from './operator-errors.ts'
import { SecondsHint } from './seconds-hint.ts'

/**
 * `assignTimestampsAndWatermarks` in the middle of a stream: gives each record its event time, and makes watermarks of its
 * own. Those from upstream end here, but for the end of the input.
 */
export class TimestampsOperator implements WatermarkingOperator {
  readonly watermarkIntervalMs: number
  readonly #assigner: TimestampAssigner<unknown> | undefined
  readonly #generator: WatermarkGenerator<unknown>
  readonly #idleness: IdlenessDetector | undefined
  readonly #output: Output
  readonly #flow: FlowControl
  readonly #node: JobNode
  readonly #hint: SecondsHint
  readonly #asksAnyTime: boolean
  #watermark = MIN_WATERMARK
  #idle = false

  constructor(context: OperatorContext) {
    const { node, functions, platform } = context
    const strategy = watermarkStrategy(node.watermarks, functions)
    this.watermarkIntervalMs = strategy.intervalMs
    this.#assigner = strategy.timestampAssigner
    this.#idleness =
      strategy.idlenessMs === undefined ? undefined : new IdlenessDetector(platform.clock, strategy.idlenessMs)
    this.#output = context.output
    this.#flow = context.flow
    this.#node = node
    this.#hint = new SecondsHint(platform.clock, context.logger)
    this.#asksAnyTime = strategy.asksAnyTime
    try {
      this.#generator = strategy.createGenerator()
    } catch (error) {
      throw userError(error, node)
    }
  }

  processElement(value: unknown, recordTimestamp: number): void {
    const assigner = this.#assigner
    const timestamp =
      assigner === undefined ? recordTimestamp : assignTimestamp(assigner, value, recordTimestamp, this.#node)
    this.#idleness?.active()
    try {
      this.#generator.onEvent(value, timestamp)
    } catch (error) {
      throw userError(error, this.#node)
    }
    this.#output.collect(value, timestamp)
  }

  processWatermark(watermark: number): boolean {
    if (watermark === MAX_WATERMARK) {
      // The input may have been shorter than an interval.
      if (this.#asksAnyTime) this.#hint.look(this.#generator.onPeriodicEmit())
      this.#watermark = MAX_WATERMARK
    }
    return true
  }

  currentWatermark(): number {
    return this.#watermark
  }

  isIdle(): boolean {
    return this.#idle && this.#watermark !== MAX_WATERMARK && this.#idleness?.idle === true
  }

  onPeriodicEmit(): void {
    const before = this.#watermark
    try {
      this.#watermark = Math.max(before, this.#generator.onPeriodicEmit())
      this.#hint.look(this.#watermark)
    } catch (error) {
      throw userError(error, this.#node)
    }
    const quiet = this.#idleness?.check(this.#flow.blocked) ?? false
    // Downstream passes over the watermarks of an idle input, so the last one has to arrive before the word that it is idle.
    this.#idle = quiet && this.#watermark === before
  }

  snapshot(): OperatorSnapshot {
    return { operatorState: encodeWatermark(this.#watermark) }
  }

  restore(snapshots: readonly OperatorSnapshot[]): void {
    const watermark = Math.min(...decodeWatermarks(snapshots))
    if (watermark !== MAX_WATERMARK) this.#watermark = watermark
  }
}
