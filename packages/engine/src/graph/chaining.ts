import { assert } from '../base/assert.ts'
import type { JobEdge, JobGraph, JobNode } from './job-graph.ts'

export interface Chain {
  /** Head first; every node after the one that feeds it. */
  readonly nodes: readonly JobNode[]
  readonly edges: readonly JobEdge[]
}

/**
 * Fuses neighbours into chains: over a forward edge, between equal parallelisms in the same slot-sharing group, where the
 * consumer has no other input and does not start a chain of its own. The chains come in topological order of their heads.
 *
 * Where there is one subtask on either side, an edge by key says no more than a forward edge does, so it is treated as one.
 * Not where state may be on disk: the head of a chain asks for the state of many records at once, and those behind it cannot.
 */
export function chainsOf(graph: JobGraph): Chain[] {
  const inputs = new Map<string, JobEdge[]>(graph.nodes.map(node => [node.uid, []]))
  const outputs = new Map<string, JobEdge[]>(graph.nodes.map(node => [node.uid, []]))
  const nodeOf = new Map(graph.nodes.map(node => [node.uid, node]))
  for (const edge of graph.edges) {
    inputs.get(edge.to)?.push(edge)
    outputs.get(edge.from)?.push(edge)
  }
  const isOneToOne = ({ partitioner }: JobEdge, parallelism: number): boolean =>
    partitioner === 'forward' || (partitioner === 'hash' && parallelism === 1 && graph.stateBackend === 'memory')
  const chainable = (edge: JobEdge): boolean => {
    const from = nodeOf.get(edge.from)
    const to = nodeOf.get(edge.to)
    assert(from && to, `edge ${edge.from} -> ${edge.to} joins unknown operators`)
    const parallelism = to.parallelism ?? graph.parallelism
    return (
      isOneToOne(edge, parallelism) &&
      inputs.get(to.uid)?.length === 1 &&
      (from.parallelism ?? graph.parallelism) === parallelism &&
      (from.slotSharingGroup ?? 'default') === (to.slotSharingGroup ?? 'default') &&
      (to.chaining ?? 'always') === 'always' &&
      from.chaining !== 'never'
    )
  }
  const chains: Chain[] = []
  for (const head of topologicalOrder(graph)) {
    const incoming = inputs.get(head.uid) as JobEdge[]
    if (incoming.length === 1 && chainable(incoming[0])) continue
    const nodes: JobNode[] = [head]
    const edges: JobEdge[] = []
    for (let i = 0; i < nodes.length; i++) {
      for (const edge of outputs.get(nodes[i].uid) as JobEdge[]) {
        if (!chainable(edge)) continue
        edges.push(edge)
        nodes.push(nodeOf.get(edge.to) as JobNode)
      }
    }
    chains.push({ nodes, edges })
  }
  return chains
}

/** Nodes so that every edge goes forward, in the order of the graph where it leaves a choice. The graph has no cycle. */
export function topologicalOrder(graph: JobGraph): JobNode[] {
  const waitingFor = new Map(graph.nodes.map(node => [node.uid, 0]))
  for (const edge of graph.edges) waitingFor.set(edge.to, (waitingFor.get(edge.to) ?? 0) + 1)
  const outputs = Map.groupBy(graph.edges, edge => edge.from)
  const nodeOf = new Map(graph.nodes.map(node => [node.uid, node]))
  const ready = graph.nodes.filter(node => waitingFor.get(node.uid) === 0)
  const order: JobNode[] = []
  for (let i = 0; i < ready.length; i++) {
    order.push(ready[i])
    for (const { to } of outputs.get(ready[i].uid) ?? []) {
      const left = (waitingFor.get(to) as number) - 1
      waitingFor.set(to, left)
      if (left === 0) ready.push(nodeOf.get(to) as JobNode)
    }
  }
  assert(order.length === graph.nodes.length, 'the job graph has a cycle')
  return order
}
