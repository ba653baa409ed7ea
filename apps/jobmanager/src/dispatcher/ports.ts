import type { WeirError } from '@weir/engine/base/errors'
import type { JobGraph } from '@weir/engine/graph/job-graph'
import type { DiscoveryContext, SourceSplit } from '@weir/engine/operators/source'
import type {
  AbortLeftoversRequest,
  AlignSourcesRequest,
  AssignSplitsRequest,
  AttemptRef,
  CancelRequest,
  CommitRequest,
  DeployRequest,
} from '@weir/proto/generated/weir/v1/cluster'
import type { PreparedJob, PrepareRequest } from '@weir/submission/prepare-job'

/** The world as the Dispatcher sees it. The real things are in `adapters/`. */

/**
 * One TaskManager process. Calls reject with the TaskManager's own refusal as it was thrown there, or with
 * CONNECTION_LOST when it could not be reached or did not answer in bounded time: then nobody knows whether it was done.
 */
export interface TaskManagerGateway {
  /** Resolves to the refusal when the TaskManager made no slot at all. */
  deploy(request: DeployRequest): Promise<WeirError | null>
  start(attempt: AttemptRef): Promise<void>
  cancel(request: CancelRequest): Promise<void>
  assignSplits(request: AssignSplitsRequest): Promise<void>
  alignSources(request: AlignSourcesRequest): Promise<void>
  commit(request: CommitRequest): Promise<void>
  abortLeftovers(request: AbortLeftoversRequest): Promise<void>
  close(): void
}

/** `host:port` to a gateway; nothing is connected before the first call. */
export type GatewayFactory = (address: string, taskManagerId: string) => TaskManagerGateway

/** The connectors that a graph may name. */
export interface SourceCatalog {
  /** Lists the input of a source. Rejects with a WeirError that names what is missing. */
  discoverSplits(type: string, config: unknown, context: DiscoveryContext): Promise<readonly SourceSplit[]>
}

/** From a job file to a checked graph, off the main thread. */
export interface JobPreparer {
  prepareJob(request: PrepareRequest): Promise<PreparedJob>
}

/** What this cluster refuses in a graph that is valid in itself: paths it may not use, input that is not there. */
export interface GraphChecks {
  check(graph: JobGraph): Promise<void>
}
