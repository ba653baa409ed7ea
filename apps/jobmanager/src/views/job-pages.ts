import { WeirError } from '@weir/engine/base/errors'
import { executionGraph } from '@weir/engine/graph/execution-graph'
import type {
  ExceptionGroup,
  HistoryEvent,
  JobConfigView,
  JobPipeline,
  MetricRange,
  MetricSeries,
} from '@weir/proto/web/job-details'
import type { JobPages } from '../api/trpc/services.ts'
import type { Principal } from '../auth/permissions.ts'
import type { ControlPlane } from '../dispatcher/control-plane.ts'
import type { DraftStore, JobStore } from '../store/meta-store.ts'
import type { DraftRevision, JobRecord, JobVersionRecord } from '../store/records.ts'
import { fromStoredPlaces } from '../submission/stored-places.ts'
import { exceptionGroups } from './exception-groups.ts'
import { jobConfigView } from './job-config.ts'
import type { LiveViews } from './live-views.ts'
import { pipelineView } from './pipeline-view.ts'

export interface StoredJobPagesParts {
  readonly control: Pick<ControlPlane, 'jobExceptions' | 'jobHistory' | 'submit'>
  readonly store: {
    readonly jobs: Pick<JobStore, 'getJobWithVersion'>
    readonly drafts: Pick<DraftStore, 'getDraft' | 'listDraftVersions'>
  }
  readonly views: Pick<LiveViews, 'series'>
}

/** Sinks whose rows people can look at. */
const ROW_SINKS: ReadonlySet<string> = new Set(['collect', 'print'])
/** How long a job that is run again is waited for before its status is told: its page shows the rest. */
const RUN_WAIT_MS = 2_000

/** What a job's tabs ask for when they are opened, from what is stored of the job. */
export class StoredJobPages implements JobPages {
  readonly #parts: StoredJobPagesParts

  constructor(parts: StoredJobPagesParts) {
    this.#parts = parts
  }

  async pipeline(jobId: string): Promise<JobPipeline> {
    const { version } = await this.#stored(jobId)
    const { graph, fileName, sourceText, places } = version
    return {
      jobId,
      pipeline: pipelineView(graph, fromStoredPlaces(places)),
      fileName,
      source: sourceText,
      rowOperators: graph.nodes.filter(({ type }) => ROW_SINKS.has(type)).map(({ uid }) => uid),
    }
  }

  async exceptions(jobId: string): Promise<readonly ExceptionGroup[]> {
    const { version } = await this.#stored(jobId)
    const { graph, fileName, sourceText } = version
    const exceptions = await this.#parts.control.jobExceptions(jobId)
    return exceptionGroups(exceptions, executionGraph(graph), { fileName, source: sourceText })
  }

  history(jobId: string): Promise<readonly HistoryEvent[]> {
    return this.#parts.control.jobHistory(jobId)
  }

  async metrics(jobId: string, range: MetricRange): Promise<MetricSeries> {
    await this.#stored(jobId)
    return this.#parts.views.series(jobId, range)
  }

  async config(jobId: string): Promise<JobConfigView> {
    const { job, version } = await this.#stored(jobId)
    return jobConfigView(job, version)
  }

  async runAgain(jobId: string, principal: Principal): Promise<{ jobId: string; status: string }> {
    const { job, version } = await this.#stored(jobId)
    const { graph, fileName, sourceText } = version
    const draft = await this.#draftOf(job, sourceText)
    return this.#parts.control.submit({
      fileName,
      content: Buffer.from(sourceText),
      // As it ran: what had been set beside the source is in the graph.
      name: graph.name,
      parallelism: graph.parallelism,
      user: principal.name,
      waitMs: RUN_WAIT_MS,
      ...(draft === null ? {} : { draft }),
      mayWait: true,
    })
  }

  /** The revision of the draft that has this source; null when the draft is gone, or does not remember it. */
  async #draftOf({ id, draftId }: JobRecord, source: string): Promise<DraftRevision | null> {
    if (draftId === null) return null
    const { drafts } = this.#parts.store
    const draft = await drafts.getDraft(draftId)
    if (draft === null) return null
    if (draft.source === source) return { draftId, revision: draft.revision }
    const deployed = (await drafts.listDraftVersions(draftId)).find(version => version.jobId === id)
    return deployed === undefined ? null : { draftId, revision: deployed.revision }
  }

  async #stored(jobId: string): Promise<{ job: JobRecord; version: JobVersionRecord }> {
    const found = await this.#parts.store.jobs.getJobWithVersion(jobId)
    if (found !== null) return found
    const shown = JSON.stringify(jobId.slice(0, 40))
    throw new WeirError('NOT_FOUND', `there is no job ${shown}; it may have been deleted from the history`)
  }
}
