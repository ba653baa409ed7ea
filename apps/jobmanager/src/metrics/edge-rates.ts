import type { JobEdge, JobGraph } from '@weir/engine/graph/job-graph'
import type { OperatorFigures } from './job-figures.ts'

/**
 * Records per second on each edge of a graph, in the order of its edges.
 *
 * Operators count what comes in, and what goes out by their main output; nobody counts on edges. So
 * - an edge of a main output carries all that its operator gives out, however many consumers there are (a broadcast counts
 *   a record once, not once for each copy);
 * - a side output is what its consumer takes in, where the consumer has no other input, or what is left of that when the
 *   other inputs are main outputs;
 * - two side outputs that meet in one operator cannot be told apart: null.
 */
export function edgeRates(
  graph: Pick<JobGraph, 'edges'>,
  operators: ReadonlyMap<string, Pick<OperatorFigures, 'recordsInPerSecond' | 'recordsOutPerSecond'>>,
  parallelismOf: (uid: string) => number,
): (number | null)[] {
  const into = Map.groupBy(graph.edges, edge => edge.to)
  const outOf = (edge: JobEdge): number | null => operators.get(edge.from)?.recordsOutPerSecond ?? null
  /** How much of a main output arrives at the consumer, copies included. */
  const arriving = (edge: JobEdge): number | null => {
    const rate = outOf(edge)
    return rate === null ? null : rate * (edge.partitioner === 'broadcast' ? parallelismOf(edge.to) : 1)
  }
  return graph.edges.map(edge => {
    if (edge.output === null) return outOf(edge)
    const taken = operators.get(edge.to)?.recordsInPerSecond ?? null
    const others = into.get(edge.to)!.filter(other => other !== edge)
    if (taken === null || others.some(other => other.output !== null)) return null
    let rest = taken
    for (const other of others) {
      const rate = arriving(other)
      if (rate === null) return null
      rest -= rate
    }
    const copies = edge.partitioner === 'broadcast' ? parallelismOf(edge.to) : 1
    return Math.max(0, rest) / copies
  })
}
