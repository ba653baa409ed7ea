import { WeirError } from '@weir/engine/base/errors'
import type { Clock, TimerHandle, Timers } from '@weir/engine/base/platform'
import { executionGraph } from '@weir/engine/graph/execution-graph'
import type { MetricRange, MetricSeries } from '@weir/proto/web/job-details'
import type { JobDoc } from '@weir/proto/web/job-doc'
import type { JobRowDoc, OverviewDoc } from '@weir/proto/web/overview-doc'
import type { Dispatcher } from '../dispatcher/dispatcher.ts'
import type { IndexedJob } from '../dispatcher/job-index.ts'
import { MetricsHistory } from '../metrics/metrics-history.ts'
import type { JobStore } from '../store/meta-store.ts'
import { isEnded, type JsonValue } from '../store/records.ts'
import { FinalFigures, keptChart, LAST_FIGURES_MS } from './final-figures.ts'
import { indexedRowDoc } from './indexed-row.ts'
import { jobDoc } from './job-doc.ts'
import { JobMemory } from './job-memory.ts'
import type { JobSight } from './job-sight.ts'
import { metricPoint } from './metric-point.ts'
import { jobRowDoc, overviewDoc } from './overview-doc.ts'
import { SlowFacts } from './slow-facts.ts'

/** The part of the Dispatcher that the documents are made of. */
export type ViewedCluster = Pick<
  Dispatcher,
  'jobs' | 'liveJob' | 'jobStatus' | 'jobSource' | 'taskManagers' | 'storedFigures' | 'storedCharts' | 'keepFigures'
>

export interface LiveViewsParts {
  /** Null on a standby. */
  readonly cluster: () => ViewedCluster | null
  readonly store: Pick<JobStore, 'getJob' | 'listExceptions'>
  readonly clock: Clock
  readonly timers: Timers
  /** Of this JobManager. */
  readonly version: string
  /** The last figures of a job could not be kept; that is tried again. */
  readonly onFault?: (jobId: string, error: WeirError) => void
}

/** A document, and whether nothing but an event changes it. */
export interface ShownDoc<Doc> {
  readonly doc: Doc
  readonly isSettled: boolean
}

/** Jobs that the overview lists: those that have not ended, and the newest of the others. */
const JOBS_SHOWN_MAX = 1_000
/** So many subtasks are named anew each second; in larger jobs the subtasks of each vertex take their turn. */
const SUBTASKS_PER_SECOND = 400
const TICK_MS = 1_000

/**
 * Makes the live documents. Once a second, whether anybody watches or not, it looks at every job that runs, so that charts
 * have a past and it is known since when a verdict holds when somebody comes.
 */
export class LiveViews {
  readonly #parts: LiveViewsParts
  readonly #startedAt: number
  readonly #history = new MetricsHistory()
  readonly #memories = new Map<string, JobMemory>()
  readonly #slow: SlowFacts
  /** Rows of jobs that have ended. */
  readonly #endedRows = new Map<string, EndedRow>()
  /** The same for those who may not see records. */
  readonly #quietEndedRows = new Map<string, EndedRow>()
  readonly #finals: FinalFigures
  #timer: TimerHandle | null = null

