import type { TaskManagerRef } from '@weir/control/job/job-event'
import { WeirError } from '@weir/engine/base/errors'
import type { Platform, TimerHandle } from '@weir/engine/base/platform'
import type { Logger } from '@weir/process/logging'
import type {
  AttemptRef,
  HeartbeatRequest,
  PublishRowsRequest,
  RegisterRequest,
  RegisterResponse,
  TaskEvents,
} from '@weir/proto/generated/weir/v1/cluster'
import type { SlotMetrics } from '@weir/proto/metrics'
import type { TaskManagerCalls } from '../adapters/grpc-server.ts'
import type { ClusterStore } from '../store/meta-store.ts'
import type { JobJournal } from './job-journal.ts'
import type { JobTable } from './job-table.ts'
import type { PublishedRows } from './published-rows.ts'
import type { SlotDesk } from './slot-desk.ts'
import { jobEventOf } from './task-events.ts'
import type { TaskManagerDirectory } from './task-manager-directory.ts'

export interface ClusterWatchParts {
  readonly store: ClusterStore
  readonly epoch: number
  readonly settings: { readonly heartbeatIntervalMs: number; readonly heartbeatTimeoutMs: number }
  readonly platform: Platform
  readonly logger: Logger
  readonly directory: TaskManagerDirectory
  readonly desk: SlotDesk
  readonly table: JobTable
  readonly rows: PublishedRows
  readonly journal: JobJournal
  /** One has come, or was lost. */
  readonly onTaskManagersChanged: () => void
}

/** Silence is looked for so often. */
const SILENCE_CHECK_MS = 250
/** Heartbeats are written to the database so often, for people who look after a restart. */
const BEATS_WRITTEN_MS = 10_000
const TASK_MANAGER_FORGOTTEN_MS = 24 * 3_600_000
/** A cancellation of what should not run is repeated so often. */
const STRAY_CANCEL_MS = 2_000
const STRAY_GRACE_MS = 500

/**
 * What TaskManagers say, and what follows from their silence: tells the jobs, keeps the list of TaskManagers, and ends
 * what still runs somewhere and nobody follows.
 */
export class ClusterWatch implements TaskManagerCalls {
  readonly epoch: number
  readonly #parts: ClusterWatchParts
  readonly #strayCancelsMs = new Map<string, number>()
  readonly #timers = new Map<string, TimerHandle>()
  #stopped = false

  constructor(parts: ClusterWatchParts) {
    this.#parts = parts
    this.epoch = parts.epoch
  }

  /** Reads which TaskManagers an earlier JobManager had, and waits for them before their jobs start again. */
  async start(): Promise<void> {
    const { store, platform, settings, directory, desk, journal } = this.#parts
    const forgetBefore = platform.clock.now() - TASK_MANAGER_FORGOTTEN_MS
    journal.append('note', 'the list of TaskManagers', () => store.forgetTaskManagers(this.epoch, forgetBefore))
    const before = await store.listTaskManagers()
    directory.remember(before.filter(({ status }) => status === 'LOST'))
    const active = before.filter(({ status }) => status === 'ACTIVE')
    desk.expect(
      active.map(({ id }) => id),
      settings.heartbeatTimeoutMs,
    )
    this.#every('silence', SILENCE_CHECK_MS, () => this.#checkSilence())
    this.#every('beats', BEATS_WRITTEN_MS, () => this.#writeBeats())
    this.#after('absent', settings.heartbeatTimeoutMs, () => this.#markAbsent(active))
  }

  /** Whatever TaskManagers say from now on is refused, and their end is no loss. */
  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  register(request: RegisterRequest): RegisterResponse {
    this.#refuseWhenStopped()
    const { platform, settings, logger, store, directory, desk, journal } = this.#parts
    const { lost, isNew } = directory.register(request)
    const { taskManagerId: id, incarnation, host, slots } = request
    const at = platform.clock.now()
    if (isNew) {
      logger.info({ taskManager: id, incarnation, slots }, `TaskManager ${id} has registered with ${slots} slots`)
      journal.append('must', `TaskManager ${id}`, () =>
        store.upsertTaskManager(this.epoch, { id, incarnation, host, slots, at }),
      )
    }
    if (lost !== null) this.#tellLost(lost.taskManager, lost.why)
    this.#cancelStrays({ id, incarnation }, request.attempts)
    desk.registered(id)
    desk.serve()
    if (isNew) this.#parts.onTaskManagersChanged()
    return {
      accepted: true,
      leaderAddress: '',
      leaderEpoch: this.epoch,
      heartbeatIntervalMs: settings.heartbeatIntervalMs,
      heartbeatTimeoutMs: settings.heartbeatTimeoutMs,
    }
  }

  heartbeat(request: HeartbeatRequest): TaskManagerRef {
    this.#refuseWhenStopped()
    const taskManager = this.#parts.directory.heartbeat(request)
    this.#takeMetrics(request.metrics)
    this.#cancelStrays(taskManager, request.attempts)
    this.#tellNotHeld(taskManager, request.attempts)
    this.#parts.desk.serve()
    return taskManager
  }

