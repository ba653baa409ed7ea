import { assert } from '../base/assert.ts'
import { chainsOf } from './chaining.ts'
import type { JobEdge, JobGraph, JobNode, Partitioner } from './job-graph.ts'

/**
 * The parallel form of a job. JobManager and slots compute it, each for itself, from the same JobGraph, and get the same
 * vertices, slots and channel ids: so none of these has to be sent.
 */
export interface ExecutionGraph {
  readonly job: JobGraph
  readonly vertices: readonly JobVertex[]
  readonly edges: readonly ExecutionEdge[]
  /** How many slots one attempt of the job takes. */
  readonly slotCount: number
}

/** A chain of operators that run in one subtask, `parallelism` times. */
export interface JobVertex {
  readonly index: number
  /** uid of the chain's head. */
  readonly id: string
  /** Names of the chained operators, as people read them: `source -> split -> count`. */
  readonly name: string
  readonly parallelism: number
  readonly maxParallelism: number
  /** Head first, each node after the one that feeds it. A chain is a tree: a node may feed several. */
  readonly nodes: readonly JobNode[]
  /** Edges inside the chain. */
  readonly chainedEdges: readonly JobEdge[]
  readonly slotSharingGroup: string
  /** Subtask i stands in slot `firstSlot + i` of the job. */
  readonly firstSlot: number
}

/** An exchange between two vertices. */
export interface ExecutionEdge {
  readonly index: number
  readonly from: JobVertex
  /** uid of the operator in `from` whose output this is. */
  readonly fromNode: string
  /** Side-output tag, or null for the main output. */
  readonly output: string | null
  readonly to: JobVertex
  readonly input: number
  /** Never an unequal `forward`. */
  readonly partitioner: Partitioner
  /** Channel from producer i to consumer j: `firstChannel + i × to.parallelism + j`. */
  readonly firstChannel: number
}

export interface SubtaskRef {
  readonly vertex: number
  readonly subtask: number
}

export function parallelismOf(graph: JobGraph, node: JobNode): number {
  return node.parallelism ?? graph.parallelism
}

export function executionGraph(job: JobGraph): ExecutionGraph {
  const chains = chainsOf(job)
  const vertexOfNode = new Map<string, JobVertex>()
  const vertices: JobVertex[] = []
  const groupSize = new Map<string, number>()
  for (const chain of chains) {
    const group = chain.nodes[0].slotSharingGroup ?? 'default'
    groupSize.set(group, Math.max(groupSize.get(group) ?? 0, parallelismOf(job, chain.nodes[0])))
  }
  const groupStart = new Map<string, number>()
  let slotCount = 0
  for (const [group, size] of groupSize) {
    groupStart.set(group, slotCount)
    slotCount += size
  }
  for (const chain of chains) {
    const head = chain.nodes[0]
    const group = head.slotSharingGroup ?? 'default'
    const vertex: JobVertex = {
      index: vertices.length,
      id: head.uid,
      name: chain.nodes.map(node => node.name).join(' -> '),
      parallelism: parallelismOf(job, head),
      maxParallelism: job.maxParallelism,
      nodes: chain.nodes,
      chainedEdges: chain.edges,
      slotSharingGroup: group,
      firstSlot: groupStart.get(group) as number,
    }
    vertices.push(vertex)
    for (const node of chain.nodes) vertexOfNode.set(node.uid, vertex)
  }
  const chained = new Set(chains.flatMap(chain => chain.edges))
  const edges: ExecutionEdge[] = []
  let firstChannel = 0
  for (const edge of job.edges) {
    if (chained.has(edge)) continue
    const from = vertexOfNode.get(edge.from)
    const to = vertexOfNode.get(edge.to)
    assert(from && to, `edge ${edge.from} -> ${edge.to} joins unknown operators`)
    const partitioner =
      edge.partitioner === 'forward' && from.parallelism !== to.parallelism ? 'rebalance' : edge.partitioner
    edges.push({
      index: edges.length,
      from,
      fromNode: edge.from,
      output: edge.output,
      to,
      input: edge.input,
      partitioner,
      firstChannel,
    })
    firstChannel += from.parallelism * to.parallelism
  }
  return { job, vertices, edges, slotCount }
}

export function channelId(edge: ExecutionEdge, producer: number, consumer: number): number {
  return edge.firstChannel + producer * edge.to.parallelism + consumer
}

/** The consumers that producer i of the edge sends to, ascending. */
export function consumersOf(edge: ExecutionEdge, producer: number): number[] {
  const all = Array.from({ length: edge.to.parallelism }, (_, consumer) => consumer)
  return all.filter(consumer => connects(edge, producer, consumer))
}

/** The producers that consumer j of the edge receives from, ascending. */
export function producersOf(edge: ExecutionEdge, consumer: number): number[] {
  const all = Array.from({ length: edge.from.parallelism }, (_, producer) => producer)
  return all.filter(producer => connects(edge, producer, consumer))
}

function connects(edge: ExecutionEdge, producer: number, consumer: number): boolean {
  switch (edge.partitioner) {
    case 'forward':
      return producer === consumer
    case 'rescale': {
      // The larger side is cut into runs of near equal length, one run per subtask of the smaller side.
      const producers = edge.from.parallelism
      const consumers = edge.to.parallelism
      return producers >= consumers
        ? Math.floor((producer * consumers) / producers) === consumer
        : Math.floor((consumer * producers) / consumers) === producer
    }
    default:
      return true
  }
}

export function slotOf(vertex: JobVertex, subtask: number): number {
  return vertex.firstSlot + subtask
}

/** The subtasks that run in one slot of the job, producers before consumers. */
export function subtasksInSlot(graph: ExecutionGraph, slot: number): SubtaskRef[] {
  const found: SubtaskRef[] = []
  for (const vertex of graph.vertices) {
    const subtask = slot - vertex.firstSlot
    if (subtask >= 0 && subtask < vertex.parallelism) found.push({ vertex: vertex.index, subtask })
  }
  return found
}
