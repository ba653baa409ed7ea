import type { ErrorCode } from '@weir/engine/base/errors'
import type { CheckpointingConfig, JobGraph, RestartStrategy } from '@weir/engine/graph/job-graph'

/**
 * What the metadata store holds, as plain data: it crosses threads by structured clone. Times are whole ms since the
 * epoch. Absent values are null, never undefined.
 */

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** The public statuses. The last three are the end: see `isEnded`. */
export const JOB_STATUSES = ['CREATED', 'RUNNING', 'FAILING', 'CANCELLING', 'FINISHED', 'FAILED', 'CANCELED'] as const
export type JobStatus = (typeof JOB_STATUSES)[number]
export const ENDED_STATUSES = ['FINISHED', 'FAILED', 'CANCELED'] as const satisfies readonly JobStatus[]
export const LIVE_STATUSES = ['CREATED', 'RUNNING', 'FAILING', 'CANCELLING'] as const satisfies readonly JobStatus[]

export function isEnded(status: JobStatus): boolean {
  return ENDED_STATUSES.some(ended => ended === status)
}

/** How many rows of exceptions and of history one job keeps; the oldest go. */
export const EXCEPTIONS_PER_JOB_MAX = 200
export const EVENTS_PER_JOB_MAX = 500
/** Longer messages and stacks of errors are cut, with a mark. */
export const MESSAGE_CHARACTERS_MAX = 10_000
export const STACK_CHARACTERS_MAX = 50_000
export const RECORD_CHARACTERS_MAX = 2_000
/** Rows in one page of any list. */
export const PAGE_ROWS_MAX = 1_000
export const PAGE_ROWS_DEFAULT = 100

/** The error of a job as its status shows it. */
export interface JobError {
  readonly code: ErrorCode
  readonly operator: string | null
  readonly subtask: number | null
  readonly message: string
  readonly stack: string | null
  /** The record at which it happened, as text for people; null when there was none, or it is not known. */
  readonly record: string | null
  readonly at: number
}

export interface JobRecord {
  readonly id: string
  /** Grows with every submission. */
  readonly seq: number
  readonly name: string
  readonly status: JobStatus
  readonly parallelism: number
  readonly maxParallelism: number
  readonly restarts: number
  /** Number of the latest attempt; 0 before the first. */
  readonly attempt: number
  /** Number of the latest version, from 1. */
  readonly version: number
  readonly reason: string | null
  readonly error: JobError | null
  readonly owner: string | null
  readonly submittedAt: number
  readonly startedAt: number | null
  readonly finishedAt: number | null
  /** The draft that it was deployed from, if that still exists. */
  readonly draftId: string | null
  /** What it has read and written in all; null before its end, and where that is not known. */
  readonly recordsIn: number | null
  readonly recordsOut: number | null
}

/** The charts of so many jobs that ended last are kept; figures are kept as long as their job. */
export const CHARTS_KEPT_MAX = 500

/** The load of a job that has ended. The documents are their writer's, the store only keeps them. */
export interface JobFiguresRecord {
  readonly recordsIn: number | null
  readonly recordsOut: number | null
  readonly figures: JsonValue
  /** Null when they are not kept (any more). */
  readonly charts: JsonValue
  readonly at: number
}

export interface NewJob {
  readonly id: string
  readonly name: string
  readonly parallelism: number
  readonly maxParallelism: number
  readonly owner: string | null
  readonly submittedAt: number
  /** Absent: none. */
  readonly reason?: string | null
  /** What it is deployed from: the draft remembers the job, too. */
  readonly draft?: DraftRevision
}

/** One text of one draft. */
export interface DraftRevision {
  readonly draftId: string
  readonly revision: number
}

/** Settings that a job runs with, after the graph's, the submission's and the cluster's have been merged. */
export interface JobSettings {
  readonly parallelism: number
  readonly checkpointing: CheckpointingConfig | null
  readonly restart: RestartStrategy | null
  readonly stateBackend: 'rocksdb' | 'memory' | null
}

export type SourceKind = 'ts' | 'js' | 'json'

export interface NewJobVersion {
  readonly sourceKind: SourceKind
  /** As the client named it, for people; never used as a path. */
  readonly fileName: string
  readonly sourceText: string
  /** What the slots evaluate. */
  readonly bundleText: string
  readonly graph: JobGraph
  readonly graphHash: string
  readonly settings: JobSettings
  readonly places: SourcePlaces
  readonly createdAt: number
}

/** Where operators are described in the source, by uid; none for a JSON job. As in errors: line from 1, column from 0. */
export type SourcePlaces = Readonly<Record<string, { readonly line: number; readonly column: number }>>

export interface JobVersionRecord extends NewJobVersion {
  readonly jobId: string
  readonly version: number
}

