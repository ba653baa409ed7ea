import type { JobGraph } from '@weir/engine/graph/job-graph'

/**
 * The id of each edge of a graph, in the order of its edges: `from->to`, with output tag and input where two operators
 * are joined more than once. The pipeline and the live document name edges by it.
 */
export function edgeIdsOf(graph: Pick<JobGraph, 'edges'>): string[] {
  const joined = Map.groupBy(graph.edges, ({ from, to }) => `${from}->${to}`)
  const taken = new Map<string, number>()
  return graph.edges.map(({ from, to, output, input }) => {
    const short = `${from}->${to}`
    const id = joined.get(short)!.length === 1 ? short : `${short}:${output ?? ''}:${input}`
    const before = taken.get(id) ?? 0
    taken.set(id, before + 1)
    return before === 0 ? id : `${id}~${before + 1}`
  })
}
