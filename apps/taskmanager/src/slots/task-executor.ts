import { join } from 'node:path'
import { sinks } from '@weir/connectors/runtime'
import { WeirError } from '@weir/engine/base/errors'
import type { JobGraph, JobNode } from '@weir/engine/graph/job-graph'
import type { ChannelSettings } from '@weir/engine/network/channel'
import type { Committable, SinkCommitter } from '@weir/engine/operators/sink'
import type { SourceSplit } from '@weir/engine/operators/source'
import { jobLogger, type Logger } from '@weir/process/logging'
import type {
  AbortLeftoversRequest,
  AlignSourcesRequest,
  AssignSplitsRequest,
  AttemptRef,
  CommitRequest,
  DeployRequest,
  TaskEvent,
} from '@weir/proto/generated/weir/v1/cluster'
import type { SlotMetrics } from '@weir/proto/metrics'
import type { StateHost } from '@weir/state-host/state-host'
import type { NetworkThread } from '../network/network-thread.ts'
import { AttemptRun } from './attempt-run.ts'
import { MEMORY_CHECK_MS, MemoryWatchdog } from './memory-watchdog.ts'
import { ProgressWatch } from './progress-watch.ts'

export interface TaskExecutorParts {
  readonly taskManagerId: string
  readonly slots: number
  readonly buffersPerSlot: number
  readonly heapMbPerSlot: number
  /** Where state goes for which there is no room in memory; undefined: all of it stays. */
  readonly state: { readonly host: StateHost; readonly roomBytes: number } | undefined
  readonly memorySizeMb: number
  readonly settings: ChannelSettings
  readonly watermarkIntervalMs: number
  readonly network: NetworkThread
  readonly slotWorker: URL
  /** Where bundles of running attempts lie. */
  readonly folder: string
  readonly logger: Logger
  readonly report: (event: TaskEvent) => void
  /** A slot's thread cannot be ended: the process has to be. */
  readonly onUnstoppable: (error: WeirError) => void
  readonly publishRows: (
    jobId: string,
    attempt: number,
    operator: string,
    subtask: number,
    rows: readonly unknown[],
  ) => void
}

/** How long a slot may take to end by itself when the TaskManager drops its attempts. */
const DROP_GRACE_MS = 1000

/** How long the JobManager and scrapers of /metrics still see the last figures of an attempt that is over. */
const LAST_METRICS_BEAT_MS = 5000
const LAST_METRICS_SCRAPE_MS = 60_000

/** All attempts that have slots in this TaskManager. */
export class TaskExecutor {
  readonly #parts: TaskExecutorParts
  readonly #runs = new Map<string, AttemptRun>()
  readonly #watch: ProgressWatch
  readonly #watchTimer: NodeJS.Timeout
  readonly #memoryTimer: NodeJS.Timeout
  /** Last figures of attempts that are over, with the monotonic time of their end. */
  #ended: { readonly at: number; readonly metrics: readonly SlotMetrics[] }[] = []

  constructor(parts: TaskExecutorParts) {
    this.#parts = parts
    this.#watch = new ProgressWatch((slot, operator, stuckMs) => {
      for (const run of this.#runs.values()) if (run.reportStuck(slot, operator, stuckMs)) return
    })
    this.#watchTimer = setInterval(() => this.#watch.check(performance.now()), 500)
    this.#watchTimer.unref()
    const watchdog = new MemoryWatchdog({
      limitBytes: parts.memorySizeMb * 1024 * 1024,
      rssBytes: () => process.memoryUsage.rss(),
      slots: () => [...this.#runs.values()].flatMap(run => run.threads()),
      warn: message => parts.logger.warn(message),
    })
    this.#memoryTimer = setInterval(() => void watchdog.check(performance.now()), MEMORY_CHECK_MS)
    this.#memoryTimer.unref()
  }

