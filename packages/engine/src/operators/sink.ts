import type { Platform } from '../base/platform.ts'
import type { NodeFunctions } from '../graph/job-functions.ts'
import type { OperatorLogger, SubtaskInfo } from './operator.ts'

/**
 * The public sink interface, in two phases: a writer makes its output ready to commit (`prepareCommit`: at a checkpoint's
 * barrier, and at the end of a bounded input), and a committer makes it visible once the whole checkpoint is complete, or
 * the whole job has ended. Sinks without that need give no committables.
 */
export interface Sink<Config = unknown> {
  readonly type: string
  createWriter(config: Config, context: WriterContext): SinkWriter
  /** Absent: the sink's writes are visible at once. */
  createCommitter?(config: Config, context: CommitterContext): SinkCommitter
}

/** Plain JSON: it travels to the JobMaster and is kept in the checkpoint. */
export type Committable = unknown

export interface WriterContext {
  readonly subtask: SubtaskInfo
  /** uid of the sink's node. */
  readonly operator: string
  readonly functions: NodeFunctions
  readonly platform: Platform
  readonly workdir: string
  readonly logger: OperatorLogger
  /** Whether the job takes checkpoints; where it does not, an endless sink has to commit by itself now and then. */
  readonly checkpointed: boolean
  /** Whether all sources of the job end. Absent: they do. An endless job that takes no checkpoints never asks for a commit. */
  readonly bounded?: boolean
  /** To be called when `isReady` may have become true, or a failure is to be reported by `write`. */
  readonly wakeUp: () => void
  /** Rows for a person's eyes: the print sink's lines, the collect sink's rows. Bounded by the receiver. */
  readonly publish: (row: unknown) => void
}

export interface SinkWriter {
  /** Removes what an earlier attempt of this job left unfinished, opens what is needed. */
  open(): Promise<void>
  /** Takes the record, always; writing happens in the event loop. Throws the failure of an earlier write. */
  write(value: unknown, timestamp: number): void
  /** False when so much is waiting to be written that upstream should stop. */
  isReady(): boolean
  /** All that was written is durable, though not visible yet; gives what to commit. */
  prepareCommit(): Promise<readonly Committable[]>
  /** Ends the writer. What was not prepared is thrown away. */
  close(): Promise<void>
}

export interface CommitterContext {
  readonly jobId: string
  readonly operator: string
  readonly workdir: string
  readonly logger: OperatorLogger
}

export interface SinkCommitter {
  /** Idempotent: a committable that is committed already counts as success. */
  commit(committables: readonly Committable[]): Promise<void>
  /** Removes what uncommitted attempts of the job left behind; called when the job ends for good. */
  abortLeftovers(): Promise<void>
}
