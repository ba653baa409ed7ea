import type { DraftRecord, DraftSave, DraftSummaryRecord, DraftVersionRecord, NewDraftRecord } from './draft-records.ts'
import type {
  AttemptEnd,
  AttemptRecord,
  AuditRecord,
  JobChange,
  JobEventRecord,
  JobExceptionRecord,
  JobFiguresRecord,
  JobQuery,
  JobRecord,
  JobStatus,
  JobVersionRecord,
  JsonValue,
  LeaseAnswer,
  LeaseRecord,
  LeaseRequest,
  MembershipRecord,
  NewAuditEntry,
  NewJob,
  NewJobEvent,
  NewJobException,
  NewJobVersion,
  NewLoginLink,
  NewToken,
  Page,
  PageQuery,
  SessionRecord,
  TaskManagerRecord,
  TaskManagerSeen,
  TeamRecord,
  TokenRecord,
  UserRecord,
} from './records.ts'

/**
 * The JobManager's memory: everything that must outlive its process.
 *
 * Guarantees:
 * - A write that has resolved is durable; each method is one transaction, all of it or nothing.
 * - Every write but those of LeaseStore takes the leader's epoch and is refused with FENCED, without effect, unless
 *   exactly that epoch holds the lease when the transaction commits.
 * - Writes take effect in the order in which they were called, awaited or not. A read sees the writes that had resolved
 *   before it was called.
 * - Failures of the database reject the call with DATABASE and change nothing else: the next call tries a new
 *   connection. When a connection breaks during a commit the outcome is unknown: read back before deciding.
 * - NUL characters cannot be stored. In messages for people they are replaced by U+FFFD, in sources they are refused.
 */
export interface MetaStore {
  readonly jobs: JobStore
  readonly cluster: ClusterStore
  readonly leases: LeaseStore
  readonly auth: AuthStore
  readonly drafts: DraftStore
}

/** What a method does with the database: writes are run one at a time in the order of the calls, the others beside them. */
export type MethodKind = 'read' | 'write' | 'lease'

type MethodTable = {
  readonly [Part in keyof MetaStore]: Readonly<Record<keyof MetaStore[Part], MethodKind>>
}

/** All methods. One that is missing here, or too much, does not compile. */
export const META_STORE_METHODS: MethodTable = {
  jobs: {
    createJob: 'write',
    addJobVersion: 'write',
    updateJob: 'write',
    deleteJob: 'write',
    getJob: 'read',
    getJobVersion: 'read',
    getJobWithVersion: 'read',
    listJobs: 'read',
    countJobs: 'read',
    startAttempt: 'write',
    endAttempt: 'write',
    listAttempts: 'read',
    recordException: 'write',
    listExceptions: 'read',
    appendJobEvent: 'write',
    listJobEvents: 'read',
    putJobFigures: 'write',
    getJobFigures: 'read',
  },
  cluster: {
    upsertTaskManager: 'write',
    recordHeartbeats: 'write',
    markTaskManagerLost: 'write',
    forgetTaskManagers: 'write',
    listTaskManagers: 'read',
    getSetting: 'read',
    putSetting: 'write',
    appendAudit: 'write',
    listAudit: 'read',
  },
  leases: { acquireLease: 'lease', renewLease: 'lease', releaseLease: 'lease', readLease: 'lease' },
  auth: {
    ensureUser: 'write',
    getUser: 'read',
    ensureTeam: 'write',
    putMembership: 'write',
    listMemberships: 'read',
    createToken: 'write',
    findToken: 'read',
    touchToken: 'write',
    listTokens: 'read',
    revokeToken: 'write',
    createLoginLink: 'write',
    consumeLoginLink: 'write',
    createSession: 'write',
    findSession: 'read',
    deleteSession: 'write',
    deleteExpired: 'write',
  },
  drafts: {
    createDraft: 'write',
    saveDraft: 'write',
    renameDraft: 'write',
    deleteDraft: 'write',
    getDraft: 'read',
    listDrafts: 'read',
    listDraftVersions: 'read',
    getDraftSource: 'read',
  },
}

