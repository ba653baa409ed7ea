import { assert } from '../base/assert.ts'
import type { TimestampAssigner } from '../functions/watermark-generator.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { MAX_WATERMARK } from '../record/stream-element.ts'
import { decodeValue, encodeValue } from '../record/value-codec.ts'
import { watermarkStrategy } from '../time/watermark-strategy.ts'
import { assignTimestamp } from './event-timestamp.ts'
import type {
  FlowControl,
  OperatorContext,
  OperatorCounters,
  OperatorSnapshot,
  Output,
  WatermarkingOperator,
} from './operator.ts'
import { userError } from './operator-errors.ts'
import type { ReaderOutput, Source, SourceReader, SourceSplit, SplitOutput } from './source.ts'
import { type SplitProgress, SplitWatermarks } from './split-watermarks.ts'

export interface SourceOperatorOptions {
  /** Absolute folder that relative paths start from. */
  readonly workdir: string
  /** `poll` may give something again. */
  readonly wakeUp: () => void
  /** Asks the enumerator for one more split; it answers with `addSplits` or `noMoreSplits`. At most one is asked for at a time. */
  readonly requestSplit: () => void
}

/**
 * Runs a SourceReader: gives its records their event time, makes the watermarks, asks for splits.
 *
 * The subtask calls `poll` in its step while outputs are not full. After `finished` the watermark is MAX_WATERMARK.
 */
export class SourceOperator implements WatermarkingOperator, ReaderOutput {
  readonly watermarkIntervalMs: number
  readonly #reader: SourceReader
  readonly #options: SourceOperatorOptions
  readonly #output: Output
  readonly #counters: OperatorCounters
  readonly #flow: FlowControl
  readonly #node: JobNode
  readonly #watermarks: SplitWatermarks
  readonly #assigner: TimestampAssigner<unknown> | undefined
  readonly #hasWatermarks: boolean
  readonly #splitOutputs = new Map<string, SplitOutput>()
  #splitRequested = false
  #noMoreSplits = false
  #finished = false
  /** The poll that is under way should return when so many records have been emitted in all. */
  #pollUntil = Number.POSITIVE_INFINITY

  constructor(context: OperatorContext, source: Source, options: SourceOperatorOptions) {
    const { node, functions, platform, subtask, logger } = context
    const strategy = watermarkStrategy(node.watermarks, functions)
    this.watermarkIntervalMs = strategy.intervalMs
    this.#options = options
    this.#output = context.output
    this.#counters = context.counters
    this.#flow = context.flow
    this.#node = node
    this.#watermarks = new SplitWatermarks(strategy, platform.clock)
    this.#assigner = strategy.timestampAssigner
    this.#hasWatermarks = (node.watermarks?.strategy ?? 'none') !== 'none' || strategy.idlenessMs !== undefined
    try {
      const { workdir, wakeUp } = options
      this.#reader = source.createReader(node.config, { subtask, functions, platform, workdir, logger, wakeUp })
    } catch (error) {
      throw userError(error, node)
    }
  }

  processElement(): void {
    assert(false, `the source '${this.#node.name}' was given a record`)
  }

  /**
   * The reader is asked to return after about `recordsMax` records: operators of its chain may need long for each, and
   * until the step is over nobody else has the thread.
   */
  poll(recordsMax = Number.POSITIVE_INFINITY): 'emitted' | 'nothing' | 'finished' {
    if (this.#finished) return 'finished'
    this.#pollUntil = this.#counters.recordsOut + recordsMax
    let answer: 'emitted' | 'nothing' | 'finished'
    try {
      answer = this.#reader.poll(this)
    } catch (error) {
      throw userError(error, this.#node)
    }
    if (answer === 'finished') this.#finished = true
    else if (!this.#splitRequested && !this.#noMoreSplits && this.#reader.wantsSplit()) {
      this.#splitRequested = true
      this.#options.requestSplit()
    }
    return answer
  }

  get finished(): boolean {
    return this.#finished
  }

  addSplits(splits: readonly SourceSplit[]): void {
    this.#splitRequested = false
    for (const split of splits) this.#guard(() => this.#watermarks.track(split.id))
    this.#guard(() => this.#reader.addSplits(splits))
  }

  noMoreSplits(): void {
    this.#splitRequested = false
    this.#noMoreSplits = true
    this.#guard(() => this.#reader.noMoreSplits())
  }

  /**
   * Whether the source has splits that no reader has been given; true until said otherwise. While true the watermark stands
   * still. To be called after the `addSplits` that took the last one.
   */
  setUnreadSplits(unread: boolean): void {
    this.#watermarks.setUnread(unread)
  }

  currentWatermark(): number {
    return this.#finished ? MAX_WATERMARK : this.#watermarks.watermark
  }

  isIdle(): boolean {
    return !this.#finished && this.#watermarks.isIdle()
  }

  onPeriodicEmit(): void {
    if (!this.#finished) this.#guard(() => this.#watermarks.update(this.#flow.blocked))
  }

  snapshot(): OperatorSnapshot {
    return { operatorState: encodeValue(this.#reader.snapshot()) }
  }

  /** Takes the splits of the snapshots back, where the enumerator leaves them with this subtask. */
  restore(snapshots: readonly OperatorSnapshot[]): void {
    const splits = snapshots.flatMap(({ operatorState }) =>
      operatorState === undefined ? [] : (decodeValue(operatorState) as SourceSplit[]),
    )
    if (splits.length > 0) this.addSplits(splits)
  }

  close(): void {
    this.#guard(() => this.#reader.close())
  }

  // What the reader sees as its output.

  get blocked(): boolean {
    return this.#flow.blocked || this.#counters.recordsOut >= this.#pollUntil
  }

  forSplit(splitId: string): SplitOutput {
    const known = this.#splitOutputs.get(splitId)
    if (known !== undefined) return known
    const progress = this.#watermarks.track(splitId)
    const output: SplitOutput =
      this.#assigner === undefined && !this.#hasWatermarks
        ? this.#output
        : new TimedSplitOutput(this.#output, progress, this.#assigner, this.#node)
    this.#splitOutputs.set(splitId, output)
    return output
  }

  splitFinished(splitId: string): void {
    this.#splitOutputs.delete(splitId)
    this.#watermarks.finish(splitId)
  }

  #guard(action: () => void): void {
    try {
      action()
    } catch (error) {
      throw userError(error, this.#node)
    }
  }
}

class TimedSplitOutput implements SplitOutput {
  readonly #output: Output
  readonly #progress: SplitProgress
  readonly #assigner: TimestampAssigner<unknown> | undefined
  readonly #node: JobNode

  constructor(
    output: Output,
    progress: SplitProgress,
    assigner: TimestampAssigner<unknown> | undefined,
    node: JobNode,
  ) {
    this.#output = output
    this.#progress = progress
    this.#assigner = assigner
    this.#node = node
  }

  collect(value: unknown, recordTimestamp: number): void {
    const assigner = this.#assigner
    const timestamp =
      assigner === undefined ? recordTimestamp : assignTimestamp(assigner, value, recordTimestamp, this.#node)
    this.#progress.idleness?.active()
    try {
      this.#progress.generator.onEvent(value, timestamp)
    } catch (error) {
      throw userError(error, this.#node)
    }
    this.#output.collect(value, timestamp)
  }
}

export function createSourceOperator(
  context: OperatorContext,
  source: Source,
  options: SourceOperatorOptions,
): SourceOperator {
  return new SourceOperator(context, source, options)
}
