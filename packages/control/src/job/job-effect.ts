import type { WeirError } from '@weir/engine/base/errors'
import type { SplitAssignment } from '../sources/split-enumerator.ts'
import type { CommitToken } from './commit-token.ts'
import type { SlotAllocation, TaskManagerRef } from './job-event.ts'
import type { PublicStatus } from './public-status.ts'

/**
 * Everything a JobMaster may want done. Effects of one `handle` are carried out in order; those to one TaskManager arrive
 * there in order, too. What has an answer names the event that brings it.
 */
export type JobEffect =
  /** Answer: `slots-allocated`, and `slots-waiting` whenever the number of free slots changes before. */
  | { readonly type: 'request-slots'; readonly attempt: number; readonly count: number }
  /** Gives the attempt's slots back, or takes its request for slots back. */
  | { readonly type: 'release-slots'; readonly attempt: number }
  /** Answer: `splits-discovered` or `splits-failed`. */
  | {
      readonly type: 'discover-splits'
      readonly attempt: number
      readonly operator: string
      readonly parallelism: number
    }
  /** Answer: `slot-deployed` or `slot-failed` of each slot; `deploy-refused` or `command-failed`. */
  | {
      readonly type: 'deploy'
      readonly attempt: number
      readonly taskManager: TaskManagerRef
      /** All slots of the attempt, on whatever TaskManager. */
      readonly slots: readonly SlotAllocation[]
    }
  /** Answer only on failure: `command-failed`. */
  | { readonly type: 'start-slots'; readonly attempt: number; readonly taskManager: TaskManagerRef }
  /** Answer only on failure: `command-failed`. */
  | {
      readonly type: 'assign-splits'
      readonly attempt: number
      readonly taskManager: TaskManagerRef
      readonly operator: string
      readonly assignment: SplitAssignment
    }
  /**
   * How far the slowest source of an alignment group is. A later one of the group replaces what has not been sent. Answer
   * only on failure: `command-failed`.
   */
  | {
      readonly type: 'align-sources'
      readonly attempt: number
      readonly taskManager: TaskManagerRef
      readonly group: string
      readonly slowest: number
    }
  /** Answer: `cancel-taken`, then `slot-released` of each slot. Sent again until then. */
  | {
      readonly type: 'cancel-slots'
      readonly attempt: number
      readonly taskManager: TaskManagerRef
      readonly graceMs: number
    }
  /** Makes the record durable; never given up. Answer: `commit-recorded`. */
  | { readonly type: 'record-commit'; readonly attempt: number; readonly token: CommitToken }
  /** Through any TaskManager. Answer: `committed` or `commit-failed`. */
  | { readonly type: 'commit'; readonly attempt: number; readonly token: CommitToken }
  /** Through any TaskManager. Answer: `leftovers-aborted` or `leftovers-failed`. */
  | { readonly type: 'abort-leftovers'; readonly attempt: number }
  /** Answer: `timer`, unless `cancel-timer` came first. */
  | { readonly type: 'set-timer'; readonly timer: number; readonly delayMs: number }
  | { readonly type: 'cancel-timer'; readonly timer: number }

  // for the store
  | { readonly type: 'attempt-started'; readonly attempt: number; readonly atMs: number }
  | {
      readonly type: 'attempt-ended'
      readonly attempt: number
      readonly status: 'FINISHED' | 'FAILED' | 'CANCELED'
      readonly cause: WeirError | null
      readonly atMs: number
    }
  | { readonly type: 'exception'; readonly attempt: number; readonly error: WeirError; readonly atMs: number }
  /** For the job's history: `kind` is a word, `message` a sentence. */
  | { readonly type: 'history'; readonly kind: string; readonly message: string; readonly atMs: number }
  /** The record has changed; it comes last among the effects of one event. */
  | { readonly type: 'record-changed'; readonly record: JobRecord }

export type EffectOf<T extends JobEffect['type']> = Extract<JobEffect, { type: T }>

/** What of a job is kept in the database. */
export interface JobRecord {
  readonly status: PublicStatus
  readonly reason: string | null
  readonly restarting: boolean
  /** Of the latest attempt; 0 before the first. */
  readonly attempt: number
  readonly restarts: number
  readonly error: JobFault | null
  /** When all subtasks ran for the first time. */
  readonly startedAtMs: number | null
  readonly finishedAtMs: number | null
}

/** Why a job fails or restarts. */
export interface JobFault {
  readonly error: WeirError
  readonly attempt: number
  readonly atMs: number
}
