import type { JobGraph, JobNode } from '@weir/engine/graph/job-graph'
import { operatorKinds } from './pipeline-view.ts'

type Graph = Pick<JobGraph, 'nodes' | 'edges'>

/** Whether a person gave the operator its name; one that has none is called after its type. */
export function isNamed({ name, type, uid }: Pick<JobNode, 'name' | 'type' | 'uid'>): boolean {
  return name !== type && !(name === uid && uid.startsWith(`${type}-`))
}

/**
 * How a sentence calls an operator that has no name: by its type and its place, `the map after 'numbers'`, `the datagen
 * source`. Null for one that has a name.
 */
export function operatorWords(graph: Graph, uid: string): string | null {
  const node = graph.nodes.find(each => each.uid === uid)
  if (node === undefined || isNamed(node)) return null
  const kind = operatorKinds(graph).get(uid)
  const own = typeWords(node.type)
  if (kind === 'source') return `the ${own.replace(/ source$/, '')} source`
  const what = kind === 'sink' ? `${own.replace(/ sink$/, '')} sink` : own
  const from = graph.edges.find(edge => edge.to === uid)?.from
  const before = graph.nodes.find(each => each.uid === from)
  return before === undefined ? `the ${what}` : `the ${what} after ${calledBefore(graph, before)}`
}

/** Only the next operator is named: who it follows in turn would make no sentence. */
function calledBefore(graph: Graph, node: JobNode): string {
  if (isNamed(node)) return `'${node.name}'`
  const isSource = operatorKinds(graph).get(node.uid) === 'source'
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
