import type { Problem } from '@weir/engine/base/errors'
import type { JobGraph } from '@weir/engine/graph/job-graph'
import type { SpecRegistry } from '@weir/engine/graph/operator-spec'

/**
 * Operators of a valid graph whose records nobody takes: the job may run so (a process function may do its work by
 * itself), but mostly a sink was forgotten. One that has a side output taken is left alone. Warnings, by uid.
 */
export function deadEnds(graph: JobGraph, registry: SpecRegistry): Problem[] {
  const feeding = new Set(graph.edges.map(edge => edge.from))
  const isSink = (type: string): boolean => registry.get(type)?.kind === 'sink'
  const ends = graph.nodes.filter(node => !feeding.has(node.uid) && !isSink(node.type))
  const hasSink = graph.nodes.some(node => isSink(node.type))
  return ends.map(({ uid, name }) => ({
    operator: uid,
    message:
      `nobody takes the records of operator "${name}"${hasSink ? '' : ', and the job has no sink'}: they are dropped; ` +
      'end it with .print() or .addSink(...), or remove it',
  }))
}
