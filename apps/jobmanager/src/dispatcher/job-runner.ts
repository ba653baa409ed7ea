import type { JobEffect, JobFault, JobRecord } from '@weir/control/job/job-effect'
import type { EventTime, JobEventBody } from '@weir/control/job/job-event'
import type { JobMaster } from '@weir/control/job/job-master'
import { isEnded } from '@weir/control/job/public-status'
import { WeirError } from '@weir/engine/base/errors'
import type { Platform, TimerHandle } from '@weir/engine/base/platform'
import type { Logger } from '@weir/process/logging'
import type { JobStore } from '../store/meta-store.ts'
import type { JobError, JsonValue } from '../store/records.ts'
import { isCommand, type JobCode, JobCommands } from './job-commands.ts'
import { JobJournal } from './job-journal.ts'
import { LogWords } from './log-words.ts'
import type { SourceCatalog } from './ports.ts'
import { RecentFailures } from './recent-failures.ts'
import type { TaskManagerDirectory } from './task-manager-directory.ts'

/** How long the end of a job may wait to be written before people see it all the same. */
const DURABLE_END_MS_MAX = 2_000

/** The kind of the history line that holds what a job has decided to commit. */
export const COMMIT_RECORDED = 'COMMIT_RECORDED'

export interface JobRunnerParts {
  readonly code: JobCode
  readonly master: JobMaster
  readonly store: JobStore
  readonly epoch: number
  readonly workdir: string
  readonly platform: Platform
  readonly logger: Logger
  readonly directory: TaskManagerDirectory
  readonly sources: SourceCatalog
  readonly requestSlots: (jobId: string, attempt: number, count: number) => void
  readonly releaseSlots: (jobId: string, attempt: number) => void
  /** What people see of the job has changed. */
  readonly onChanged: (runner: JobRunner) => void
  readonly onFenced: (error: WeirError) => void
}

/**
 * One job in this JobManager: feeds its JobMaster with events, one at a time, and carries out the effects. The end of a
 * job is shown when it is in the database, so that what a person has seen as finished does not run again after a crash.
 */
export class JobRunner {
  readonly jobId: string
  readonly master: JobMaster
  readonly code: JobCode
  /** Of its attempts, as far as this JobManager has seen them. */
  readonly failures = new RecentFailures()
  readonly #parts: JobRunnerParts
  readonly #commands: JobCommands
  readonly #words = new LogWords()
  readonly #journal: JobJournal
  readonly #timers = new Map<number, TimerHandle>()
  readonly #events: JobEventBody[] = []
  #handling = false
  #stopped = false
  #defects = 0
  #shown: JobRecord