/** What changes in a job. An absent field stays as it is; null clears. */
export interface JobChange {
  readonly status?: JobStatus
  readonly parallelism?: number
  readonly restarts?: number
  readonly reason?: string | null
  readonly error?: JobError | null
  readonly startedAt?: number | null
  readonly finishedAt?: number | null
  /** Refused with CONFLICT when the job's status is none of these. */
  readonly expected?: readonly JobStatus[]
  /** Goes to the job's history in the same transaction. */
  readonly event?: Omit<NewJobEvent, 'jobId'>
}

export interface JobQuery {
  readonly statuses?: readonly JobStatus[]
  readonly owner?: string
  /** Case does not matter. */
  readonly nameContains?: string
  /** 1 to PAGE_ROWS_MAX. */
  readonly limit?: number
  /** `next` of the page before. */
  readonly before?: number
}

/** A page, newest first. `next` is null on the last one. */
export interface Page<T> {
  readonly rows: readonly T[]
  readonly next: number | null
}

export interface PageQuery {
  readonly limit?: number
  readonly before?: number
}

export type AttemptStatus = 'RUNNING' | 'FINISHED' | 'FAILED' | 'CANCELED'

export interface AttemptRecord {
  readonly jobId: string
  /** From 1. */
  readonly attempt: number
  readonly status: AttemptStatus
  readonly startedAt: number
  readonly endedAt: number | null
  readonly cause: JobError | null
}

export interface AttemptEnd {
  readonly status: Exclude<AttemptStatus, 'RUNNING'>
  readonly at: number
  readonly cause: JobError | null
}

export interface NewJobException extends JobError {
  readonly jobId: string
  readonly attempt: number
}

export interface JobExceptionRecord extends NewJobException {
  readonly id: number
}

export interface NewJobEvent {
  readonly jobId: string
  readonly attempt: number | null
  /** A word for programs, e.g. `STATUS`, `RESTART`. */
  readonly kind: string
  /** A sentence for people. */
  readonly message: string
  readonly detail: JsonValue
  readonly at: number
}

export interface JobEventRecord extends NewJobEvent {
  readonly id: number
}

export interface TaskManagerSeen {
  readonly id: string
  readonly host: string
  readonly incarnation: string
  readonly slots: number
  readonly at: number
}

export interface TaskManagerRecord {
  readonly id: string
  readonly host: string
  readonly incarnation: string
  readonly slots: number
  readonly status: 'ACTIVE' | 'LOST'
  readonly firstSeenAt: number
  readonly lastHeartbeat: number
  readonly lostAt: number | null
}

export interface LeaseRequest {
  /** Who asks. Unique per process, but where an outer lock (the embedded database's) makes sure that only one runs. */
  readonly holder: string
  /** host:port where the holder serves; a standby hands it on. */
  readonly address: string | null
  readonly ttlMs: number
}

export type LeaseAnswer =
  | { readonly acquired: true; readonly epoch: number }
  | { readonly acquired: false; readonly holder: string; readonly address: string | null; readonly epoch: number }

export interface LeaseRecord {
  readonly holder: string | null
  readonly address: string | null
  readonly epoch: number
  readonly ttlMs: number
  /** By the holder's wall clock, for people. */
  readonly expiresAt: number
}

export type Role = 'viewer' | 'operator' | 'developer' | 'admin'

export interface UserRecord {
  readonly id: string
  /** Unique. */
  readonly name: string
  readonly displayName: string
  readonly createdAt: number
}

export interface TeamRecord {
  readonly id: string
  /** Unique. */
  readonly name: string
  readonly createdAt: number
}

export interface MembershipRecord {
  readonly userId: string
  readonly teamId: string
  readonly role: Role
  readonly seeRecords: boolean
}

/** What a token, link or session allows. The words are the authorisation's, the store only keeps them. */
interface Grant {
  readonly userId: string | null
  readonly scopes: readonly string[]
  readonly createdAt: number
}

export interface NewToken extends Grant {
  readonly id: string
  /** Of the secret, which the store never sees. Unique. */
  readonly hash: string
  readonly name: string
  /** Null: until it is revoked. */
  readonly expiresAt: number | null
}

export interface TokenRecord extends NewToken {
  readonly lastUsedAt: number | null
}

export interface NewLoginLink extends Grant {
  readonly hash: string
  readonly expiresAt: number
}

export interface SessionRecord extends Grant {
  readonly hash: string
  readonly expiresAt: number
}

export interface NewAuditEntry {
  readonly at: number
  readonly actor: string
  readonly action: string
  readonly target: string | null
  readonly origin: string | null
  readonly detail: JsonValue
}

export interface AuditRecord extends NewAuditEntry {
  readonly id: number
}
