import { type ExecutionGraph, executionGraph, parallelismOf } from '@weir/engine/graph/execution-graph'
import type { JobEdge, JobGraph } from '@weir/engine/graph/job-graph'
import type { EdgeView, OperatorKind, OperatorView, PipelineView, SourcePlace } from '@weir/proto/web/pipeline'
import type { OperatorPlaces } from '@weir/submission/problems'
import { edgeIdsOf } from './edge-ids.ts'
import { operatorDetail } from './operator-detail.ts'

/** A valid job graph as it is drawn. Chains and partitioners are those that the job runs with. */
export function pipelineView(graph: JobGraph, places: OperatorPlaces | null): PipelineView {
  const planned = executionGraph(graph)
  return {
    name: graph.name,
    parallelism: graph.parallelism,
    maxParallelism: graph.maxParallelism,
    operators: operatorViews(planned, places),
    edges: edgeViews(planned),
  }
}

/** A source is fed by nobody, a sink feeds nobody. */
export function operatorKinds(graph: Pick<JobGraph, 'nodes' | 'edges'>): ReadonlyMap<string, OperatorKind> {
  const fed = new Set(graph.edges.map(edge => edge.to))
  const feeding = new Set(graph.edges.map(edge => edge.from))
  return new Map(
    graph.nodes.map(({ uid }) => [uid, !fed.has(uid) ? 'source' : feeding.has(uid) ? 'transform' : 'sink']),
  )
}

function operatorViews(planned: ExecutionGraph, places: OperatorPlaces | null): OperatorView[] {
  const graph = planned.job
  const kinds = operatorKinds(graph)
  const vertexOf = vertexIds(planned)
  return graph.nodes.map(node => ({
    uid: node.uid,
    type: node.type,
    kind: kinds.get(node.uid)!,
    name: node.name,
    detail: operatorDetail(node),
    parallelism: parallelismOf(graph, node),
    vertexId: vertexOf.get(node.uid)!,
    place: placeOf(node.uid, places),
  }))
}

function edgeViews(planned: ExecutionGraph): EdgeView[] {
  const { job, vertices } = planned
  const chained = new Set<JobEdge>(vertices.flatMap(vertex => vertex.chainedEdges))
  const ids = edgeIdsOf(job)
  // The exchanges of the plan are the edges outside of chains, in their order.
  const exchanges = planned.edges.values()
  return job.edges.map((edge, index) => {
    const isChained = chained.has(edge)
    const partitioner = isChained ? edge.partitioner : exchanges.next().value!.partitioner
    return {
      id: ids[index]!,
      from: edge.from,
      to: edge.to,
      partitioner,
      key: edge.key ?? null,
      output: edge.output,
      input: edge.input,
      chained: isChained,
    }
  })
}

/** The vertex of each operator, by uid. */
export function vertexIds(planned: ExecutionGraph): ReadonlyMap<string, string> {
  return new Map(planned.vertices.flatMap(vertex => vertex.nodes.map(({ uid }) => [uid, vertex.id] as const)))
}

/** Places of errors count columns from 0, those of editors from 1. */
function placeOf(uid: string, places: OperatorPlaces | null): SourcePlace | null {
  const place = places?.get(uid)
  return place?.line === undefined ? null : { line: place.line, column: (place.column ?? 0) + 1 }
}