export interface JobStore {
  /**
   * The job in status CREATED with its version 1, and a SUBMITTED event. With a draft: that one's latest job from now on,
   * and a `deployed` entry of its history. CONFLICT when the id is taken, NOT_FOUND when the draft is not there.
   */
  createJob(epoch: number, job: NewJob, version: NewJobVersion): Promise<JobRecord>
  /** The next version of a job, which becomes its latest. */
  addJobVersion(epoch: number, jobId: string, version: NewJobVersion): Promise<JobVersionRecord>
  /** NOT_FOUND for an unknown job, CONFLICT when its status is not among `expected`. */
  updateJob(epoch: number, jobId: string, change: JobChange): Promise<JobRecord>
  /**
   * Removes an ended job and all that belongs to it; a draft whose latest job it was has the newest of its other jobs
   * then, one that has not ended before one that has. NOT_FOUND, or CONFLICT while it has not ended.
   */
  deleteJob(epoch: number, jobId: string): Promise<void>
  getJob(jobId: string): Promise<JobRecord | null>
  /** The latest version, or the one asked for. */
  getJobVersion(jobId: string, version?: number): Promise<JobVersionRecord | null>
  /** The job and its latest version, read at one moment. */
  getJobWithVersion(jobId: string): Promise<{ job: JobRecord; version: JobVersionRecord } | null>
  /** Newest first. */
  listJobs(query: JobQuery): Promise<Page<JobRecord>>
  /** How many jobs there are in each status, zeros included. */
  countJobs(): Promise<Record<JobStatus, number>>
  /** Idempotent. STALE_ATTEMPT when the job has had a later attempt. */
  startAttempt(epoch: number, jobId: string, attempt: number, at: number): Promise<void>
  /** False when it had ended before; then nothing changes. */
  endAttempt(epoch: number, jobId: string, attempt: number, end: AttemptEnd): Promise<boolean>
  /** Latest attempt first. */
  listAttempts(jobId: string, query?: PageQuery): Promise<Page<AttemptRecord>>
  /** Keeps the newest EXCEPTIONS_PER_JOB_MAX of a job. */
  recordException(epoch: number, exception: NewJobException): Promise<void>
  listExceptions(jobId: string, query?: PageQuery): Promise<Page<JobExceptionRecord>>
  /** Keeps the newest EVENTS_PER_JOB_MAX of a job. */
  appendJobEvent(epoch: number, event: NewJobEvent): Promise<void>
  /** Newest first. */
  listJobEvents(jobId: string, query?: PageQuery): Promise<Page<JobEventRecord>>
  /** Keeps the last figures of a job, in place of those before; the charts of the newest CHARTS_KEPT_MAX. NOT_FOUND. */
  putJobFigures(epoch: number, jobId: string, figures: JobFiguresRecord): Promise<void>
  /** Null for a job that has not ended, or whose figures nobody has kept. */
  getJobFigures(jobId: string): Promise<JobFiguresRecord | null>
}

export interface ClusterStore {
  /** Registers a TaskManager, or its new incarnation: ACTIVE from now on. */
  upsertTaskManager(epoch: number, seen: TaskManagerSeen): Promise<TaskManagerRecord>
  /** Notes heartbeats; those of an incarnation that is no longer ACTIVE have no effect. */
  recordHeartbeats(epoch: number, beats: readonly Pick<TaskManagerSeen, 'id' | 'incarnation' | 'at'>[]): Promise<void>
  /** False when this incarnation is not the one that is ACTIVE: a newer one has registered, or it is LOST already. */
  markTaskManagerLost(epoch: number, id: string, incarnation: string, at: number): Promise<boolean>
  /** Removes LOST ones that were lost before a time; returns how many. */
  forgetTaskManagers(epoch: number, lostBefore: number): Promise<number>
  /** By id. */
  listTaskManagers(): Promise<readonly TaskManagerRecord[]>
  getSetting(key: string): Promise<JsonValue | undefined>
  putSetting(epoch: number, key: string, value: JsonValue, at: number): Promise<void>
  appendAudit(epoch: number, entry: NewAuditEntry): Promise<void>
  /** Newest first. */
  listAudit(query?: PageQuery): Promise<Page<AuditRecord>>
}

