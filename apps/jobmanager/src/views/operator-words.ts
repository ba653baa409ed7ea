import type { JobGraph, JobNode } from '@weir/engine/graph/job-graph'
import type { OperatorKind } from '@weir/proto/web/pipeline'
import { operatorKinds } from './pipeline-view.ts'

type Graph = Pick<JobGraph, 'nodes' | 'edges'>

interface GraphIndex {
  readonly nodes: ReadonlyMap<string, JobNode>
  readonly kinds: ReadonlyMap<string, OperatorKind>
  /** By the uid of an operator: whom it follows, over the first of its edges. */
  readonly before: ReadonlyMap<string, string>
}

/** Every operator of a live job is called by its words once a second: a graph, which never changes, is walked once. */
const indices = new WeakMap<Graph, GraphIndex>()

function indexOf(graph: Graph): GraphIndex {
  let index = indices.get(graph)
  if (index === undefined) {
    const before = new Map<string, string>()
    for (const { from, to } of graph.edges) if (!before.has(to)) before.set(to, from)
    index = { nodes: new Map(graph.nodes.map(node => [node.uid, node])), kinds: operatorKinds(graph), before }
    indices.set(graph, index)
  }
  return index
}

/** Whether a person gave the operator its name; one that has none is called after its type. */
export function isNamed({ name, type, uid }: Pick<JobNode, 'name' | 'type' | 'uid'>): boolean {
  return name !== type && !(name === uid && uid.startsWith(`${type}-`))
}

/**
 * How a sentence calls an operator that has no name: by its type and its place, `the map after 'numbers'`, `the datagen
 * source`. Null for one that has a name.
 */
export function operatorWords(graph: Graph, uid: string): string | null {
  const index = indexOf(graph)
  const node = index.nodes.get(uid)
  if (node === undefined || isNamed(node)) return null
  const kind = index.kinds.get(uid)
  const own = typeWords(node.type)
  if (kind === 'source') return `the ${own.replace(/ source$/, '')} source`
  const what = kind === 'sink' ? `${own.replace(/ sink$/, '')} sink` : own
  const before = index.nodes.get(index.before.get(uid) ?? '')
  return before === undefined ? `the ${what}` : `the ${what} after ${calledBefore(index, before)}`
}

/** Only the next operator is named: who it follows in turn would make no sentence. */
function calledBefore({ kinds }: GraphIndex, node: JobNode): string {
  if (isNamed(node)) return `'${node.name}'`
  const isSource = kinds.get(node.uid) === 'source'
  const words = typeWords(node.type)
  return `the ${isSource && !words.endsWith(' source') ? `${words} source` : words}`
}

/** `keyedProcess` as `keyed process`. */
function typeWords(type: string): string {
  return type
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .toLowerCase()
}
