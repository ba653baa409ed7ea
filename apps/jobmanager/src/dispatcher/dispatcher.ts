import type { TaskManagerRef } from '@weir/control/job/job-event'
import { JobMaster, type JobMasterOptions } from '@weir/control/job/job-master'
import { ResourceManager } from '@weir/control/resources/resource-manager'
import { type PlacementName, placementOf } from '@weir/control/scheduling/placement'
import { WeirError } from '@weir/engine/base/errors'
import { newJobId } from '@weir/engine/base/ids'
import type { Platform, TimerHandle } from '@weir/engine/base/platform'
import { executionGraph } from '@weir/engine/graph/execution-graph'
import { jobLogger, type Logger } from '@weir/process/logging'
import type {
  AttemptRef,
  HeartbeatRequest,
  PublishRowsRequest,
  RegisterRequest,
  RegisterResponse,
  TaskEvents,
} from '@weir/proto/generated/weir/v1/cluster'
import type { SlotMetrics } from '@weir/proto/metrics'
import type { PreparedJob } from '@weir/submission/prepare-job'
import { decodeSource } from '@weir/submission/source-text'
import type { TaskManagerCalls } from '../adapters/grpc-server.ts'
import { JobMetrics } from '../metrics/job-metrics.ts'
import type { MetaStore } from '../store/meta-store.ts'
import { type JobVersionRecord, type NewJobVersion, PAGE_ROWS_MAX } from '../store/records.ts'
import { fromStoredBundle, toStoredBundle } from '../submission/stored-bundle.ts'
import type {
  ClusterMetrics,
  ControlPlane,
  JobException,
  JobHistoryEvent,
  JobMetricsView,
  JobStatusView,
  JobSummary,
  PublicJobStatus,
  PublishedRow,
  SubmitRequest,
  TaskManagerView,
  ValidatedJob,
} from './control-plane.ts'
import { JobIndex } from './job-index.ts'
import { JobJournal } from './job-journal.ts'
import { JobRunner } from './job-runner.ts'
import { failureOf, liveStatusView, storedStatusView } from './job-views.ts'
import type { GatewayFactory, GraphChecks, JobPreparer, SourceCatalog } from './ports.ts'
import { PublishedRows } from './published-rows.ts'
import { findUnfinished, type UnfinishedJob, type UnreadableJob } from './recovery.ts'
import { SlotDesk } from './slot-desk.ts'
import { jobEventOf } from './task-events.ts'
import { TaskManagerDirectory } from './task-manager-directory.ts'

export interface DispatcherSettings {
  readonly heartbeatIntervalMs: number
  readonly heartbeatTimeoutMs: number
  readonly slotPlacement: PlacementName
  readonly workdir: string
}

export interface DispatcherParts {
  readonly store: Pick<MetaStore, 'jobs' | 'cluster'>
  /** Of the lease that this JobManager leads with. */
  readonly epoch: number
  readonly settings: DispatcherSettings
  readonly platform: Platform
  readonly logger: Logger
  readonly preparer: JobPreparer
  readonly sources: SourceCatalog
  readonly checks: GraphChecks
  readonly gatewayFor: GatewayFactory
  /** Another JobManager leads: this process has to end. */
  readonly onFenced: (error: WeirError) => void
  readonly timings?: JobMasterOptions['timings']
}

/** Silence is looked for so often. */
const SILENCE_CHECK_MS = 250
/** Heartbeats are written to the database so often, for people who look after a restart. */
const BEATS_WRITTEN_MS = 10_000
const TASK_MANAGER_FORGOTTEN_MS = 24 * 3_600_000
/** A cancellation of what should not run is repeated so often. */
const STRAY_CANCEL_MS = 2_000
const STRAY_GRACE_MS = 500
/** Ended jobs whose last subtasks and metrics are kept in memory. */
const ENDED_KEPT_MAX = 200
/** How long a read of a job's history waits for what is not written yet. */
const FLUSH_WAIT_MS = 1_000

const CHECKPOINTS_MISSING =
  'checkpoints are not there in this version: the settings are kept, and after a failure the job starts from the beginning'

