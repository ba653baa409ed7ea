import type { JobMasterOptions } from '@weir/control/job/job-master'
import { ResourceManager } from '@weir/control/resources/resource-manager'
import { type PlacementName, placementOf } from '@weir/control/scheduling/placement'
import { WeirError } from '@weir/engine/base/errors'
import type { Platform } from '@weir/engine/base/platform'
import { executionGraph } from '@weir/engine/graph/execution-graph'
import type { Logger } from '@weir/process/logging'
import { missingFeatures } from '@weir/submission/missing-features'
import type { TaskManagerCalls } from '../adapters/grpc-server.ts'
import type { JobFigures } from '../metrics/job-metrics.ts'
import type { MetaStore } from '../store/meta-store.ts'
import { pagesOf } from '../store/pages-of.ts'
import { type JobFiguresRecord, type JobRecord, type JsonValue, PAGE_ROWS_MAX } from '../store/records.ts'
import { ClusterWatch } from './cluster-watch.ts'
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
import type { IndexedJob } from './job-index.ts'
import { JobIntake } from './job-intake.ts'
import { JobJournal } from './job-journal.ts'
import { JobLauncher } from './job-launcher.ts'
import { JobQueries } from './job-queries.ts'
import type { JobRunner } from './job-runner.ts'
import { JobTable } from './job-table.ts'
import { type LiveJob, liveJobOf } from './job-views.ts'
import type { GatewayFactory, GraphChecks, JobPreparer, SourceCatalog } from './ports.ts'
import { PublishedRows } from './published-rows.ts'
import { findUnfinished } from './recovery.ts'
import { SlotDesk } from './slot-desk.ts'
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
  /** Something that people see has changed by an event: a job, or (null) the TaskManagers. */
  readonly onChange?: (jobId: string | null) => void
}

/** The setting that an orderly stop leaves for the next start. */
const STOPPED_SETTING = 'stopped'

/**
 * The heart of the JobManager: one JobRunner per job, the TaskManagers, and the answers to the API. Everything here
 * happens on one thread, step by step; whatever takes time (database, bundling, sandbox) is done elsewhere and awaited.
 */
export class Dispatcher implements ControlPlane {
  readonly epoch: number
  /** What TaskManagers call. */
  readonly calls: TaskManagerCalls
  readonly #parts: DispatcherParts
  readonly #resources: ResourceManager
  readonly #directory: TaskManagerDirectory
  readonly #desk: SlotDesk
  readonly #table: JobTable
  readonly #intake: JobIntake
  readonly #launcher: JobLauncher
  readonly #queries: JobQueries
  readonly #watch: ClusterWatch
  readonly #rows = new PublishedRows()
  readonly #clusterJournal: JobJournal
  #stopped = false