  get slotsFree(): number {
    let taken = 0
    for (const run of this.#runs.values()) taken += run.slotCount
    return this.#parts.slots - taken
  }

  attempts(): AttemptRef[] {
    return [...this.#runs.values()].map(({ jobId, attempt, leaderEpoch }) => ({ jobId, attempt, leaderEpoch }))
  }

  /** For the JobManager: of what runs, and of what has just ended. */
  metrics(): SlotMetrics[] {
    return this.#metrics(LAST_METRICS_BEAT_MS)
  }

  /** For scrapers, which come by every so many seconds. */
  metricsToScrape(): SlotMetrics[] {
    return this.#metrics(LAST_METRICS_SCRAPE_MS)
  }

  #metrics(endedWithinMs: number): SlotMetrics[] {
    const now = performance.now()
    this.#ended = this.#ended.filter(({ at }) => now - at <= LAST_METRICS_SCRAPE_MS)
    const ended = this.#ended.filter(({ at }) => now - at <= endedWithinMs)
    return [...ended.flatMap(({ metrics }) => metrics), ...[...this.#runs.values()].flatMap(run => run.metrics())]
  }

  /** Throws when the attempt cannot be taken; its slots report for themselves otherwise. */
  deploy(request: DeployRequest): void {
    const ref = required(request.attempt)
    const name = runName(ref)
    if (this.#runs.has(name)) return
    const wanted = request.slots.filter(slot => slot.taskManagerId === this.#parts.taskManagerId).length
    if (wanted > this.slotsFree) {
      throw new WeirError(
        'NO_SLOTS',
        `TaskManager ${this.#parts.taskManagerId} has ${this.slotsFree} free slots, job ${ref.jobId} wants ${wanted} there`,
      )
    }
    const { logger } = this.#parts
    const run = new AttemptRun({
      request,
      taskManagerId: this.#parts.taskManagerId,
      slotWorker: this.#parts.slotWorker,
      folder: join(this.#parts.folder, ref.jobId, String(ref.attempt)),
      buffersPerSlot: this.#parts.buffersPerSlot,
      heapMbPerSlot: this.#parts.heapMbPerSlot,
      state: this.#parts.state,
      settings: this.#parts.settings,
      watermarkIntervalMs: this.#parts.watermarkIntervalMs,
      network: this.#parts.network,
      watch: this.#watch,
      report: this.#parts.report,
      publishRows: (operator, subtask, rows) =>
        this.#parts.publishRows(ref.jobId, ref.attempt, operator, subtask, rows),
      log: (level, { operator, subtask, slot }, message) => {
        jobLogger(logger, { job: ref.jobId, attempt: ref.attempt, operator, subtask })[level]({ slot }, message)
      },
      onUnstoppable: this.#parts.onUnstoppable,
      onReleased: () => {
        this.#runs.delete(name)
        this.#ended.push({ at: performance.now(), metrics: run.metrics() })
      },
    })
    this.#runs.set(name, run)
  }

  start(ref: AttemptRef | undefined): void {
    this.#run(ref).start()
  }

  /** What is not there counts as cancelled. */
  cancel(ref: AttemptRef | undefined, graceMs: number): void {
    this.#runs.get(runName(required(ref)))?.cancel(graceMs)
  }

  assignSplits(request: AssignSplitsRequest): void {
    const splits = JSON.parse(request.splits.toString('utf8')) as SourceSplit[]
    this.#run(request.attempt).assignSplits(
      request.operator,
      request.subtask,
      splits,
      request.noMoreSplits,
      request.unreadSplits,
    )
  }

  alignSources(request: AlignSourcesRequest): void {
    this.#run(request.attempt).alignSources(request.group, request.slowest)
  }

  async commit(request: CommitRequest): Promise<void> {
    const { jobId } = required(request.attempt)
    const graph = JSON.parse(request.graph.toString('utf8')) as JobGraph
    for (const { operator, committables } of request.committables) {
      const node = graph.nodes.find(candidate => candidate.uid === operator)
      const committer = node === undefined ? undefined : this.#committer(jobId, node, request.workdir)
      if (committer === undefined) {
        throw new WeirError('PROTOCOL', `there is nothing to commit for operator '${operator}'`)
      }
      await committer.commit(JSON.parse(committables.toString('utf8')) as Committable[])
    }
  }

  async abortLeftovers(request: AbortLeftoversRequest): Promise<void> {
    const { jobId } = required(request.attempt)
    const graph = JSON.parse(request.graph.toString('utf8')) as JobGraph
    for (const node of graph.nodes) await this.#committer(jobId, node, request.workdir)?.abortLeftovers()
  }

  onNetworkFailure(jobId: string, attempt: number, error: WeirError): void {
    this.#runs.get(runName({ jobId, attempt }))?.onNetworkFailure(error)
  }

  /** Ends every attempt: nobody is there any more who would. */
  dropAll(): void {
    for (const run of this.#runs.values()) run.cancel(DROP_GRACE_MS)
  }

  async shutDown(timeoutMs: number): Promise<void> {
    clearInterval(this.#watchTimer)
    clearInterval(this.#memoryTimer)
    const deadline = performance.now() + timeoutMs
    for (const run of this.#runs.values()) run.cancel(Math.max(0, timeoutMs - 500))
    while (this.#runs.size > 0 && performance.now() < deadline) await new Promise(resolve => setTimeout(resolve, 20))
  }

  #run(ref: AttemptRef | undefined): AttemptRun {
    const { jobId, attempt } = required(ref)
    const run = this.#runs.get(runName({ jobId, attempt }))
    if (run === undefined) {
      throw new WeirError('STALE_ATTEMPT', `attempt ${attempt} of job ${jobId} does not run in this TaskManager`)
    }
    return run
  }

  #committer(jobId: string, node: JobNode, workdir: string): SinkCommitter | undefined {
    const { logger } = this.#parts
    const log = jobLogger(logger, { job: jobId, operator: node.name })
    return sinks.get(node.type)?.createCommitter?.(node.config, {
      jobId,
      operator: node.uid,
      workdir,
      logger: {
        info: message => log.info(message),
        warn: message => log.warn(message),
        error: message => log.error(message),
      },
    })
  }
}

function runName({ jobId, attempt }: { jobId: string; attempt: number }): string {
  return `${jobId}/${attempt}`
}

function required(ref: AttemptRef | undefined): AttemptRef {
  if (ref === undefined) throw new WeirError('PROTOCOL', 'the request names no attempt')
  return ref
}
