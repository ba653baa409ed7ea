import { WeirError } from '@weir/engine/base/errors'
import type { Clock } from '@weir/engine/base/platform'
import { type ExecutionGraph, executionGraph } from '@weir/engine/graph/execution-graph'
import { type JobFigures, JobMetrics } from '../metrics/job-metrics.ts'
import { metricsView } from '../metrics/metrics-view.ts'
import { fromStoredFigures } from '../metrics/stored-figures.ts'
import type { MetaStore } from '../store/meta-store.ts'
import { type JobRecord, type JobVersionRecord, type JsonValue, PAGE_ROWS_MAX } from '../store/records.ts'
import type {
  ControlPlane,
  JobException,
  JobHistoryEvent,
  JobMetricsView,
  JobStatusView,
  PublicJobStatus,
} from './control-plane.ts'
import type { JobTable } from './job-table.ts'
import { failureOf, liveStatusView, storedStatusView } from './job-views.ts'

/** How long a read of a job's history waits for what is not written yet. */
const FLUSH_WAIT_MS = 1_000

export interface JobQueriesParts {
  readonly store: Pick<
    MetaStore['jobs'],
    'getJob' | 'getJobWithVersion' | 'getJobFigures' | 'listExceptions' | 'listJobEvents'
  >
  readonly table: JobTable
  readonly clock: Clock
}

/**
 * What is asked about one job: from memory where this JobManager has it, from the database where it ended long ago, or under
 * an earlier one. All of it rejects with NOT_FOUND for a job that is not there (any more).
 */
export class JobQueries {
  readonly #store: JobQueriesParts['store']
  readonly #table: JobTable
  readonly #clock: Clock

  constructor({ store, table, clock }: JobQueriesParts) {
    this.#store = store
    this.#table = table
    this.#clock = clock
  }

  async status(jobId: string): Promise<JobStatusView> {
    const entry = this.#table.find(jobId)
    const summary = this.#table.index.get(jobId)
    if (entry !== undefined && summary !== undefined) return liveStatusView(entry.runner, summary)
    const found = await this.#stored(jobId)
    return storedStatusView(found.job, executionGraph(found.version.graph))
  }

  /** The status alone. For jobs in memory it asks nobody. */
  async publicStatus(jobId: string): Promise<PublicJobStatus> {
    const status = this.#table.index.get(jobId)?.status ?? (await this.#store.getJob(jobId))?.status
    if (status === undefined) throw unknownJob(jobId)
    return status
  }

  async metrics(jobId: string): Promise<JobMetricsView> {
    const entry = this.#table.find(jobId)
    if (entry !== undefined) {
      const isRunning = entry.runner.master.state.name === 'running'
      return entry.metrics.view(jobId, isRunning, this.#clock.monotonicMs())
    }
    const { figures, graph } = await this.storedFigures(jobId)
    return metricsView(jobId, graph, figures)
  }

  async source(jobId: string): ReturnType<ControlPlane['jobSource']> {
    const { version } = await this.#stored(jobId)
    return { graph: version.graph, source: version.sourceText, fileName: version.fileName }
  }

  async exceptions(jobId: string): Promise<readonly JobException[]> {
    await this.settled(jobId)
    const { rows } = await this.#store.listExceptions(jobId, { limit: PAGE_ROWS_MAX })
    return rows.map(row => ({ ...failureOf(row), attempt: row.attempt }))
  }

  async history(jobId: string): Promise<readonly JobHistoryEvent[]> {
    await this.settled(jobId)
    const { rows } = await this.#store.listJobEvents(jobId, { limit: PAGE_ROWS_MAX })
    return rows.map(({ at, kind, message }) => ({ at, type: kind, message })).reverse()
  }

  /** The last figures of a job that is not in memory. */
  async storedFigures(jobId: string): Promise<{ figures: JobFigures; graph: ExecutionGraph }> {
    const { version } = await this.#stored(jobId)
    const graph = executionGraph(version.graph)
    const kept = await this.#store.getJobFigures(jobId)
    const figures = kept === null ? null : fromStoredFigures(kept.figures, graph)
    return { graph, figures: figures ?? new JobMetrics(graph).figures(false, 0) }
  }

  /** What charts of such a job showed; null when that is not kept. */
  async storedCharts(jobId: string): Promise<JsonValue> {
    return (await this.#store.getJobFigures(jobId))?.charts ?? null
  }

  /** Gives what the job has just done the time to be written. */
  async settled(jobId: string): Promise<void> {
    const runner = this.#table.runner(jobId)
    if (runner !== undefined) await runner.flushed(FLUSH_WAIT_MS)
    else await this.publicStatus(jobId)
  }

  async #stored(jobId: string): Promise<{ job: JobRecord; version: JobVersionRecord }> {
    const found = await this.#store.getJobWithVersion(jobId)
    if (found === null) throw unknownJob(jobId)
    return found
  }
}

function unknownJob(jobId: string): WeirError {
  const shown = JSON.stringify(jobId.slice(0, 40))
  return new WeirError('NOT_FOUND', `there is no job ${shown}: GET /jobs and ./weir list show those that there are`)
}
