import type { Problem } from '@weir/engine/base/errors'
import type { JobEdge, JobGraph, JobNode } from '@weir/engine/graph/job-graph'
import type { SpecRegistry } from '@weir/engine/graph/operator-spec'

/** Operators that put records into windows, by the config's `assigner`. */
const WINDOWED = new Set(['window', 'windowJoin', 'coGroup'])
/** Whether their records have a timestamp is for their code to say: custom sources, and all process functions. */
const SAYS_ITSELF = /^customSource$|process$/i

/**
 * Operators of event time that get records of a source without timestamps: they fail at the first record, which is a
 * late moment to learn it. One warning for each, at the first such source.
 */
export function missingTimestamps(graph: JobGraph, registry: SpecRegistry): Problem[] {
  const nodes = new Map(graph.nodes.map(node => [node.uid, node]))
  const edgesInto = Map.groupBy(graph.edges, edge => edge.to)
  return graph.nodes.flatMap(node => {
    const what = eventTimeWords(node)
    const source = what === null ? null : sourceWithoutTimestamps(node.uid, edgesInto, nodes, registry)
    if (what === null || source === null) return []
    return {
      operator: node.uid,
      message:
        `operator "${node.name}" ${what} event time, but records of the source "${source.name}" have no timestamps: the ` +
        'first one will fail the job; give addSource() a watermark strategy with a timestamp assigner' +
        (WINDOWED.has(node.type)
          ? ', or take windows of processing time, e.g. TumblingWindow.of(60_000).processingTime()'
          : ''),
    }
  })
}

function eventTimeWords({ type, config }: JobNode): string | null {
  if (type === 'intervalJoin') return 'joins by'
  const { assigner } = config
  if (!WINDOWED.has(type) || typeof assigner !== 'object' || assigner === null || Array.isArray(assigner)) return null
  return assigner.time === 'event' && assigner.type !== 'global' ? 'has windows of' : null
}

/** The first source that records come from without passing anybody who gives them a timestamp. */
function sourceWithoutTimestamps(
  uid: string,
  edgesInto: ReadonlyMap<string, readonly JobEdge[]>,
  nodes: ReadonlyMap<string, JobNode>,
  registry: SpecRegistry,
): JobNode | null {
  const waiting = [uid]
  const seen = new Set(waiting)
  // Grows while it is walked.
  for (const at of waiting) {
    for (const { from } of edgesInto.get(at) ?? []) {
      const node = nodes.get(from)
      if (node === undefined || seen.has(from) || givesTimestamps(node)) continue
      if (registry.get(node.type)?.kind === 'source') return node
      seen.add(from)
      waiting.push(from)
    }
  }
  return null
}

/** Results of windows bear the end of their window. */
function givesTimestamps({ type, watermarks }: JobNode): boolean {
  return watermarks?.timestampAssigner !== undefined || WINDOWED.has(type) || SAYS_ITSELF.test(type)
}
