import type { Platform } from '../base/platform.ts'
import type { NodeFunctions } from '../graph/job-functions.ts'
import type { OperatorLogger, SubtaskInfo } from './operator.ts'

/**
 * The public source interface: a split enumerator finds and hands out the splits, readers in the subtasks read them.
 * A connector implements `Source`; the engine runs `SourceReader` inside the source operator, and the JobMaster runs the
 * enumeration (packages/control/sources), with `discoverSplits` called through an adapter, since it reads the world.
 */
export interface Source<Config = unknown> {
  readonly type: string
  /** Whether the input ends by itself. */
  isBounded(config: Config): boolean
  /**
   * Finds the splits, in the order in which they should be read. May be asynchronous and may fail with a WeirError that
   * names what is missing. `parallelism` is that of the source operator.
   */
  discoverSplits(config: Config, context: DiscoveryContext): Promise<readonly SourceSplit[]>
  createReader(config: Config, context: ReaderContext): SourceReader
}

/** A part of the input that one reader reads from its position on. Plain JSON. */
export interface SourceSplit {
  readonly id: string
  /** Connector-specific; holds the position to go on from. */
  readonly state: unknown
}

export interface DiscoveryContext {
  readonly parallelism: number
  /** Absolute folder that relative paths start from. */
  readonly workdir: string
}

export interface ReaderContext {
  readonly subtask: SubtaskInfo
  readonly functions: NodeFunctions
  readonly platform: Platform
  readonly workdir: string
  readonly logger: OperatorLogger
  /** To be called, from any task of this thread, when `poll` may give something again after it answered `nothing`. */
  readonly wakeUp: () => void
}

export interface SourceReader {
  addSplits(splits: readonly SourceSplit[]): void
  /** No split will come after those added. */
  noMoreSplits(): void
  /**
   * Emits records until `output.blocked`, its own fair share (some hundred records or one chunk) is through, or nothing is
   * at hand. Synchronous: reading ahead happens in the event loop.
   * - `emitted`: call again soon.
   * - `nothing`: call again after `wakeUp`.
   * - `finished`: all splits are read and no more will come.
   */
  poll(output: ReaderOutput): 'emitted' | 'nothing' | 'finished'
  /** True when it has no split left to read, so that the operator asks the enumerator for more. */
  wantsSplit(): boolean
  /** Splits with the position after the last emitted record. */
  snapshot(): readonly SourceSplit[]
  /** Rejects nothing: failures come out of `poll` as thrown WeirErrors. */
  close(): void
}

export interface ReaderOutput {
  /** While true, `poll` should return. It answers `emitted` then, or `nothing` where nothing was. */
  readonly blocked: boolean
  /** Where the records of one split go: watermarks are generated per split. */
  forSplit(splitId: string): SplitOutput
  /** The split is read to its end: its watermark holds nothing back any more. */
  splitFinished(splitId: string): void
}

export interface SplitOutput {
  /**
   * While true, nothing of this split should be emitted: it is ahead of sources that it is aligned with. A reader of several
   * splits at a time passes over it and goes on with the others; it is polled again when the split may go on. One that reads
   * them one after the other sees it in `ReaderOutput.blocked`, too. Absent: never.
   */
  readonly paused?: boolean
  /** `timestamp`: the record's own, where the input system has one; NO_TIMESTAMP otherwise. */
  collect(value: unknown, timestamp: number): void
}