  disconnected(taskManager: TaskManagerRef, why: string): void {
    if (this.#stopped) return
    const lost = this.#parts.directory.lose(taskManager, why)
    if (lost !== null) this.#onLost(taskManager, why)
  }

  taskEvents(request: TaskEvents): void {
    this.#refuseWhenStopped()
    const taskManager = { id: request.taskManagerId, incarnation: request.incarnation }
    this.#parts.directory.check(taskManager)
    for (const event of request.events) {
      const runner = this.#parts.table.runner(event.jobId)
      runner?.post(jobEventOf(event, taskManager, runner.master.graph))
    }
  }

  publishRows(request: PublishRowsRequest): void {
    const { jobId, attempt, operator, subtask } = request
    const runner = this.#parts.table.find(jobId)?.runner
    if (runner === undefined || attempt !== runner.record.attempt) return
    const rows: unknown = JSON.parse(request.rows.toString('utf8'))
    if (!Array.isArray(rows)) throw new WeirError('PROTOCOL', 'published rows are no list')
    this.#parts.rows.add(jobId, attempt, operator, subtask, rows, this.#parts.platform.clock.now())
  }

  #onLost(taskManager: TaskManagerRef, why: string): void {
    const { store, platform } = this.#parts
    const at = platform.clock.now()
    this.#parts.journal.append('must', `the loss of TaskManager ${taskManager.id}`, () =>
      store.markTaskManagerLost(this.epoch, taskManager.id, taskManager.incarnation, at),
    )
    this.#tellLost(taskManager, why)
    this.#parts.desk.serve()
    this.#parts.onTaskManagersChanged()
  }

  #tellLost(taskManager: TaskManagerRef, why: string): void {
    this.#parts.logger.warn({ taskManager: taskManager.id }, `TaskManager ${taskManager.id} was lost: ${why}`)
    for (const runner of this.#parts.table.runners()) runner.post({ type: 'task-manager-lost', taskManager, why })
  }

  #checkSilence(): void {
    for (const { taskManager, why } of this.#parts.directory.loseSilent()) this.#onLost(taskManager, why)
  }

  #writeBeats(): void {
    const beats = this.#parts.directory.beats()
    // A database that is away needs no pile of old heartbeats.
    if (beats.length === 0 || this.#parts.journal.pending > 0) return
    this.#parts.journal.append('note', 'the heartbeats', () => this.#parts.store.recordHeartbeats(this.epoch, beats))
  }

  /** TaskManagers of an earlier JobManager that did not come back. */
  #markAbsent(before: readonly TaskManagerRef[]): void {
    const { store, platform } = this.#parts
    const at = platform.clock.now()
    const absent = before.filter(({ id }) => !this.#parts.directory.has(id))
    for (const { id, incarnation } of absent) {
      this.#parts.journal.append('must', `the loss of TaskManager ${id}`, async () => {
        await store.markTaskManagerLost(this.epoch, id, incarnation, at)
        const records = await store.listTaskManagers()
        this.#parts.directory.remember(records.filter(record => record.id === id && record.status === 'LOST'))
        this.#parts.onTaskManagersChanged()
      })
    }
  }

  /** Ends what a TaskManager runs and nobody here follows: attempts of an earlier JobManager, or of jobs that have ended. */
  #cancelStrays(taskManager: TaskManagerRef, held: readonly AttemptRef[]): void {
    const now = this.#parts.platform.clock.monotonicMs()
    for (const ref of held) {
      const followed =
        ref.leaderEpoch === this.epoch && this.#parts.table.runner(ref.jobId)?.master.attempt === ref.attempt
      if (followed) continue
      const key = `${taskManager.id}/${taskManager.incarnation}/${ref.jobId}/${ref.attempt}`
      if (now - (this.#strayCancelsMs.get(key) ?? Number.NEGATIVE_INFINITY) < STRAY_CANCEL_MS) continue
      this.#strayCancelsMs.set(key, now)
      const attempt = { ...ref, leaderEpoch: this.epoch }
      this.#parts.directory
        .gateway(taskManager)
        ?.cancel({ attempt, graceMs: STRAY_GRACE_MS })
        .catch((error: WeirError) => {
          this.#parts.logger.warn({ job: ref.jobId }, `attempt ${ref.attempt} was not ended: ${error.message}`)
        })
    }
    if (held.length === 0) this.#forgetStrays(taskManager)
  }

  #forgetStrays(taskManager: TaskManagerRef): void {
    for (const key of this.#strayCancelsMs.keys()) {
      if (key.startsWith(`${taskManager.id}/`)) this.#strayCancelsMs.delete(key)
    }
  }

  #tellNotHeld(taskManager: TaskManagerRef, held: readonly AttemptRef[]): void {
    const isHeld = (jobId: string, attempt: number): boolean =>
      held.some(ref => ref.jobId === jobId && ref.attempt === attempt)
    for (const runner of this.#parts.table.runners()) {
      const { attempt, state } = runner.master
      const ending = ['restarting', 'failing', 'cancelling', 'finishing'].includes(state.name)
      if (ending && !isHeld(runner.jobId, attempt)) runner.post({ type: 'attempt-not-held', attempt, taskManager })
    }
  }

  #takeMetrics(bytes: Buffer): void {
    if (bytes.byteLength === 0) return
    const { clock } = this.#parts.platform
    const slots = JSON.parse(bytes.toString('utf8')) as readonly SlotMetrics[]
    for (const slot of slots) this.#parts.table.find(slot.jobId)?.metrics.report(slot, clock.monotonicMs(), clock.now())
  }

  #refuseWhenStopped(): void {
    if (this.#stopped) throw new WeirError('CONNECTION_LOST', 'this JobManager is shutting down')
  }

  #after(name: string, delayMs: number, action: () => void): void {
    this.#timers.set(name, this.#parts.platform.timers.after(delayMs, action))
  }

  #every(name: string, intervalMs: number, action: () => void): void {
    this.#after(name, intervalMs, () => {
      action()
      this.#every(name, intervalMs, action)
    })
  }
}
