import type { Platform } from '../base/platform.ts'
import type { NodeFunctions } from '../graph/job-functions.ts'
import type { JobNode } from '../graph/job-graph.ts'
import type { KeyedSnapshotEntry, KeyedStateBackend } from '../state/keyed-state-backend.ts'

/**
 * What an operator is to the subtask that runs it, and the subtask to the operator.
 *
 * All calls come from one thread, one at a time. An operator pushes its results synchronously into `context.output`: the
 * rest of its chain, compiled, with the record writers at its end. Results of one call may always be collected, whatever
 * the state of the outputs (what does not fit goes to the overdraft buffers); but an operator that may emit many results
 * for one call looks at `context.flow.blocked` between them, keeps the rest for `resume` and returns.
 */
export interface Operator {
  /** Before the first element, after `restore`. */
  open?(): void

  /**
   * One record. `timestamp` is event time in ms, or NO_TIMESTAMP. `input` is 0, or 1 for the second input of a two-input
   * operator. Never called while `resume` has something left.
   */
  processElement(value: unknown, timestamp: number, input: number): void

  /**
   * Event time has reached `watermark` over all inputs: fire what is due, oldest first. Answers true when all is fired,
   * false when it stopped because outputs are full; then it is called again with the same watermark before any further
   * element. The chain hands the watermark on downstream after true. MAX_WATERMARK is the end of the input.
   */
  processWatermark?(watermark: number): boolean

  /** Wall-clock time has reached `nowMs`: like `processWatermark`, for processing-time timers. */
  processProcessingTime?(nowMs: number): boolean

  /** When the next processing-time timer is due, ms since the epoch; Infinity when there is none. */
  nextProcessingTime?(): number

  /**
   * Goes on with what it kept when outputs were full. True when nothing is left, and always when nothing was. Called only
   * while outputs are not full.
   */
  resume?(): boolean

  /** Everything that makes up its state, at this moment, between two calls. Never called while `resume` has something left. */
  snapshot?(): OperatorSnapshot

  /**
   * Takes over state before `open`: all snapshots that hold key groups of this subtask (entries of other key groups are
   * passed over) or, for operator state, what the assignment gave this subtask.
   */
  restore?(snapshots: readonly OperatorSnapshot[]): void

  /** When the subtask ends, after success, failure or cancellation. Must not emit. */
  close?(): void
}

/**
 * An operator that makes watermarks of its own (a source, or `assignTimestampsAndWatermarks`). Watermarks from upstream
 * end here, but for MAX_WATERMARK; the chain asks for the current one after each batch and on the emission interval.
 */
export interface WatermarkingOperator extends Operator {
  /** The watermark now, never lower than before; MIN_WATERMARK while unknown. */
  currentWatermark(): number
  /** Whether the stream from here on is idle: downstream then does not wait for it. */
  isIdle(): boolean
  /** Called every `watermarkIntervalMs`. */
  onPeriodicEmit(): void
  /** Whether the stream that it gets is idle. */
  onInputIdle?(idle: boolean): void
  readonly watermarkIntervalMs: number
}

export function isWatermarking(operator: Operator): operator is WatermarkingOperator {
  return 'currentWatermark' in operator
}

/** Keyed state by key group, and what is not keyed, both as bytes (see `record/value-codec.ts`). */
export interface OperatorSnapshot {
  readonly keyed?: readonly KeyedSnapshotEntry[]
  readonly operatorState?: Uint8Array
}

/** Where results go. `collect` never fails for lack of room and never waits. */
export interface Output {
  collect(value: unknown, timestamp: number): void
  /** To the side output `tag`; dropped when nothing is connected to it. */
  sideOutput(tag: string, value: unknown, timestamp: number): void
}

/** Whether this subtask should go on emitting. One object per subtask, read in hot loops, so a plain field. */
export interface FlowControl {
  /** True while an output of the subtask has no room, or an operator further down keeps results for `resume`. */
  readonly blocked: boolean
  /** An operator that keeps results for `resume` says so, and when it has none left. Balanced calls. */
  suspend(): void
  unsuspend(): void
}

export interface OperatorLogger {
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

export interface SubtaskInfo {
  readonly jobId: string
  readonly jobName: string
  readonly attempt: number
  readonly subtask: number
  readonly parallelism: number
  readonly maxParallelism: number
}

/** What an operator gets when it is made. */
export interface OperatorContext {
  readonly node: JobNode
  /** Closures of this node from this slot's own evaluation of the bundle. */
  readonly functions: NodeFunctions
  readonly subtask: SubtaskInfo
  readonly platform: Platform
  readonly output: Output
  readonly flow: FlowControl
  /** State of this operator in this subtask; only operators whose spec says `keyed` may use it. */
  readonly keyedState: KeyedStateBackend
  readonly counters: OperatorCounters
  readonly logger: OperatorLogger
  /**
   * Something that the operator waited for outside of its input has happened: the subtask goes on, and asks
   * `nextProcessingTime` and, where the operator suspended the flow, `resume`.
   */
  readonly wakeUp: () => void
  /**
   * For an operator that holds watermarks back behind results (a WatermarkingOperator): gives one on, through the rest of
   * the chain and downstream. Like `processWatermark`: false when outputs are full before it is through; then it is to be
   * called again with the same watermark, before any further result.
   */
  readonly passWatermark: (watermark: number) => boolean
}

/** Plain numbers, so that counting costs an addition; a reporter reads them once a second. */
export interface OperatorCounters {
  recordsIn: number
  recordsOut: number
  lateRecords: number
}

export type OperatorFactory = (context: OperatorContext) => Operator