/**
 * Who leads. No wall clock decides: a waiter takes over when it has itself watched the lease stand still for the
 * lease's time to live, by its monotonic clock.
 */
export interface LeaseStore {
  /**
   * Asks to lead; a standby calls this again and again. Given at once when nobody leads (never, or released) or the
   * holder is the asker itself (a restart); taken over when this store object has seen no renewal for `ttlMs`. Every
   * acquisition raises the epoch by one.
   */
  acquireLease(request: LeaseRequest): Promise<LeaseAnswer>
  /**
   * Call it at least three times per `ttlMs`. FENCED when somebody else leads now: stop at once. A holder that cannot
   * renew for `ttlMs` must take it that it has lost the lease.
   */
  renewLease(holder: string, epoch: number): Promise<void>
  /** So that a standby need not wait. No effect when the lease is not this holder's any more. */
  releaseLease(holder: string, epoch: number): Promise<void>
  readLease(): Promise<LeaseRecord | null>
}

export interface AuthStore {
  /** By name: the user that is there, or this one. */
  ensureUser(epoch: number, user: UserRecord): Promise<UserRecord>
  getUser(id: string): Promise<UserRecord | null>
  /** By name: the team that is there, or this one. */
  ensureTeam(epoch: number, team: TeamRecord): Promise<TeamRecord>
  /** NOT_FOUND when user or team does not exist. */
  putMembership(epoch: number, membership: MembershipRecord): Promise<void>
  listMemberships(userId: string): Promise<readonly MembershipRecord[]>

  createToken(epoch: number, token: NewToken): Promise<void>
  /** Null when unknown or expired at `now`. */
  findToken(hash: string, now: number): Promise<TokenRecord | null>
  /** Notes the use of a token; meant to be called now and then, not for every request. */
  touchToken(epoch: number, id: string, at: number): Promise<void>
  /** Newest first, expired ones included. */
  listTokens(): Promise<readonly TokenRecord[]>
  /** False when there is none. */
  revokeToken(epoch: number, id: string): Promise<boolean>

  createLoginLink(epoch: number, link: NewLoginLink): Promise<void>
  /** Uses the link up: of any number of concurrent calls exactly one gets it. Null when unknown, used or expired. */
  consumeLoginLink(epoch: number, hash: string, now: number): Promise<NewLoginLink | null>
  createSession(epoch: number, session: SessionRecord): Promise<void>
  /** Null when unknown or expired at `now`. */
  findSession(hash: string, now: number): Promise<SessionRecord | null>
  /** False when there is none. */
  deleteSession(epoch: number, hash: string): Promise<boolean>
  /** Removes sessions, links and tokens that expired before `now`; returns how many. */
  deleteExpired(epoch: number, now: number): Promise<number>
}

/** Pipelines that people write, with their history. Every method throws NOT_FOUND for an unknown draft, but `getDraft`. */
export interface DraftStore {
  /** Revision 1. CONFLICT when the id is taken, or when there are DRAFTS_MAX already. */
  createDraft(epoch: number, draft: NewDraftRecord): Promise<DraftRecord>
  /**
   * Writes the text as the next revision when `baseRevision` is the stored one, and says so by `saved`; else nothing is
   * written. A text that is stored already counts as saved, so that a call may be repeated. `draft`: what is stored then.
   */
  saveDraft(epoch: number, save: DraftSave): Promise<{ readonly saved: boolean; readonly draft: DraftRecord }>
  renameDraft(epoch: number, draftId: string, name: string): Promise<DraftSummaryRecord>
  /** With its history; jobs that were deployed from it stay. */
  deleteDraft(epoch: number, draftId: string): Promise<void>
  getDraft(draftId: string): Promise<DraftRecord | null>
  /** Edited last comes first. */
  listDrafts(): Promise<readonly DraftSummaryRecord[]>
  /** Newest first. */
  listDraftVersions(draftId: string): Promise<readonly DraftVersionRecord[]>
  /** The text of the latest revision, or of one in the history. NOT_FOUND for one that is neither. */
  getDraftSource(draftId: string, revision: number): Promise<string>
}
