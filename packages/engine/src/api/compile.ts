import { assert } from '../base/assert.ts'
import { WeirError } from '../base/errors.ts'
import type { JobFunctions, NodeFunctions } from '../graph/job-functions.ts'
import type { JobEdge, JobGraph, JobNode } from '../graph/job-graph.ts'
import { operatorUids } from '../graph/operator-uids.ts'
import type { JobSettings } from './stream-environment.ts'
import type { JobDraft, StreamInput, StreamNode } from './stream-node.ts'

export interface CompiledJob {
  readonly graph: JobGraph
  readonly functions: JobFunctions
}

const DEFAULT_GROUP = 'default'

/**
 * The graph of a described job, and the closures of this evaluation by uid. Pure: the same description gives the same
 * graph. Throws JOB_GRAPH for what no graph can be made of; the rest is for `validateGraph`.
 */
export function compile(job: JobDraft & { readonly settings: JobSettings }): CompiledJob {
  const { nodes } = job
  if (nodes.length === 0) {
    throw new WeirError('JOB_GRAPH', `the job "${job.name}" has no operators; add a source with env.addSource(…)`)
  }
  const indexOf = new Map(nodes.map((node, index) => [node, index]))
  const uids = operatorUids(
    nodes.map(node => ({
      type: node.type,
      name: node.name,
      ...(node.uid === undefined ? {} : { uid: node.uid }),
      inputs: node.inputs.map(({ node: from, output, input }) => ({ from: index(indexOf, from), output, input })),
    })),
  )
  const uidOf = (node: StreamNode): string => uids[index(indexOf, node)] as string
  const groups = slotSharingGroups(nodes)
  const functions = new Map<string, NodeFunctions>(nodes.map(node => [uidOf(node), node.functions]))
  const graph: JobGraph = {
    name: job.name,
    ...job.settings,
    nodes: nodes.map(node => jobNode(node, uidOf(node), groups.get(node))),
    edges: nodes.flatMap(node => node.inputs.map(input => jobEdge(input, uidOf(input.node), uidOf(node)))),
  }
  return { graph, functions }
}

function index(indexOf: ReadonlyMap<StreamNode, number>, node: StreamNode): number {
  const found = indexOf.get(node)
  assert(found !== undefined, `operator "${node.name}" belongs to another job`)
  return found
}

function jobNode(node: StreamNode, uid: string, group: string | undefined): JobNode {
  const parallelism = node.fixedParallelism ?? node.parallelism
  return {
    uid,
    type: node.type,
    name: node.name,
    config: node.config,
    ...(parallelism === undefined ? {} : { parallelism }),
    ...(node.watermarks === undefined ? {} : { watermarks: node.watermarks }),
    ...(node.chaining === undefined ? {} : { chaining: node.chaining }),
    ...(group === undefined || group === DEFAULT_GROUP ? {} : { slotSharingGroup: group }),
  }
}

function jobEdge(input: StreamInput, from: string, to: string): JobEdge {
  return {
    from,
    to,
    partitioner: input.partitioner,
    ...(input.strict ? { strict: true } : {}),
    ...(input.key === undefined ? {} : { key: input.key }),
    output: input.output,
    input: input.input,
  }
}

/** An operator without a group of its own takes that of its inputs, if they agree. */
function slotSharingGroups(nodes: readonly StreamNode[]): Map<StreamNode, string> {
  const groups = new Map<StreamNode, string>()
  for (const node of nodes) {
    const inherited = new Set(node.inputs.map(input => groups.get(input.node) ?? DEFAULT_GROUP))
    const [only = DEFAULT_GROUP] = inherited
    groups.set(node, node.slotSharingGroup ?? (inherited.size === 1 ? only : DEFAULT_GROUP))
  }
  return groups
}