  constructor(parts: DispatcherParts) {
    const { epoch, store, settings, platform, logger, sources, gatewayFor, timings, onFenced } = parts
    const { timers } = platform
    this.epoch = epoch
    this.#parts = parts
    this.#resources = new ResourceManager(placementOf(settings.slotPlacement), settings.heartbeatTimeoutMs)
    const directory = new TaskManagerDirectory(this.#resources, gatewayFor, platform.clock, epoch)
    const changed = (jobId: string | null): void => parts.onChange?.(jobId)
    const table = new JobTable(timers, changed)
    const journal = new JobJournal({ timers, logger, onFenced })
    const desk = new SlotDesk({
      resources: this.#resources,
      timers,
      onGranted: ({ jobId, attempt, slots }) => table.runner(jobId)?.post({ type: 'slots-allocated', attempt, slots }),
      onWaiting: ({ jobId, attempt, free }) => table.runner(jobId)?.post({ type: 'slots-waiting', attempt, free }),
    })
    const shared = { epoch, platform, logger, directory, desk, table }
    this.#intake = new JobIntake({ ...parts, store: store.jobs })
    this.#queries = new JobQueries({ store: store.jobs, table, clock: platform.clock })
    this.#launcher = new JobLauncher({
      ...shared,
      store: store.jobs,
      workdir: settings.workdir,
      sources,
      onFenced,
      ...(timings === undefined ? {} : { timings }),
    })
    this.#watch = new ClusterWatch({
      ...shared,
      store: store.cluster,
      settings,
      rows: this.#rows,
      journal,
      onTaskManagersChanged: () => changed(null),
    })
    this.#directory = directory
    this.#table = table
    this.#desk = desk
    this.#clusterJournal = journal
    this.calls = this.#watch
  }

  /** Takes up what an earlier JobManager left. Calls of TaskManagers and users may come when it has resolved. */
  async start(): Promise<void> {
    await this.#loadIndex()
    const { jobs, unreadable } = await findUnfinished(this.#parts.store.jobs)
    await this.#watch.start()
    for (const job of unreadable) await this.#launcher.giveUp(job)
    const cause = (await this.#wasStopped())
      ? new WeirError('CLUSTER_STOPPED', 'the cluster was stopped')
      : new WeirError('JOBMANAGER_RESTARTED', 'the JobManager was restarted')
    for (const job of jobs) this.#launcher.takeUp(job, cause)
  }

  /**
   * Ends at once what this process does; what was decided is written, within `timeoutMs`. TaskManagers are not told.
   * `orderly`: somebody wants it, so that the next start is no restart after a fault.
   */
  async stop(timeoutMs: number, orderly = false): Promise<void> {
    this.#stopped = true
    if (orderly) this.#noteStop()
    this.#watch.stop()
    this.#desk.close()
    const runners = this.#table.runners()
    for (const runner of runners) runner.stop()
    await Promise.all([this.#clusterJournal, ...runners].map(each => each.flushed(timeoutMs)))
    this.#directory.close()
  }

  // the API

  role(): 'leader' {
    return 'leader'
  }

  async submit(request: SubmitRequest): Promise<{ jobId: string; status: PublicJobStatus }> {
    this.#refuseWhenStopped()
    if (!request.mayWait) this.#requireTaskManagers()
    const prepared = await this.#intake.prepare(request)
    if (!request.mayWait) this.#requireTaskManagers()
    const job = await this.#intake.store(prepared, request)
    this.#refuseWhenStopped()
    this.#table.index.add(job)
    const runner = this.#launcher.startNew(job.id, job.seq, prepared)
    await this.#table.until(() => !runner.isLive || hasRun(runner), request.waitMs)
    return { jobId: job.id, status: runner.record.status }
  }

  async validate(request: SubmitRequest): Promise<ValidatedJob> {
    const { graph, graphHash, warnings } = await this.#intake.prepare(request)
    const slotsNeeded = executionGraph(graph).slotCount
    const slotsFree = this.#resources.freeSlots
    const notices = [...warnings.map(({ message }) => message), ...missingFeatures(graph)]
    if (slotsNeeded > slotsFree)
      notices.push(
        `the job would wait: it needs ${slotsNeeded} ${slotsNeeded === 1 ? 'slot' : 'slots'}, ${slotsFree} ${slotsFree === 1 ? 'is' : 'are'} free`,
      )
    return { graph, graphHash, slotsNeeded, slotsFree, warnings: notices }
  }

  async listJobs(): Promise<readonly JobSummary[]> {
    return this.jobs()
  }

  async jobStatus(jobId: string): Promise<JobStatusView> {
    return await this.#queries.status(jobId)
  }

  async jobMetrics(jobId: string): Promise<JobMetricsView> {
    return await this.#queries.metrics(jobId)
  }

  async jobSource(jobId: string): ReturnType<ControlPlane['jobSource']> {
    return await this.#queries.source(jobId)
  }

  async jobExceptions(jobId: string): Promise<readonly JobException[]> {
    return await this.#queries.exceptions(jobId)
  }

  async jobHistory(jobId: string): Promise<readonly JobHistoryEvent[]> {
    return await this.#queries.history(jobId)
  }

  async jobRows(jobId: string, operator?: string): Promise<readonly PublishedRow[]> {
    await this.#queries.settled(jobId)
    return this.#rows.read(jobId, operator)
  }

  async cancel(jobId: string): Promise<{ accepted: boolean; status: PublicJobStatus }> {
    this.#refuseWhenStopped()
    const runner = this.#table.runner(jobId)
    if (runner === undefined || !runner.isLive)
      return { accepted: false, status: await this.#queries.publicStatus(jobId) }
    const before = runner.master.record.status
    runner.post({ type: 'cancel-requested' })
    const after = runner.master.record.status
    const accepted = before !== after
    // One that had nothing to end is CANCELED already, which is shown when it is written.
    return { accepted, status: accepted && after === 'CANCELED' ? 'CANCELLING' : runner.record.status }
  }

  async deleteJob(jobId: string): Promise<void> {
    const runner = this.#table.runner(jobId)
    if (runner?.isLive) {
      throw new WeirError('CONFLICT', `job ${jobId} is ${runner.record.status}; cancel it before it can be deleted`)
    }
    if (runner !== undefined) await this.#queries.settled(jobId)
    await this.#parts.store.jobs.deleteJob(this.epoch, jobId)
    this.#table.remove(jobId)
    this.#rows.forget(jobId)
    this.#parts.onChange?.(jobId)
  }

  async taskManagers(): Promise<readonly TaskManagerView[]> {
    return this.#directory.views()
  }

  async clusterMetrics(): Promise<ClusterMetrics> {
    const views = this.#directory.views()
    const jobs = this.#table.index.newestFirst()
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
  jobs(): readonly IndexedJob[] {
    return this.#table.index.newestFirst()
  }

  /** The rows of all jobs by their sequence numbers. */
  get publishedRows(): PublishedRows {
    return this.#rows
  }

  /** Throws NOT_FOUND for a job that is not there (any more). For jobs in memory it asks nobody. */
  async requireJob(jobId: string): Promise<void> {
    await this.#queries.publicStatus(jobId)
  }

  /** Null for a job that ended long ago, or under an earlier JobManager. */
  liveJob(jobId: string): LiveJob | null {
    const entry = this.#table.find(jobId)
    const summary = this.#table.index.get(jobId)
    return entry === undefined || summary === undefined ? null : liveJobOf(entry, summary, this.#resources.totalSlots)
  }

  /** The last figures of a job that ended long ago, or under an earlier JobManager. Rejects with NOT_FOUND. */
  async storedFigures(jobId: string): Promise<JobFigures> {
    return (await this.#queries.storedFigures(jobId)).figures
  }

  /** What charts of such a job showed; null when that is not kept. */
  async storedCharts(jobId: string): Promise<JsonValue> {
    return await this.#queries.storedCharts(jobId)
  }

  /** Writes down what a job has done that has ended. */
  async keepFigures(jobId: string, record: JobFiguresRecord): Promise<void> {
    await this.#parts.store.jobs.putJobFigures(this.epoch, jobId, record)
    this.#table.index.update(jobId, { recordsIn: record.recordsIn, recordsOut: record.recordsOut })
  }

  /** For /metrics: the jobs that have not ended. */
  liveJobs(): { jobId: string; restarts: number; metrics: JobMetricsView }[] {
    const now = this.#parts.platform.clock.monotonicMs()
    return this.#table.live().map(({ runner, metrics }) => ({
      jobId: runner.jobId,
      restarts: runner.record.restarts,
      metrics: metrics.view(runner.jobId, runner.master.state.name === 'running', now),
    }))
  }

  // inside

  #noteStop(): void {
    const { store, platform } = this.#parts
    const at = platform.clock.now()
    this.#clusterJournal.append('must', 'the stop of the cluster', () =>
      store.cluster.putSetting(this.epoch, STOPPED_SETTING, { at }, at),
    )
  }

  /** Whether the JobManager that led before was stopped in order. The answer holds for one start. */
  async #wasStopped(): Promise<boolean> {
    const { store, platform } = this.#parts
    const noted = (await store.cluster.getSetting(STOPPED_SETTING)) ?? null
    if (noted !== null) await store.cluster.putSetting(this.epoch, STOPPED_SETTING, null, platform.clock.now())
    return noted !== null
  }

  async #loadIndex(): Promise<void> {
    const pages: (readonly JobRecord[])[] = []
    for await (const rows of pagesOf(PAGE_ROWS_MAX, query => this.#parts.store.jobs.listJobs(query))) {
      pages.push(rows)
      if (pages.length === 10) break
    }
    for (const record of pages.flat().reverse()) this.#table.index.add(record)
  }

  #requireTaskManagers(): void {
    if (this.#directory.count === 0) {
      throw new WeirError('NO_TASK_MANAGERS', 'no TaskManager is registered: start one, and submit again')
    }
  }

  #refuseWhenStopped(): void {
    if (this.#stopped) throw new WeirError('CONNECTION_LOST', 'this JobManager is shutting down')
  }
}

/** Every subtask runs, or has run. */
function hasRun(runner: JobRunner): boolean {
  return ['running', 'committing', 'finishing'].includes(runner.master.state.name)
}
