import type {
  CheckOutcome,
  DeployOutcome,
  Draft,
  DraftSummary,
  DraftVersion,
  SampleFile,
  SaveOutcome,
  Template,
} from '@weir/proto/web/drafts'
import type {
  ExceptionGroup,
  HistoryEvent,
  JobConfigView,
  JobPipeline,
  MetricRange,
  MetricSeries,
} from '@weir/proto/web/job-details'
import type { LiveMessage, LiveTopic } from '@weir/proto/web/live'
import type { Principal } from '../../auth/permissions.ts'

/** What the pages of the web app ask of the JobManager beside the ControlPlane. Failures are WeirErrors. */
export interface WebServices {
  readonly drafts: DraftService
  readonly jobs: JobPages
  readonly live: LiveHub
  /** Every example that runs in this state of the engine. */
  templates(): Promise<readonly Template[]>
  /** The two that a new cluster shows; there long before all are. */
  starterTemplates(): Promise<readonly Template[]>
}

export type NewDraft =
  /** A small job that runs as it is. */
  | { readonly from: 'blank' }
  | { readonly from: 'template'; readonly templateId: string }
  /** The source of a job; gives the draft that the job was deployed from, when that still has this source. */
  | { readonly from: 'job'; readonly jobId: string }
  /** A file of the user. */
  | { readonly from: 'source'; readonly fileName: string; readonly source: string }

/** Drafts outlive a restart of the JobManager: what `save` has answered is on disk. Throw NOT_FOUND for unknown ids. */
export interface DraftService {
  /** Edited last comes first. */
  list(): Promise<readonly DraftSummary[]>
  get(draftId: string): Promise<Draft>
  create(request: NewDraft, principal: Principal): Promise<Draft>
  /** Writes only when `baseRevision` is the stored revision. `restored`: the text was taken from the history. */
  save(
    request: {
      readonly draftId: string
      readonly source: string
      readonly baseRevision: number
      readonly restored?: boolean
    },
    principal: Principal,
  ): Promise<SaveOutcome>
  rename(draftId: string, name: string): Promise<DraftSummary>
  /** With its versions and samples; jobs that were deployed from it stay. */
  remove(draftId: string): Promise<void>
  /** Newest first. */
  versions(draftId: string): Promise<readonly DraftVersion[]>
  versionSource(draftId: string, revision: number): Promise<{ readonly source: string }>
  /**
   * Bundles and evaluates a source, whether saved or not, and says everything that is wrong with it. `caller`: any word
   * that a page has for itself; a check of a page that still waits rejects with CONFLICT when the page sends a newer one.
   */
  check(request: {
    readonly source: string
    readonly fileName: string
    readonly parallelism: number | null
    readonly caller?: string
  }): Promise<CheckOutcome>
  /** Deploys the stored source of the given revision. */
  deploy(
    request: {
      readonly draftId: string
      readonly revision: number
      readonly name: string
      readonly parallelism: number | null
    },
    principal: Principal,
  ): Promise<DeployOutcome>
  /** Keeps a file as sample input under its (cleaned) name; the same name again replaces it. */
  putSample(draftId: string, name: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<SampleFile>
  removeSample(draftId: string, name: string): Promise<void>
}

/** What a job's tabs ask for when they are opened. */
export interface JobPages {
  pipeline(jobId: string): Promise<JobPipeline>
  exceptions(jobId: string): Promise<readonly ExceptionGroup[]>
  /** Newest last. */
  history(jobId: string): Promise<readonly HistoryEvent[]>
  metrics(jobId: string, range: MetricRange): Promise<MetricSeries>
  config(jobId: string): Promise<JobConfigView>
  /** Starts a new job of the same source with the same settings. */
  runAgain(jobId: string, principal: Principal): Promise<{ readonly jobId: string; readonly status: string }>
}

export interface LiveHub {
  /**
   * Messages of all topics, each with the id to resume by. Ends when `signal` is aborted. `lastEventId`: null for the
   * first time. Who may see a topic is checked here, by `principal`.
   */
  watch(
    topics: readonly LiveTopic[],
    lastEventId: string | null,
    principal: Principal,
    signal: AbortSignal,
  ): AsyncIterable<{ readonly id: string; readonly message: LiveMessage }>
  /** Ends all subscriptions, and refuses new ones: the server closes. */
  close(): void
}
