import { assert } from '../base/assert.ts'
import type { TimestampAssigner } from '../functions/watermark-generator.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { MAX_WATERMARK, MIN_WATERMARK } from '../record/stream-element.ts'
import { decodeValue, encodeValue } from '../record/value-codec.ts'
import { type AlignedSplit, type AlignmentView, SourceAlignment } from '../time/source-alignment.ts'
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
import { SecondsHint } from './seconds-hint.ts'
import type { ReaderOutput, Source, SourceReader, SourceSplit, SplitOutput } from './source.ts'
import { type SplitProgress, SplitWatermarks } from './split-watermarks.ts'

export interface SourceOperatorOptions {
  /** Absolute folder that relative paths start from. */
  readonly workdir: string
  /** `poll` may give something again. */
  readonly wakeUp: () => void
  /** Asks the enumerator for one more split; it answers with `addSplits` or `noMoreSplits`. At most one is asked for at a time. */
  readonly requestSplit: () => void
  /** Tells the JobMaster how far the source is, for the alignment of its group. MAX_WATERMARK: it holds nobody back. */
  readonly reportWatermark: (watermark: number) => void
}

/**
 * Runs a SourceReader: gives its records their event time, makes the watermarks, asks for splits.
 *
 * The subtask calls `poll` in its step while outputs are not full. After `finished` the watermark is MAX_WATERMARK.
 *
 * A source that is ahead of others that it is aligned with is paused: its reader is not polled, and it answers `nothing`.
 * Positions stay behind the last record emitted, so a snapshot in a pause is like any other.
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
  readonly #alignment: SourceAlignment | undefined
  readonly #asksAnyTime: boolean
  readonly #splitOutputs = new Map<string, SplitOutput>()
  /** Splits came, and none of them has been begun: the reader has to be asked once although all that it reads are paused. */
  #hasNewSplits = false
  #splitRequested = false
  #noMoreSplits = false
  #finished = false
  /** The poll that is under way should return when so many records have been emitted in all. */
  #pollUntil = Number.POSITIVE_INFINITY

  constructor(context: OperatorContext, source: Source, options: SourceOperatorOptions) {
    const { node, functions, platform, subtask, logger } = context
    const strategy = watermarkStrategy(node.watermarks, functions)
    const { alignment } = strategy
    this.#alignment =
      alignment === undefined ? undefined : new SourceAlignment(alignment, platform.clock, options.reportWatermark)
    this.#asksAnyTime = strategy.asksAnyTime
    // What is reported is made at the emission of watermarks.
    this.watermarkIntervalMs = Math.min(strategy.intervalMs, this.#alignment?.intervalMs ?? strategy.intervalMs)
    this.#options = options
    this.#output = context.output
    this.#counters = context.counters
    this.#flow = context.flow
    this.#node = node
    const hint = new SecondsHint(platform.clock, logger)
    this.#watermarks = new SplitWatermarks(strategy, platform.clock, this.#alignment, watermark => hint.look(watermark))
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
    if (this.#isPaused) return 'nothing'
    this.#pollUntil = this.#counters.recordsOut + recordsMax
    let answer: 'emitted' | 'nothing' | 'finished'
    try {
      answer = this.#reader.poll(this)
    } catch (error) {
      throw userError(error, this.#node)
    }
    this.#hasNewSplits = false
    if (answer === 'finished') {
      this.#finished = true
      this.#alignment?.finish()
    } else if (!this.#splitRequested && !this.#noMoreSplits && this.#reader.wantsSplit()) {
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
    this.#hasNewSplits = true
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

  /** How far the slowest source of a group is. True when that concerns this one and it may go on: it wants a step. */
  align(group: string, slowest: number): boolean {
    return this.#alignment?.group === group && this.#alignment.announce(slowest)
  }

  /** Undefined where watermarks are not aligned. */
  alignment(): AlignmentView | undefined {
    return this.#alignment?.view()
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
    return this.#flow.blocked || this.#counters.recordsOut >= this.#pollUntil || this.#isPaused
  }

  get #isPaused(): boolean {
    return this.#alignment?.allPaused === true && !this.#hasNewSplits
  }

  forSplit(splitId: string): SplitOutput {
    const known = this.#splitOutputs.get(splitId)
    if (known !== undefined) return known
    const progress = this.#watermarks.track(splitId)
    const output = this.#splitOutput(splitId, progress)
    this.#splitOutputs.set(splitId, output)
    return output
  }

  #splitOutput(splitId: string, progress: SplitProgress): SplitOutput {
    if (this.#assigner === undefined && !this.#hasWatermarks) return this.#output
    const timed = new TimedSplitOutput(this.#output, progress, this.#assigner, this.#node)
    const alignment = this.#alignment
    if (alignment === undefined) return timed
    const split = this.#watermarks.align(splitId, alignment)
    this.#hasNewSplits = false
    return new AlignedSplitOutput(timed, progress, alignment, split, this.#asksAnyTime)
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

  /** Answers with the timestamp that the record has. */
  collect(value: unknown, recordTimestamp: number): number {
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
    return timestamp
  }
}

/** Notices at the record that takes a split too far, not at the next emission, which may be many records later. */
class AlignedSplitOutput implements SplitOutput {
  readonly #timed: TimedSplitOutput
  readonly #progress: SplitProgress
  readonly #alignment: SourceAlignment
  readonly #split: AlignedSplit
  readonly #asksAnyTime: boolean

  constructor(
    timed: TimedSplitOutput,
    progress: SplitProgress,
    alignment: SourceAlignment,
    split: AlignedSplit,
    asksAnyTime: boolean,
  ) {
    this.#timed = timed
    this.#progress = progress
    this.#alignment = alignment
    this.#split = split
    this.#asksAnyTime = asksAnyTime
  }

  get paused(): boolean {
    return this.#split.paused
  }

  collect(value: unknown, recordTimestamp: number): void {
    const timestamp = this.#timed.collect(value, recordTimestamp)
    // No watermark is above its records' timestamps, so few records get further than this.
    const unknown = this.#split.watermark === MIN_WATERMARK
    if (this.#asksAnyTime && (unknown || timestamp > this.#alignment.bound)) {
      this.#alignment.advance(this.#split, this.#progress.generator.onPeriodicEmit())
    }
  }
}

export function createSourceOperator(
  context: OperatorContext,
  source: Source,
  options: SourceOperatorOptions,
): SourceOperator {
  return new SourceOperator(context, source, options)
}
