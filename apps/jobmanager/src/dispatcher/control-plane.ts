import type { ErrorCode } from '@weir/engine/base/errors'
import type { JobGraph } from '@weir/engine/graph/job-graph'
import type { OperatorMetrics, TransportCounters } from '@weir/proto/metrics'

/**
 * What the API may ask of the JobManager: the Dispatcher implements it, REST (and later tRPC) call it. Plain data in and
 * out; failures are WeirErrors (NOT_FOUND, JOB_*, NO_TASK_MANAGERS, CONFLICT, …) that the API turns into problem+json.
 * Times are ms since the epoch.
 */
export interface ControlPlane {
  /** `leader` serves; a `standby` answers only this and /health. */
  role(): 'leader' | 'standby'
  /**
   * Bundles, evaluates, validates, stores and starts a job. Resolves when every subtask runs, or after `waitMs` with the
   * status that the job has then. Throws NO_TASK_MANAGERS when none is registered, but for `mayWait`.
   */
  submit(request: SubmitRequest): Promise<{ jobId: string; status: PublicJobStatus }>
  /** The same checks without starting anything. */
  validate(request: SubmitRequest): Promise<ValidatedJob>
  listJobs(): Promise<readonly JobSummary[]>
  jobStatus(jobId: string): Promise<JobStatusView>
  jobMetrics(jobId: string): Promise<JobMetricsView>
  /** The stored graph and source of the job's latest version. */
  jobSource(jobId: string): Promise<{ graph: JobGraph; source: string; fileName: string }>
  /** Newest first. */
  jobExceptions(jobId: string): Promise<readonly JobException[]>
  /** Newest last. */
  jobHistory(jobId: string): Promise<readonly JobHistoryEvent[]>
  /** The latest rows that collect and print sinks published, oldest first; bounded per operator. */
  jobRows(jobId: string, operator?: string): Promise<readonly PublishedRow[]>
  /** Idempotent: `accepted` is false when it is cancelling already or has ended; then nothing was done. */
  cancel(jobId: string): Promise<{ accepted: boolean; status: PublicJobStatus }>
  /** Removes an ended job from the history; CONFLICT while it runs. */
  deleteJob(jobId: string): Promise<void>
  taskManagers(): Promise<readonly TaskManagerView[]>
  clusterMetrics(): Promise<ClusterMetrics>
}

export type PublicJobStatus = 'CREATED' | 'RUNNING' | 'FAILING' | 'FAILED' | 'CANCELLING' | 'CANCELED' | 'FINISHED'

export interface SubmitRequest {
  readonly fileName: string
  readonly content: Uint8Array
  readonly name?: string
  readonly parallelism?: number
  readonly fromSavepoint?: string
  /** Who asked, for the audit and the job's owner. */
  readonly user: string
  readonly waitMs: number
  /** The draft that it is deployed from, which remembers the job. */
  readonly draft?: { readonly draftId: string; readonly revision: number }
  /** Whether the job may be there and wait while no TaskManager is registered. */
  readonly mayWait?: boolean
}

export interface ValidatedJob {
  readonly graph: JobGraph
  readonly graphHash: string
  readonly slotsNeeded: number
  readonly slotsFree: number
  readonly warnings: readonly string[]
}

export interface JobSummary {
  readonly jobId: string
  readonly name: string
  readonly status: PublicJobStatus
  readonly parallelism: number
  readonly submittedAt: number
  readonly startedAt: number | null
  readonly finishedAt: number | null
  readonly restarts: number
}

export interface JobFailure {
  readonly code: ErrorCode
  readonly operator: string | null
  readonly subtask: number | null
  readonly message: string
  readonly stack: string | null
  /** The record at which it happened, as text; null when there was none, or it is not known. */
  readonly record: string | null
  readonly at: number
}

export interface JobStatusView extends JobSummary {
  /** Why it is not (fully) running, in words for people, e.g. "needs 8 slots, 4 are free". */
  readonly reason: string | null
  readonly restarting: boolean
  readonly attempt: number
  readonly error: JobFailure | null
  readonly vertices: readonly VertexStatusView[]
}

export type SubtaskStatus = 'CREATED' | 'DEPLOYING' | 'RUNNING' | 'FINISHED' | 'FAILED' | 'CANCELED'

export interface VertexStatusView {
  readonly id: string
  readonly name: string
  readonly parallelism: number
  readonly status: SubtaskStatus
  readonly subtasks: readonly {
    readonly index: number
    readonly status: SubtaskStatus
    readonly taskManager: string | null
    readonly slot: number | null
  }[]
}

export interface JobException extends JobFailure {
  readonly attempt: number
}

export interface JobHistoryEvent {
  readonly at: number
  readonly type: string
  readonly message: string
}

export interface PublishedRow {
  readonly at: number
  readonly operator: string
  readonly subtask: number
  readonly row: unknown
}

/** Ratios are 0 to 1; what is not known (yet) is null. Rates are over the last few seconds. */
export interface LoadView {
  readonly recordsIn: number | null
  readonly recordsOut: number | null
  readonly recordsPerSecond: number | null
  readonly busy: number | null
  readonly backpressure: number | null
  readonly idle: number | null
  readonly watermark: number | null
  readonly watermarkLagMs: number | null
  readonly stateBytes: number | null
}

export interface JobMetricsView {
  readonly jobId: string
  readonly recordsIn: number | null
  readonly recordsOut: number | null
  readonly recordsPerSecond: number | null
  readonly watermark: number | null
  readonly vertices: readonly (LoadView & {
    readonly id: string
    readonly name: string
    readonly sent: TransportCounters | null
    readonly operators: readonly OperatorMetrics[]
    readonly subtasks: readonly (LoadView & { readonly index: number })[]
  })[]
}

export interface TaskManagerView {
  readonly id: string
  readonly host: string
  readonly status: 'ACTIVE' | 'LOST'
  readonly slotsTotal: number
  readonly slotsFree: number
  readonly lastHeartbeat: number
  readonly lostAt: number | null
  readonly pid: number
  readonly version: string
  readonly cpu: number | null
  readonly eventLoopUtilization: number | null
  readonly memoryUsedBytes: number | null
  readonly memoryTotalBytes: number | null
  /** Which job holds each slot of this TaskManager; null is free. */
  readonly slots: readonly (string | null)[]
  /** When it was away and came back under the same id, as far as this JobManager remembers; the latest last. */
  readonly losses: readonly TaskManagerLoss[]
}

export interface TaskManagerLoss {
  readonly lostAt: number
  readonly backAt: number
}

export interface ClusterMetrics {
  readonly totalTaskManagers: number
  readonly activeTaskManagers: number
  readonly totalSlots: number
  readonly availableSlots: number
  readonly utilization: number
  readonly totalJobs: number
  readonly runningJobs: number
}