/** What is known of a job in the hands of this JobManager, or that ended in them. */
interface Entry {
  readonly runner: JobRunner
  readonly metrics: JobMetrics
}

/**
 * The heart of the JobManager: one JobRunner per job, the TaskManagers, and the answers to the API. Everything here
 * happens on one thread, step by step; whatever takes time (database, bundling, sandbox) is done elsewhere and awaited.
 */
export class Dispatcher implements ControlPlane, TaskManagerCalls {
  readonly epoch: number
  readonly #parts: DispatcherParts
  readonly #resources: ResourceManager
  readonly #directory: TaskManagerDirectory
  readonly #desk: SlotDesk
  readonly #rows = new PublishedRows()
  readonly #index = new JobIndex()
  readonly #entries = new Map<string, Entry>()
  readonly #ended = new Map<string, Entry>()
  readonly #clusterJournal: JobJournal
  readonly #waiters = new Set<() => void>()
  readonly #strayCancels = new Map<string, number>()
  readonly #timers = new Map<string, TimerHandle>()
  #stopped = false

  constructor(parts: DispatcherParts) {
    const { epoch, settings, platform, logger, gatewayFor, onFenced } = parts
    this.epoch = epoch
    this.#parts = parts
    this.#resources = new ResourceManager(placementOf(settings.slotPlacement), settings.heartbeatTimeoutMs)
    this.#directory = new TaskManagerDirectory(this.#resources, gatewayFor, platform.clock, epoch)
    this.#clusterJournal = new JobJournal({ timers: platform.timers, logger, onFenced })
    this.#desk = new SlotDesk({
      resources: this.#resources,
      timers: platform.timers,
      onGranted: ({ jobId, attempt, slots }) =>
        this.#entries.get(jobId)?.runner.post({ type: 'slots-allocated', attempt, slots }),
      onWaiting: ({ jobId, attempt, free }) =>
        this.#entries.get(jobId)?.runner.post({ type: 'slots-waiting', attempt, free }),
    })
  }

  /** Takes up what an earlier JobManager left. Calls of TaskManagers and users may come when it has resolved. */
  async start(): Promise<void> {
    await this.#loadIndex()
    const { cluster, jobs } = this.#parts.store
    const now = this.#parts.platform.clock.now()
    const forgetBefore = now - TASK_MANAGER_FORGOTTEN_MS
    this.#clusterJournal.append('note', 'the list of TaskManagers', () =>
      cluster.forgetTaskManagers(this.epoch, forgetBefore),
    )
    const before = await cluster.listTaskManagers()
    this.#directory.remember(before.filter(({ status }) => status === 'LOST'))
    const unfinished = await findUnfinished(jobs)
    const active = before.filter(({ status }) => status === 'ACTIVE')
    this.#desk.expect(
      active.map(({ id }) => id),
      this.#parts.settings.heartbeatTimeoutMs,
    )
    this.#every('silence', SILENCE_CHECK_MS, () => this.#checkSilence())
    this.#every('beats', BEATS_WRITTEN_MS, () => this.#writeBeats())
    this.#after('absent', this.#parts.settings.heartbeatTimeoutMs, () =>
      this.#markAbsent(active.map(({ id, incarnation }) => ({ id, incarnation }))),
    )
    for (const job of unfinished.unreadable) await this.#giveUp(job)
    for (const job of unfinished.jobs) this.#takeUp(job)
  }

  /** Ends at once what this process does; what was decided is written, within `timeoutMs`. TaskManagers are not told. */
  async stop(timeoutMs: number): Promise<void> {
    this.#stopped = true
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
    this.#desk.close()
    const runners = [...this.#entries.values()].map(({ runner }) => runner)
    for (const runner of runners) runner.stop()
    await Promise.all([this.#clusterJournal, ...runners].map(each => each.flushed(timeoutMs)))
    this.#directory.close()
  }

  // calls of TaskManagers

  register(request: RegisterRequest): RegisterResponse {
    this.#refuseWhenStopped()
    const { lost, isNew } = this.#directory.register(request)
    const { platform, settings, logger, store } = this.#parts
    const { taskManagerId: id, incarnation, host, slots } = request
    const at = platform.clock.now()
    if (isNew) {
      logger.info({ taskManager: id, incarnation, slots }, `TaskManager ${id} has registered with ${slots} slots`)
      this.#clusterJournal.append('must', `TaskManager ${id}`, () =>
        store.cluster.upsertTaskManager(this.epoch, { id, incarnation, host, slots, at }),
      )
    }
    if (lost !== null) this.#tellLost(lost.taskManager, lost.why)
    this.#cancelStrays({ id, incarnation }, request.attempts)
    this.#desk.registered(id)
    this.#desk.serve()
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
    const taskManager = this.#directory.heartbeat(request)
    this.#takeMetrics(request.metrics)
    this.#cancelStrays(taskManager, request.attempts)
    this.#tellNotHeld(taskManager, request.attempts)
    this.#desk.serve()
    return taskManager
  }

  disconnected(taskManager: TaskManagerRef, why: string): void {
    if (this.#stopped) return
    const lost = this.#directory.lose(taskManager, why)
    if (lost !== null) this.#onLost(taskManager, why)
  }

  taskEvents(request: TaskEvents): void {
    this.#refuseWhenStopped()
    const taskManager = { id: request.taskManagerId, incarnation: request.incarnation }
    this.#directory.check(taskManager)
    for (const event of request.events) {
      const runner = this.#entries.get(event.jobId)?.runner
      runner?.post(jobEventOf(event, taskManager, runner.master.graph))
    }
  }

  publishRows(request: PublishRowsRequest): void {
    const { jobId, attempt, operator, subtask } = request
    const runner = this.#entries.get(jobId)?.runner ?? this.#ended.get(jobId)?.runner
    if (runner === undefined || attempt !== runner.record.attempt) return
    const rows: unknown = JSON.parse(request.rows.toString('utf8'))
    if (!Array.isArray(rows)) throw new WeirError('PROTOCOL', 'published rows are no list')
    this.#rows.add(jobId, attempt, operator, subtask, rows, this.#parts.platform.clock.now())
  }

  // the API

  role(): 'leader' {
    return 'leader'
  }

  async submit(request: SubmitRequest): Promise<{ jobId: string; status: PublicJobStatus }> {
    this.#refuseWhenStopped()
    this.#requireTaskManagers()
    const prepared = await this.#prepare(request)
    this.#requireTaskManagers()
    const { store, platform } = this.#parts
    const { graph } = prepared
    const at = platform.clock.now()
    const job = await store.jobs.createJob(
      this.epoch,
      {
        id: newJobId(platform.random),
        name: graph.name,
        parallelism: graph.parallelism,
        maxParallelism: graph.maxParallelism,
        owner: request.user,
        submittedAt: at,
      },
      versionOf(prepared, at),
    )
    this.#refuseWhenStopped()
    this.#index.add(job)
    const runner = this.#launch(job.id, prepared, { order: job.seq, recovered: false })
    this.#remark(runner, prepared)
    runner.post({ type: 'start' })
    await this.#until(() => !runner.isLive || hasRun(runner), request.waitMs)
    return { jobId: job.id, status: runner.record.status }
  }

  async validate(request: SubmitRequest): Promise<ValidatedJob> {
    const { graph, graphHash, warnings } = await this.#prepare(request)
    const slotsNeeded = executionGraph(graph).slotCount
    const slotsFree = this.#resources.freeSlots
    const notices = [...warnings.map(({ message }) => message)]
    if (graph.checkpointing !== undefined) notices.push(CHECKPOINTS_MISSING)
    if (slotsNeeded > slotsFree)
      notices.push(`the job would wait: it needs ${slotsNeeded} slots, ${slotsFree} are free`)
    return { graph, graphHash, slotsNeeded, slotsFree, warnings: notices }
  }

  async listJobs(): Promise<readonly JobSummary[]> {
    return this.jobs()
  }

  async jobStatus(jobId: string): Promise<JobStatusView> {
    const entry = this.#entries.get(jobId) ?? this.#ended.get(jobId)
    const summary = this.#index.get(jobId)
    if (entry !== undefined && summary !== undefined) return liveStatusView(entry.runner, summary)
    const found = await this.#stored(jobId)
    return storedStatusView(found.job, executionGraph(found.version.graph))
  }

  async jobMetrics(jobId: string): Promise<JobMetricsView> {
    const now = this.#parts.platform.clock.monotonicMs()
    const entry = this.#entries.get(jobId) ?? this.#ended.get(jobId)
    if (entry !== undefined) return entry.metrics.view(jobId, entry.runner.master.state.name === 'running', now)
    const { version } = await this.#stored(jobId)
    return new JobMetrics(executionGraph(version.graph)).view(jobId, false, now)
  }

  async jobSource(jobId: string): ReturnType<ControlPlane['jobSource']> {
    const { version } = await this.#stored(jobId)
    return { graph: version.graph, source: version.sourceText, fileName: version.fileName }
  }

  async jobExceptions(jobId: string): Promise<readonly JobException[]> {
    await this.#requireJob(jobId)
    const { rows } = await this.#parts.store.jobs.listExceptions(jobId, { limit: PAGE_ROWS_MAX })
    return rows.map(row => ({ ...failureOf(row), attempt: row.attempt }))
  }

  async jobHistory(jobId: string): Promise<readonly JobHistoryEvent[]> {
    await this.#requireJob(jobId)
    const { rows } = await this.#parts.store.jobs.listJobEvents(jobId, { limit: PAGE_ROWS_MAX })
    return rows.map(({ at, kind, message }) => ({ at, type: kind, message })).reverse()
  }

  async jobRows(jobId: string, operator?: string): Promise<readonly PublishedRow[]> {
    await this.#requireJob(jobId)
    return this.#rows.read(jobId, operator)
  }

  async cancel(jobId: string): Promise<{ accepted: boolean; status: PublicJobStatus }> {
    this.#refuseWhenStopped()
    const runner = this.#entries.get(jobId)?.runner
    if (runner === undefined || !runner.isLive) return { accepted: false, status: await this.#statusOf(jobId) }
    const before = runner.master.record.status
    runner.post({ type: 'cancel-requested' })
    const after = runner.master.record.status
    const accepted = before !== after
    // One that had nothing to end is CANCELED already, which is shown when it is written.
    return { accepted, status: accepted && after === 'CANCELED' ? 'CANCELLING' : runner.record.status }
  }

  async deleteJob(jobId: string): Promise<void> {
    const runner = this.#entries.get(jobId)?.runner
    if (runner?.isLive) {
      throw new WeirError('CONFLICT', `job ${jobId} is ${runner.record.status}; cancel it before it can be deleted`)
    }
    await runner?.flushed(FLUSH_WAIT_MS)
    await this.#parts.store.jobs.deleteJob(this.epoch, jobId)
    this.#index.remove(jobId)
    this.#ended.delete(jobId)
    this.#entries.delete(jobId)
    this.#rows.forget(jobId)
  }

  async taskManagers(): Promise<readonly TaskManagerView[]> {
    return this.#directory.views()
  }

  async clusterMetrics(): Promise<ClusterMetrics> {
    const views = this.#directory.views()
    const jobs = this.#index.newestFirst()
    const totalSlots = this.#resources.totalSlots
    const availableSlots = this.#resources.freeSlots
    return {
      totalTaskManagers: views.length,
      activeTaskManagers: this.#directory.count,
      totalSlots,
      availableSlots,
      utilization: totalSlots === 0 ? 0 : (totalSlots - availableSlots) / totalSlots,
      totalJobs: jobs.length,
      runningJobs: jobs.filter(({ status }) => status === 'RUNNING').length,
    }
  }

  /** Newest first. */
  jobs(): readonly JobSummary[] {
    return this.#index.newestFirst()
  }

  /** For /metrics: the jobs that have not ended. */
  liveJobs(): { jobId: string; restarts: number; metrics: JobMetricsView }[] {
    const now = this.#parts.platform.clock.monotonicMs()
    return [...this.#entries.values()]
      .filter(({ runner }) => runner.isLive)
      .map(({ runner, metrics }) => ({
        jobId: runner.jobId,
        restarts: runner.record.restarts,
        metrics: metrics.view(runner.jobId, runner.master.state.name === 'running', now),
      }))
  }

  // inside

  async #prepare(request: SubmitRequest): Promise<PreparedJob> {
    if (request.fromSavepoint !== undefined) {
      throw new WeirError('UNSUPPORTED', 'savepoints are not there in this version; submit without from_savepoint')
    }
    const { fileName, name, parallelism } = request
    const prepared = await this.#parts.preparer.prepareJob({
      source: decodeSource(request.content, fileName),
      fileName,
      ...(name === undefined ? {} : { name }),
      ...(parallelism === undefined ? {} : { parallelism }),
    })
    await this.#parts.checks.check(prepared.graph)
    return prepared
  }

  #launch(
    jobId: string,
    { graph, graphHash, bundle, sourceMap }: Pick<PreparedJob, 'graph' | 'graphHash' | 'bundle' | 'sourceMap'>,
    { order, recovered }: { order: number; recovered: boolean },
    history?: JobMasterOptions['history'],
  ): JobRunner {
    const { store, settings, platform, logger, sources, timings, onFenced } = this.#parts
    const master = new JobMaster({
      jobId,
      graph,
      random: platform.random,
      ...(timings === undefined ? {} : { timings }),
      ...(history === undefined ? {} : { history }),
    })
    const runner = new JobRunner({
      code: { jobId, name: graph.name, graph, graphHash, bundle, sourceMap },
      master,
      store: store.jobs,
      epoch: this.epoch,
      workdir: settings.workdir,
      platform,
      logger: jobLogger(logger, { job: jobId }),
      directory: this.#directory,
      sources,
      requestSlots: (id, attempt, count) => this.#desk.request({ jobId: id, attempt, count, order }, recovered),
      releaseSlots: (id, attempt) => this.#desk.release(id, attempt),
      onChanged: changed => this.#onChanged(changed),
      onFenced,
    })
    this.#entries.set(jobId, { runner, metrics: new JobMetrics(master.graph) })
    return runner
  }

  /** What a person should know about a job from its beginning. */
  #remark(runner: JobRunner, prepared: PreparedJob): void {
    if (prepared.graph.checkpointing !== undefined) runner.note('CHECKPOINTS', CHECKPOINTS_MISSING)
    for (const { message } of prepared.warnings) runner.note('WARNING', message)
    const logger = jobLogger(this.#parts.logger, { job: runner.jobId })
    for (const line of prepared.console) logger.info(line)
  }

  #onChanged(runner: JobRunner): void {
    const { status, restarts, startedAtMs, finishedAtMs } = runner.record
    this.#index.update(runner.jobId, { status, restarts, startedAt: startedAtMs, finishedAt: finishedAtMs })
    for (const waiter of this.#waiters) waiter()
    if (runner.isLive) return
    const entry = this.#entries.get(runner.jobId)
    if (entry === undefined || this.#ended.has(runner.jobId)) return
    this.#ended.set(runner.jobId, entry)
    if (this.#ended.size > ENDED_KEPT_MAX) this.#ended.delete(this.#ended.keys().next().value!)
    // Until all is written the database knows less than the runner.
    void runner.flushed(Number.MAX_SAFE_INTEGER).then(() => this.#entries.delete(runner.jobId))
  }

  #takeUp({ job, version, how }: UnfinishedJob): void {
    const { bundle, sourceMap } = fromStoredBundle(version.bundleText)
    const { graph, graphHash } = version
    const code = { graph, graphHash, bundle, sourceMap }
    const history = { restarts: job.restarts, startedAtMs: job.startedAt }
    const runner = this.#launch(job.id, code, { order: job.seq, recovered: true }, history)
    const cause = new WeirError('JOBMANAGER_RESTARTED', 'the JobManager was restarted')
    runner.post({ type: 'recover', lastAttempt: job.attempt, cause, how })
  }

  async #giveUp({ job, error }: UnreadableJob): Promise<void> {
    const { store, platform, logger } = this.#parts
    const at = platform.clock.now()
    logger.error({ job: job.id, err: error }, `job ${job.id} cannot be taken up again: ${error.message}`)
    const failure = { code: error.code, operator: null, subtask: null, message: error.message, stack: null, at }
    const event = { attempt: null, kind: 'FAILED', message: error.message, detail: null, at }
    await store.jobs.updateJob(this.epoch, job.id, { status: 'FAILED', error: failure, finishedAt: at, event })
    this.#index.update(job.id, { status: 'FAILED', finishedAt: at })
  }

  #onLost(taskManager: TaskManagerRef, why: string): void {
    const { store, platform } = this.#parts
    const at = platform.clock.now()
    this.#clusterJournal.append('must', `the loss of TaskManager ${taskManager.id}`, () =>
      store.cluster.markTaskManagerLost(this.epoch, taskManager.id, taskManager.incarnation, at),
    )
    this.#tellLost(taskManager, why)
    this.#desk.serve()
  }

  #tellLost(taskManager: TaskManagerRef, why: string): void {
    this.#parts.logger.warn({ taskManager: taskManager.id }, `TaskManager ${taskManager.id} was lost: ${why}`)
    for (const { runner } of [...this.#entries.values()]) runner.post({ type: 'task-manager-lost', taskManager, why })
  }

  #checkSilence(): void {
    for (const { taskManager, why } of this.#directory.loseSilent()) this.#onLost(taskManager, why)
  }

  #writeBeats(): void {
    const beats = this.#directory.beats()
    // A database that is away needs no pile of old heartbeats.
    if (beats.length === 0 || this.#clusterJournal.pending > 0) return
    this.#clusterJournal.append('note', 'the heartbeats', () =>
      this.#parts.store.cluster.recordHeartbeats(this.epoch, beats),
    )
  }

  /** TaskManagers of an earlier JobManager that did not come back. */
  #markAbsent(before: readonly TaskManagerRef[]): void {
    const { store, platform } = this.#parts
    const at = platform.clock.now()
    const absent = before.filter(({ id }) => !this.#directory.has(id))
    for (const { id, incarnation } of absent) {
      this.#clusterJournal.append('must', `the loss of TaskManager ${id}`, async () => {
        await store.cluster.markTaskManagerLost(this.epoch, id, incarnation, at)
        const records = await store.cluster.listTaskManagers()
        this.#directory.remember(records.filter(record => record.id === id && record.status === 'LOST'))
      })
    }
  }

  /** Ends what a TaskManager runs and nobody here follows: attempts of an earlier JobManager, or of jobs that have ended. */
  #cancelStrays(taskManager: TaskManagerRef, held: readonly AttemptRef[]): void {
    const now = this.#parts.platform.clock.monotonicMs()
    for (const ref of held) {
      const followed =
        ref.leaderEpoch === this.epoch && this.#entries.get(ref.jobId)?.runner.master.attempt === ref.attempt
      if (followed) continue
      const key = `${taskManager.id}/${taskManager.incarnation}/${ref.jobId}/${ref.attempt}`
      if (now - (this.#strayCancels.get(key) ?? Number.NEGATIVE_INFINITY) < STRAY_CANCEL_MS) continue
      this.#strayCancels.set(key, now)
      const attempt = { ...ref, leaderEpoch: this.epoch }
      this.#directory
        .gateway(taskManager)
        ?.cancel({ attempt, graceMs: STRAY_GRACE_MS })
        .catch((error: WeirError) => {
          this.#parts.logger.warn({ job: ref.jobId }, `attempt ${ref.attempt} was not ended: ${error.message}`)
        })
    }
    if (held.length === 0) this.#forgetStrays(taskManager)
  }

  #forgetStrays(taskManager: TaskManagerRef): void {
    for (const key of this.#strayCancels.keys()) {
      if (key.startsWith(`${taskManager.id}/`)) this.#strayCancels.delete(key)
    }
  }

  #tellNotHeld(taskManager: TaskManagerRef, held: readonly AttemptRef[]): void {
    const isHeld = (jobId: string, attempt: number): boolean =>
      held.some(ref => ref.jobId === jobId && ref.attempt === attempt)
    for (const { runner } of [...this.#entries.values()]) {
      const { attempt, state } = runner.master
      const ending = ['restarting', 'failing', 'cancelling', 'finishing'].includes(state.name)
      if (ending && !isHeld(runner.jobId, attempt)) runner.post({ type: 'attempt-not-held', attempt, taskManager })
    }
  }

  #takeMetrics(bytes: Buffer): void {
    if (bytes.byteLength === 0) return
    const { clock } = this.#parts.platform
    const slots = JSON.parse(bytes.toString('utf8')) as readonly SlotMetrics[]
    for (const slot of slots) this.#entries.get(slot.jobId)?.metrics.report(slot, clock.monotonicMs(), clock.now())
  }

  async #loadIndex(): Promise<void> {
    const pages: Awaited<ReturnType<MetaStore['jobs']['listJobs']>>['rows'][] = []
    let before: number | undefined
    do {
      const page = await this.#parts.store.jobs.listJobs({
        limit: PAGE_ROWS_MAX,
        ...(before === undefined ? {} : { before }),
      })
      pages.push(page.rows)
      before = page.next ?? undefined
    } while (before !== undefined && pages.length < 10)
    for (const record of pages.flat().reverse()) this.#index.add(record)
  }

  async #stored(jobId: string): Promise<{ job: Parameters<typeof storedStatusView>[0]; version: JobVersionRecord }> {
    const found = await this.#parts.store.jobs.getJobWithVersion(jobId)
    if (found === null) throw unknownJob(jobId)
    return found
  }

  /** Throws NOT_FOUND; gives what the job has just done the time to be written. */
  async #requireJob(jobId: string): Promise<void> {
    const runner = this.#entries.get(jobId)?.runner
    if (runner !== undefined) await runner.flushed(FLUSH_WAIT_MS)
    else if (this.#index.get(jobId) === undefined && (await this.#parts.store.jobs.getJob(jobId)) === null) {
      throw unknownJob(jobId)
    }
  }

  async #statusOf(jobId: string): Promise<PublicJobStatus> {
    const status = this.#index.get(jobId)?.status ?? (await this.#parts.store.jobs.getJob(jobId))?.status
    if (status === undefined) throw unknownJob(jobId)
    return status
  }

  #requireTaskManagers(): void {
    if (this.#directory.count === 0) {
      throw new WeirError('NO_TASK_MANAGERS', 'no TaskManager is registered: start one, and submit again')
    }
  }

  #refuseWhenStopped(): void {
    if (this.#stopped) throw new WeirError('CONNECTION_LOST', 'this JobManager is shutting down')
  }

  async #until(condition: () => boolean, timeoutMs: number): Promise<void> {
    if (condition()) return
    await new Promise<void>(resolve => {
      const done = (): void => {
        this.#waiters.delete(check)
        timer.cancel()
        resolve()
      }
      const check = (): void => {
        if (condition()) done()
      }
      const timer = this.#parts.platform.timers.after(timeoutMs, done)
      this.#waiters.add(check)
    })
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

function versionOf(prepared: PreparedJob, createdAt: number): NewJobVersion {
  const { graph, graphHash, kind, fileName, source, bundle, sourceMap } = prepared
  return {
    sourceKind: kind,
    fileName,
    sourceText: source,
    bundleText: toStoredBundle(bundle, sourceMap),
    graph,
    graphHash,
    settings: {
      parallelism: graph.parallelism,
      checkpointing: graph.checkpointing ?? null,
      restart: graph.restart ?? null,
      stateBackend: graph.stateBackend ?? null,
    },
    createdAt,
  }
}

/** Every subtask runs, or has run. */
function hasRun(runner: JobRunner): boolean {
  return ['running', 'committing', 'finishing'].includes(runner.master.state.name)
}

function unknownJob(jobId: string): WeirError {
  return new WeirError('NOT_FOUND', `there is no job ${JSON.stringify(jobId)}`)
}
