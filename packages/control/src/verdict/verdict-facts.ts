import type { ErrorCode } from '@weir/engine/base/errors'
import type { JobStatus } from '@weir/proto/web/job-doc'

/** What is known of a job when its verdict is made. Times are ms since the epoch; null is not known. */
export interface JobFacts {
  readonly now: number
  readonly status: JobStatus
  /** Another attempt is on its way after a failure. */
  readonly restarting: boolean
  /** Every subtask has finished; the output is being made visible. */
  readonly committing: boolean
  /** The JobMaster's own words for why the job is not (fully) running. */
  readonly reason: string | null
  readonly submittedAt: number
  /** When all subtasks ran for the first time. */
  readonly startedAt: number | null
  readonly finishedAt: number | null
  /** While it waits for slots. */
  readonly slots: SlotFacts | null
  /** Why it fails, has failed, or is being restarted. */
  readonly failure: FailureFacts | null
  /** Failures of the latest attempts, oldest first. */
  readonly failures: readonly FailureFacts[]
  /** There were earlier ones that are not among `failures`. */
  readonly hasMoreFailures: boolean
  /** A slot's thread does not come back from an operator. */
  readonly stuck: StuckFacts | null
  readonly input: InputFacts
  readonly recordsIn: number | null
  readonly recordsOut: number | null
  readonly recordsInPerSecond: number | null
  readonly recordsOutPerSecond: number | null
  readonly vertices: readonly VertexFacts[]
}

export interface SlotFacts {
  readonly needed: number
  /** Null until the ResourceManager has said it. */
  readonly free: number | null
  /** Of all TaskManagers that are there. */
  readonly total: number
  /** The highest parallelism at which the job would run in the free slots; null when there is none. */
  readonly parallelismThatFits: number | null
}

export interface OperatorRef {
  readonly uid: string
  readonly name: string
  /** How a sentence calls one that nobody has named: `the map after 'numbers'`. Absent, or null: by its name. */
  readonly words?: string | null
}

export interface FailureFacts {
  readonly at: number
  readonly code: ErrorCode
  /** Its uid is null where the graph is not at hand. */
  readonly operator: (Omit<OperatorRef, 'uid'> & { readonly uid: string | null }) | null
  readonly subtask: number | null
  readonly message: string
  /** The record at which it happened, as text. */
  readonly record: string | null
  /** The user's file and line, if the stack has one. */
  readonly place: { readonly file: string; readonly line: number } | null
}

export interface StuckFacts {
  readonly operator: OperatorRef
  readonly subtask: number | null
  readonly since: number
}

export interface InputFacts {
  /** Records that sources have read in this attempt; null while nothing is reported. */
  readonly records: number | null
  /** When that number was last seen to grow, or reports began. */
  readonly lastAt: number | null
  /** All sources have come to their end. */
  readonly finished: boolean
}

/** A chain of operators with its load over the last seconds. */
export interface VertexFacts {
  readonly id: string
  /** Head first. */
  readonly operators: readonly OperatorRef[]
  readonly parallelism: number
  readonly isSource: boolean
  readonly finished: boolean
  /** Vertices that it sends records to. */
  readonly feeds: readonly string[]
  /** Mean of its subtasks, 0 to 1. */
  readonly busy: number | null
  readonly backpressure: number | null
  readonly busiest: { readonly subtask: number; readonly busy: number } | null
  /** The operator in which most of the chain's busy time is spent, with its share of it. */
  readonly hottest: { readonly uid: string; readonly share: number } | null
  /** Of a source that is aligned with others: the share of its time in which it waited for slower ones, 0 to 1. */
  readonly aligned?: { readonly group: string; readonly waits: number }
}
