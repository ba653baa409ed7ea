import type { WeirError } from '@weir/engine/base/errors'
import type { Committable } from '@weir/engine/operators/sink'
import type { SourceSplit } from '@weir/engine/operators/source'
import type { CommitRecord } from './commit-token.ts'

/** When an event was noticed. The JobMaster has no other clock. */
export interface EventTime {
  /** ms since the epoch; for people. */
  readonly wallMs: number
  /** For delays and rates. */
  readonly monotonicMs: number
}

/** One start of a TaskManager process. */
export interface TaskManagerRef {
  readonly id: string
  readonly incarnation: string
}

/** Where one slot of an attempt is. */
export interface SlotAllocation {
  /** Slot of the job: 0 .. slot count − 1. */
  readonly slot: number
  readonly taskManager: TaskManagerRef
  /** Which of the TaskManager's slots it takes. */
  readonly taskManagerSlot: number
}

export interface OperatorCommittables {
  /** uid of the sink. */
  readonly operator: string
  readonly committables: readonly Committable[]
}

export interface SubtaskCommittables {
  readonly vertex: number
  readonly subtask: number
  readonly committables: readonly OperatorCommittables[]
}

/** Everything that can happen to a job. Those with an `attempt` are refused when it is not the current one. */
export type JobEventBody =
  /** A new job: its first event. */
  | { readonly type: 'start' }
  /** A job found in the database after a restart of the JobManager: its first event. */
  | {
      readonly type: 'recover'
      readonly lastAttempt: number
      readonly cause: WeirError
      readonly how: RecoverAs
    }
  | { readonly type: 'cancel-requested' }
  | { readonly type: 'timer'; readonly timer: number }

  // from the ResourceManager, in the order in which it decided: a loss never overtakes the allocation it takes back
  | { readonly type: 'slots-allocated'; readonly attempt: number; readonly slots: readonly SlotAllocation[] }
  /** Still waiting; `free` slots are there. */
  | { readonly type: 'slots-waiting'; readonly attempt: number; readonly free: number }
  | { readonly type: 'task-manager-lost'; readonly taskManager: TaskManagerRef; readonly why: string }

  // answers to effects
  | {
      readonly type: 'splits-discovered'
      readonly attempt: number
      readonly operator: string
      readonly splits: readonly SourceSplit[]
    }
  | {
      readonly type: 'splits-failed'
      readonly attempt: number
      readonly operator: string
      readonly error: WeirError
    }
  /** The TaskManager made none of the slots. */
  | {
      readonly type: 'deploy-refused'
      readonly attempt: number
      readonly taskManager: TaskManagerRef
      readonly error: WeirError
    }
  /** Deploy, start or a split could not be delivered; whether it arrived is not known. */
  | {
      readonly type: 'command-failed'
      readonly attempt: number
      readonly taskManager: TaskManagerRef
      readonly error: WeirError
    }
  | { readonly type: 'cancel-taken'; readonly attempt: number; readonly taskManager: TaskManagerRef }
  | { readonly type: 'commit-recorded'; readonly attempt: number }
  | { readonly type: 'committed'; readonly attempt: number }
  | { readonly type: 'commit-failed'; readonly attempt: number; readonly error: WeirError }
  | { readonly type: 'leftovers-aborted'; readonly attempt: number }
  | { readonly type: 'leftovers-failed'; readonly attempt: number; readonly error: WeirError }

  // from TaskManagers
  | ({ readonly type: 'slot-deployed' } & FromSlot)
  | ({ readonly type: 'slot-failed'; readonly error: WeirError } & FromSlot)
  | ({ readonly type: 'slot-released' } & FromSlot)
  | ({ readonly type: 'subtask-finished' } & FromSlot & SubtaskCommittables)
  | ({ readonly type: 'split-requested'; readonly operator: string; readonly subtask: number } & FromSlot)
  /** How far a source subtask is whose watermarks are aligned; MAX_WATERMARK: it holds nobody back. */
  | ({
      readonly type: 'watermark-reported'
      readonly operator: string
      readonly subtask: number
      readonly watermark: number
    } & FromSlot)
  /** `operator` is null when the slot makes progress again. */
  | ({ readonly type: 'progress'; readonly operator: string | null; readonly stuckMs: number } & FromSlot)
  /** A heartbeat does not name the attempt (any more). */
  | { readonly type: 'attempt-not-held'; readonly attempt: number; readonly taskManager: TaskManagerRef }

interface FromSlot {
  readonly attempt: number
  readonly slot: number
  readonly taskManager: TaskManagerRef
}

/** What a job goes on as after a restart of the JobManager. */
export type RecoverAs =
  | { readonly as: 'new-attempt' }
  /** All subtasks had finished and the commit was recorded: it is repeated. */
  | { readonly as: 'committing'; readonly record: CommitRecord }
  | { readonly as: 'cancelling' }
  | { readonly as: 'failing'; readonly error: WeirError }

export type JobEvent = JobEventBody & { readonly at: EventTime }
export type JobEventType = JobEvent['type']
export type EventOf<T extends JobEventType> = Extract<JobEvent, { type: T }>