  constructor(parts: JobRunnerParts) {
    const { code, master, directory, sources, epoch, workdir, platform, logger } = parts
    this.jobId = code.jobId
    this.master = master
    this.code = code
    this.#parts = parts
    this.#shown = master.record
    const post = (event: JobEventBody): void => this.post(event)
    this.#commands = new JobCommands({
      code,
      directory,
      sources,
      epoch,
      workdir,
      logger,
      timers: platform.timers,
      post,
    })
    this.#journal = new JobJournal({ timers: platform.timers, logger, onFenced: parts.onFenced })
  }

  /** What people see. */
  get record(): JobRecord {
    return this.#shown
  }

  get isLive(): boolean {
    return !isEnded(this.#shown.status)
  }

  /** Takes an event; what it leads to inside this process is done when it returns, unless an event is being handled. */
  post(event: JobEventBody): void {
    if (this.#stopped) return
    this.#events.push(event)
    if (this.#handling) return
    this.#handling = true
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) this.#handle(next)
    } finally {
      this.#handling = false
    }
    this.#parts.onChanged(this)
  }

  /** A line for the job's history that no event of its own makes. */
  note(kind: string, message: string): void {
    this.#history(kind, message, this.#now().wallMs)
  }

  /** All that has happened so far is in the database, or the time is over. */
  flushed(timeoutMs: number): Promise<void> {
    return this.#journal.flushed(timeoutMs)
  }

  /** Nothing more is done for the job; what is decided is still written. */
  stop(): void {
    this.#stopped = true
    this.#events.length = 0
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  #now(): EventTime {
    const { clock } = this.#parts.platform
    return { wallMs: clock.now(), monotonicMs: clock.monotonicMs() }
  }

  #handle(event: JobEventBody): void {
    try {
      for (const effect of this.master.handle({ ...event, at: this.#now() })) this.#carryOut(effect)
    } catch (thrown) {
      this.#onDefect(event, WeirError.from(thrown, 'ASSERTION'))
    }
  }

  /** A mistake of ours must not take the other jobs down: this one is ended. */
  #onDefect(event: JobEventBody, error: WeirError): void {
    this.#parts.logger.error(
      { err: error, event: event.type },
      `a defect while handling ${event.type}: ${error.message}`,
    )
    this.#exception(this.master.attempt, error, this.#now().wallMs)
    if (this.#defects++ === 0) this.#events.push({ type: 'cancel-requested' })
  }

  #carryOut(effect: JobEffect): void {
    if (isCommand(effect)) {
      this.#commands.carryOut(effect)
      return
    }
    const { store, epoch, requestSlots, releaseSlots } = this.#parts
    const { jobId } = this
    switch (effect.type) {
      case 'request-slots':
        requestSlots(jobId, effect.attempt, effect.count)
        return
      case 'release-slots':
        releaseSlots(jobId, effect.attempt)
        return
      case 'set-timer':
        this.#setTimer(effect.timer, effect.delayMs)
        return
      case 'cancel-timer':
        this.#timers.get(effect.timer)?.cancel()
        this.#timers.delete(effect.timer)
        return
      case 'record-commit':
        this.#recordCommit(effect.attempt, effect.token.record.committables as unknown as JsonValue)
        return
      case 'attempt-started': {
        const { attempt, atMs } = effect
        this.#journal.append('must', `the start of attempt ${attempt}`, () =>
          store.startAttempt(epoch, jobId, attempt, atMs),
        )
        return
      }
      case 'attempt-ended': {
        const { attempt, status, cause, atMs } = effect
        const end = { status, at: atMs, cause: cause === null ? null : jobError({ error: cause, attempt, atMs }) }
        // A job that ends before its first attempt, or is taken up again, may have none to end.
        this.#journal.append('must', `the end of attempt ${attempt}`, () =>
          attempt === 0 ? Promise.resolve() : store.endAttempt(epoch, jobId, attempt, end),
        )
        return
      }
      case 'exception':
        this.#exception(effect.attempt, effect.error, effect.atMs)
        return
      case 'history':
        this.#history(effect.kind, effect.message, effect.atMs)
        return
      case 'record-changed':
        this.#recordChanged(effect.record)
        return
    }
  }

  #setTimer(timer: number, delayMs: number): void {
    const handle = this.#parts.platform.timers.after(delayMs, () => {
      this.#timers.delete(timer)
      this.post({ type: 'timer', timer })
    })
    this.#timers.set(timer, handle)
  }

  #recordCommit(attempt: number, detail: JsonValue): void {
    const { store, epoch } = this.#parts
    const event = {
      jobId: this.jobId,
      attempt,
      kind: COMMIT_RECORDED,
      message: `attempt ${attempt} has finished; its output is made visible`,
      detail,
      at: this.#now().wallMs,
    }
    this.#journal.append(
      'must',
      `the commit of attempt ${attempt}`,
      () => store.appendJobEvent(epoch, event),
      () => this.post({ type: 'commit-recorded', attempt }),
    )
  }

  #exception(attempt: number, error: WeirError, atMs: number): void {
    const { store, epoch, logger } = this.#parts
    const { operator, subtask } = error.place
    logger.error({ attempt, operator, subtask, err: error }, this.#words.exception(attempt, error))
    const failure = { attempt, ...jobError({ error, attempt, atMs }) }
    this.failures.add(failure)
    const exception = { jobId: this.jobId, ...failure }
    this.#journal.append('note', 'an exception', () => store.recordException(epoch, exception))
  }

  #history(kind: string, message: string, atMs: number): void {
    const { store, epoch, logger } = this.#parts
    const attempt = this.master.attempt === 0 ? null : this.master.attempt
    logger.info({ attempt: attempt ?? undefined, kind }, this.#words.history(kind, message))
    const event = { jobId: this.jobId, attempt, kind, message, detail: null, at: atMs }
    this.#journal.append('note', 'a line of the history', () => store.appendJobEvent(epoch, event))
  }

  #recordChanged(record: JobRecord): void {
    const { store, epoch } = this.#parts
    const change = {
      status: record.status,
      restarts: record.restarts,
      reason: record.reason,
      error: record.error === null ? null : jobError(record.error),
      startedAt: record.startedAtMs,
      finishedAt: record.finishedAtMs,
    }
    this.#journal.append('record', 'the status', () => store.updateJob(epoch, this.jobId, change))
    if (!isEnded(record.status)) {
      this.#shown = record
      return
    }
    void this.#journal.flushed(DURABLE_END_MS_MAX).then(() => {
      if (this.#stopped) return
      this.#shown = record
      this.stop()
      this.#parts.onChanged(this)
    })
  }
}

/** The form in which a failure is kept and shown. */
export function jobError({ error, atMs }: JobFault): JobError {
  return {
    code: error.code,
    operator: error.place.operator ?? null,
    subtask: error.place.subtask ?? null,
    message: error.message,
    // Where Weir itself noticed a fault of the outside tells a person nothing.
    stack: error.domain === 'external' ? null : (error.stack ?? null),
    record: error.place.record ?? null,
    at: atMs,
  }
}