  constructor(parts: LiveViewsParts) {
    this.#parts = parts
    this.#finals = new FinalFigures({
      keep: async (jobId, record) => this.#leading().keepFigures(jobId, record),
      charts: jobId => this.#history.charts(jobId) as JsonValue,
      onFault: (jobId, error) => parts.onFault?.(jobId, error),
    })
    this.#startedAt = parts.clock.now()
    this.#slow = new SlowFacts(parts.store, parts.clock)
  }

  /** Looks once a second until `stop`. */
  start(): void {
    // In the middle of a second, so that none is missed or seen twice when a timer is a little late.
    const delayMs = TICK_MS - ((this.#parts.clock.now() + TICK_MS / 2) % TICK_MS)
    this.#timer = this.#parts.timers.after(delayMs, () => {
      this.start()
      this.tick()
    })
  }

  /** Ends the looks; resolves when the last figures of jobs that have just ended are kept. */
  async stop(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = null
    const cluster = this.#parts.cluster()
    for (const job of cluster?.jobs() ?? []) if (isEnded(job.status)) this.#keepFinal(cluster!, job)
    await this.#finals.flushed()
  }

  /** One look at all jobs that have not ended, and at those that have just ended. */
  tick(): void {
    const cluster = this.#parts.cluster()
    if (cluster === null) return
    const jobs = cluster.jobs()
    const now = this.#parts.clock.now()
    for (const job of jobs) {
      const { jobId } = job
      if (isEnded(job.status)) {
        this.#keepFinal(cluster, job)
        continue
      }
      const sight = this.#sightOf(cluster, jobId)
      if (sight === null) continue
      this.#memoryOf(jobId).verdictOf(sight, true)
      if (sight.live?.running) this.#history.add(jobId, now, metricPoint(sight))
    }
    this.#forget(new Set(jobs.map(({ jobId }) => jobId)))
  }

  /** `seesRecords`: whether verdicts may quote the record at which a job failed. Rejects with NOT_LEADER on a standby. */
  async overview(seesRecords: boolean): Promise<ShownDoc<OverviewDoc>> {
    const cluster = this.#leading()
    const taskManagers = await cluster.taskManagers()
    const jobs = cluster.jobs()
    const shown = jobs.filter(({ status }, index) => index < JOBS_SHOWN_MAX || !isEnded(status))
    const doc = overviewDoc({
      now: this.#parts.clock.now(),
      version: this.#parts.version,
      startedAt: this.#startedAt,
      statuses: jobs.map(({ status }) => status),
      jobs: shown.map(job => this.#rowOf(cluster, job, seesRecords)),
      taskManagers,
    })
    return { doc, isSettled: false }
  }

  /** Rejects with NOT_FOUND. */
  async job(jobId: string, seesRecords: boolean): Promise<ShownDoc<JobDoc>> {
    const cluster = this.#leading()
    const facts = await this.#slow.of(jobId, cluster.liveJob(jobId)?.failures.at(-1)?.at ?? null)
    const sight = this.#sightOf(cluster, jobId) ?? (await this.#storedSight(cluster, jobId))
    const memory = this.#memoryOf(jobId)
    const turns = Math.ceil(
      sight.graph.vertices.reduce((sum, { parallelism }) => sum + parallelism, 0) / SUBTASKS_PER_SECOND,
    )
    const second = Math.floor(sight.now / 1000)
    const before = memory.docBefore(sight.status)
    const doc = jobDoc({
      sight,
      verdict: memory.verdictOf(sight, seesRecords),
      ...facts,
      before,
      keepSubtasksOf: index => (second + index) % turns !== 0,
    })
    memory.keepDoc(doc)
    return { doc, isSettled: isSettled(doc, sight) }
  }

  /** What charts of a job show; without points when nothing is kept of it. */
  async series(jobId: string, range: MetricRange): Promise<MetricSeries> {
    const kept = this.#history.has(jobId) ? null : await this.#leading().storedCharts(jobId)
    return keptChart(kept, range) ?? this.#history.read(jobId, range)
  }

  #keepFinal(cluster: ViewedCluster, { jobId, finishedAt }: IndexedJob): void {
    if (!this.#finals.wants(jobId, finishedAt, this.#parts.clock.now())) return
    const sight = this.#sightOf(cluster, jobId)
    if (sight !== null) this.#finals.see(sight)
  }

  #rowOf(cluster: ViewedCluster, job: IndexedJob, seesRecords: boolean): JobRowDoc {
    const endedRows = seesRecords ? this.#endedRows : this.#quietEndedRows
    const kept = endedRows.get(job.jobId)
    if (kept?.isSettled) return kept.row
    const sight = this.#sightOf(cluster, job.jobId)
    const row =
      sight === null
        ? (kept?.row ?? indexedRowDoc(job, this.#parts.clock.now(), seesRecords))
        : jobRowDoc(sight, this.#memoryOf(job.jobId).verdictOf(sight, seesRecords))
    if (isEnded(row.status)) endedRows.set(job.jobId, { row, isSettled: isSettled(row, sight) })
    return row
  }

  /** Of a job in memory; null for others. */
  #sightOf(cluster: ViewedCluster, jobId: string): JobSight | null {
    const live = cluster.liveJob(jobId)
    if (live === null) return null
    const { clock } = this.#parts
    const memory = this.#memoryOf(jobId)
    const now = clock.now()
    return {
      now,
      status: live.status,
      graph: live.graph,
      figures: memory.figuresOf(live, clock.monotonicMs()),
      live,
      stuck: memory.stuckOf(live, now),
    }
  }

  async #storedSight(cluster: ViewedCluster, jobId: string): Promise<JobSight> {
    const status = await cluster.jobStatus(jobId)
    const graph = executionGraph((await cluster.jobSource(jobId)).graph)
    const figures = await cluster.storedFigures(jobId)
    return { now: this.#parts.clock.now(), status, graph, figures, live: null, stuck: null }
  }

  #memoryOf(jobId: string): JobMemory {
    const known = this.#memories.get(jobId)
    if (known !== undefined) return known
    const made = new JobMemory()
    this.#memories.set(jobId, made)
    return made
  }

  #forget(there: ReadonlySet<string>): void {
    for (const kept of [this.#memories, this.#endedRows, this.#quietEndedRows]) {
      for (const jobId of kept.keys()) if (!there.has(jobId)) kept.delete(jobId)
    }
    this.#history.keepOnly(there)
    this.#slow.keepOnly(there)
    this.#finals.keepOnly(there)
  }

  #leading(): ViewedCluster {
    const cluster = this.#parts.cluster()
    if (cluster === null) throw new WeirError('NOT_LEADER', 'this JobManager is a standby: ask the one that leads')
    return cluster
  }
}

interface EndedRow {
  readonly row: JobRowDoc
  /** Nothing changes it any more. */
  readonly isSettled: boolean
}

/** `sight`: null for a job that is not in memory. */
function isSettled({ status, finishedAt }: Pick<JobDoc, 'status' | 'finishedAt'>, sight: JobSight | null): boolean {
  if (!isEnded(status)) return false
  return sight === null || sight.live === null || finishedAt === null || sight.now - finishedAt >= LAST_FIGURES_MS
}
