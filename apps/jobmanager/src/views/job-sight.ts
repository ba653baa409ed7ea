import type {
  FailureFacts,
  JobFacts,
  OperatorRef,
  SlotFacts,
  StuckFacts,
  VertexFacts,
} from '@weir/control/verdict/verdict-facts'
import { type ExecutionGraph, executionGraph } from '@weir/engine/graph/execution-graph'
import type { JobFailure, JobStatusView } from '../dispatcher/control-plane.ts'
import type { LiveJob } from '../dispatcher/job-views.ts'
import type { JobFigures, VertexFigures } from '../metrics/job-metrics.ts'
import { operatorWords } from './operator-words.ts'
import { topmostPlace } from './stack-places.ts'

/** All that is known of one job at one moment. */
export interface JobSight {
  /** Wall-clock ms. */
  readonly now: number
  readonly status: JobStatusView
  readonly graph: ExecutionGraph
  readonly figures: JobFigures
  /** Null for a job that is not in memory any more. */
  readonly live: LiveJob | null
  readonly stuck: StuckFacts | null
}

/** What the rules of the verdict are asked with. */
export function factsOf(sight: JobSight): JobFacts {
  const { now, status, graph, figures, live, stuck } = sight
  const { error } = status
  return {
    now,
    status: status.status,
    restarting: status.restarting,
    committing: live?.committing ?? false,
    reason: status.reason,
    submittedAt: status.submittedAt,
    startedAt: status.startedAt,
    finishedAt: status.finishedAt,
    slots: slotFacts(sight),
    failure: error === null ? null : failureFacts(error, graph),
    failures: (live?.failures ?? []).map(failure => failureFacts(failure, graph)),
    hasMoreFailures: live !== null && live.failureCount > live.failures.length,
    stuck,
    input: figures.input,
    recordsIn: figures.totals.recordsIn,
    recordsOut: figures.totals.recordsOut,
    recordsInPerSecond: figures.totals.recordsInPerSecond,
    recordsOutPerSecond: figures.totals.recordsOutPerSecond,
    vertices: vertexFacts(graph, figures),
  }
}

/** The same facts, but for the records at which the job failed. */
export function withoutRecords(facts: JobFacts): JobFacts {
  const quiet = (failure: FailureFacts): FailureFacts => ({ ...failure, record: null })
  const { failure, failures } = facts
  return { ...facts, failure: failure && quiet(failure), failures: failures.map(quiet) }
}

/** The operator that an error names, by name or uid. */
export function operatorOf(graph: ExecutionGraph, named: string): OperatorRef | null {
  const { nodes } = graph.job
  const node = nodes.find(({ uid }) => uid === named) ?? nodes.find(({ name }) => name === named)
  return node === undefined ? null : refOf(graph, node)
}

export function refOf(
  graph: ExecutionGraph,
  { uid, name }: { readonly uid: string; readonly name: string },
): OperatorRef {
  return { uid, name, words: operatorWords(graph.job, uid) }
}

export function failureFacts(failure: JobFailure, graph: ExecutionGraph | null): FailureFacts {
  const { at, code, operator, subtask, message, stack, record } = failure
  const place = topmostPlace(stack)
  return {
    at,
    code,
    operator: operator === null ? null : ((graph && operatorOf(graph, operator)) ?? { uid: null, name: operator }),
    subtask,
    message,
    record,
    place: place === null ? null : { file: place.file, line: place.line },
  }
}

function slotFacts({ live, graph }: JobSight): SlotFacts | null {
  if (live === null || live.waiting === null) return null
  const { free, total } = live.waiting
  const fits = free === null ? null : parallelismThatFits(graph, free)
  return { needed: graph.slotCount, free, total, parallelismThatFits: fits }
}

function parallelismThatFits({ job, slotCount }: ExecutionGraph, free: number): number | null {
  const parallelism = Math.min(free, job.parallelism - 1)
  if (free >= slotCount || parallelism < 1) return null
  return executionGraph({ ...job, parallelism }).slotCount <= free ? parallelism : null
}

function vertexFacts(graph: ExecutionGraph, figures: JobFigures): VertexFacts[] {
  const fed = new Set(graph.edges.map(edge => edge.to.index))
  const edgesFrom = Map.groupBy(graph.edges, edge => edge.from.index)
  return graph.vertices.map(({ index, id, nodes, parallelism }) => {
    const load = figures.vertices[index]!
    return {
      id,
      operators: nodes.map(node => refOf(graph, node)),
      parallelism,
      isSource: !fed.has(index),
      finished: load.finished,
      feeds: [...new Set(edgesFrom.get(index)?.map(edge => edge.to.id))],
      busy: load.busy,
      backpressure: load.backpressure,
      busiest: busiestOf(load),
      hottest: load.hottest,
      ...(load.aligned === undefined ? {} : { aligned: load.aligned }),
    }
  })
}

function busiestOf({ subtasks }: VertexFigures): VertexFacts['busiest'] {
  let busiest: VertexFacts['busiest'] = null
  subtasks.forEach(({ busy }, subtask) => {
    if (busy !== null && (busiest === null || busy > busiest.busy)) busiest = { subtask, busy }
  })
  return busiest
}
