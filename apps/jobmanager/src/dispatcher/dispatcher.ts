import type { JobMasterOptions } from '@weir/control/job/job-master'
import { ResourceManager } from '@weir/control/resources/resource-manager'
import { type PlacementName, placementOf } from '@weir/control/scheduling/placement'
import { WeirError } from '@weir/engine/base/errors'
import { newJobId } from '@weir/engine/base/ids'
import type { Platform } from '@weir/engine/base/platform'
import { type ExecutionGraph, executionGraph } from '@weir/engine/graph/execution-graph'
import type { Logger } from '@weir/process/logging'
import { missingFeatures } from '@weir/submission/missing-features'
import type { PreparedJob } from '@weir/submission/prepare-job'
import { placedError } from '@weir/submission/problems'
import { decodeSource } from '@weir/submission/source-text'
import type { TaskManagerCalls } from '../adapters/grpc-server.ts'
import { type JobFigures, JobMetrics } from '../metrics/job-metrics.ts'
import { metricsView } from '../metrics/metrics-view.ts'
import { fromStoredFigures } from '../metrics/stored-figures.ts'
import type { MetaStore } from '../store/meta-store.ts'
import { pagesOf } from '../store/pages-of.ts'
import {
  type JobFiguresRecord,
  type JobRecord,
  type JobVersionRecord,
  type JsonValue,
  type NewJobVersion,
  PAGE_ROWS_MAX,
} from '../store/records.ts'
import { toStoredBundle } from '../submission/stored-bundle.ts'
import { toStoredPlaces } from '../submission/stored-places.ts'
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
import { JobJournal } from './job-journal.ts'
import { JobLauncher } from './job-launcher.ts'
import type { JobRunner } from './job-runner.ts'
import { JobTable } from './job-table.ts'
import { failureOf, type LiveJob, liveJobOf, liveStatusView, storedStatusView } from './job-views.ts'
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

/** How long a read of a job's history waits for what is not written yet. */
const FLUSH_WAIT_MS = 1_000

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
  readonly #launcher: JobLauncher
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
    const prepared = await this.#prepare(request)
    if (!request.mayWait) this.#requireTaskManagers()
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
        ...(request.draft === undefined ? {} : { draft: request.draft }),
      },
      versionOf(prepared, at),
    )
    this.#refuseWhenStopped()
    this.#table.index.add(job)
    const runner = this.#launcher.startNew(job.id, job.seq, prepared)
    await this.#table.until(() => !runner.isLive || hasRun(runner), request.waitMs)
    return { jobId: job.id, status: runner.record.status }
  }

  async validate(request: SubmitRequest): Promise<ValidatedJob> {
    const { graph, graphHash, warnings } = await this.#prepare(request)
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
    const entry = this.#table.find(jobId)
    const summary = this.#table.index.get(jobId)
    if (entry !== undefined && summary !== undefined) return liveStatusView(entry.runner, summary)
    const found = await this.#stored(jobId)
    return storedStatusView(found.job, executionGraph(found.version.graph))
  }

  async jobMetrics(jobId: string): Promise<JobMetricsView> {
    const now = this.#parts.platform.clock.monotonicMs()
    const entry = this.#table.find(jobId)
    if (entry !== undefined) return entry.metrics.view(jobId, entry.runner.master.state.name === 'running', now)
    const { figures, graph } = await this.#storedFigures(jobId)
    return metricsView(jobId, graph, figures)
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
    const runner = this.#table.runner(jobId)
    if (runner === undefined || !runner.isLive) return { accepted: false, status: await this.#statusOf(jobId) }
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
    await runner?.flushed(FLUSH_WAIT_MS)
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
    await this.#statusOf(jobId)
  }

  /** Null for a job that ended long ago, or under an earlier JobManager. */
  liveJob(jobId: string): LiveJob | null {
    const entry = this.#table.find(jobId)
    const summary = this.#table.index.get(jobId)
    return entry === undefined || summary === undefined ? null : liveJobOf(entry, summary, this.#resources.totalSlots)
  }

  /** The last figures of a job that ended long ago, or under an earlier JobManager. Rejects with NOT_FOUND. */
  async storedFigures(jobId: string): Promise<JobFigures> {
    return (await this.#storedFigures(jobId)).figures
  }

  /** What charts of such a job showed; null when that is not kept. */
  async storedCharts(jobId: string): Promise<JsonValue> {
    return (await this.#parts.store.jobs.getJobFigures(jobId))?.charts ?? null
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
    await this.#parts.checks.check(prepared.graph).catch((thrown: unknown) => {
      throw placedError(WeirError.from(thrown), prepared.places)
    })
    return prepared
  }

  async #loadIndex(): Promise<void> {
    const pages: (readonly JobRecord[])[] = []
    for await (const rows of pagesOf(PAGE_ROWS_MAX, query => this.#parts.store.jobs.listJobs(query))) {
      pages.push(rows)
      if (pages.length === 10) break
    }
    for (const record of pages.flat().reverse()) this.#table.index.add(record)
  }

  async #stored(jobId: string): Promise<{ job: JobRecord; version: JobVersionRecord }> {
    const found = await this.#parts.store.jobs.getJobWithVersion(jobId)
    if (found === null) throw unknownJob(jobId)
    return found
  }

  async #storedFigures(jobId: string): Promise<{ figures: JobFigures; graph: ExecutionGraph }> {
    const { version } = await this.#stored(jobId)
    const graph = executionGraph(version.graph)
    const kept = await this.#parts.store.jobs.getJobFigures(jobId)
    const figures = kept === null ? null : fromStoredFigures(kept.figures, graph)
    return { graph, figures: figures ?? new JobMetrics(graph).figures(false, 0) }
  }

  /** Throws NOT_FOUND; gives what the job has just done the time to be written. */
  async #requireJob(jobId: string): Promise<void> {
    const runner = this.#table.runner(jobId)
    if (runner !== undefined) await runner.flushed(FLUSH_WAIT_MS)
    else if (this.#table.index.get(jobId) === undefined && (await this.#parts.store.jobs.getJob(jobId)) === null) {
      throw unknownJob(jobId)
    }
  }

  async #statusOf(jobId: string): Promise<PublicJobStatus> {
    const status = this.#table.index.get(jobId)?.status ?? (await this.#parts.store.jobs.getJob(jobId))?.status
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
    places: toStoredPlaces(prepared),
    createdAt,
  }
}

/** Every subtask runs, or has run. */
function hasRun(runner: JobRunner): boolean {
  return ['running', 'committing', 'finishing'].includes(runner.master.state.name)
}

function unknownJob(jobId: string): WeirError {
  const shown = JSON.stringify(jobId.slice(0, 40))
  return new WeirError('NOT_FOUND', `there is no job ${shown}: GET /jobs and ./weir list show those that there are`)
}
