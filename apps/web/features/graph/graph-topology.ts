import type { PipelineView } from '@weir/proto/web/pipeline'

/** Who follows whom, both ways, each in the order of the edges. */
export interface Neighbours {
  readonly after: ReadonlyMap<string, readonly string[]>
  readonly before: ReadonlyMap<string, readonly string[]>
}

/** Edges whose ends do not exist are left out: a graph that is being written may have some. */
export function neighboursOf(pipeline: PipelineView): Neighbours {
  const after = new Map<string, string[]>(pipeline.operators.map(({ uid }) => [uid, []]))
  const before = new Map<string, string[]>(pipeline.operators.map(({ uid }) => [uid, []]))
  for (const { from, to } of pipeline.edges) {
    const outgoing = after.get(from)
    const incoming = before.get(to)
    if (outgoing === undefined || incoming === undefined) continue
    if (!outgoing.includes(to)) outgoing.push(to)
    if (!incoming.includes(from)) incoming.push(from)
  }
  return { after, before }
}

/** Every operator after those that feed it; what is on a cycle comes last, in the order of the document. */
export function topologicalOrder(pipeline: PipelineView): readonly string[] {
  const { after, before } = neighboursOf(pipeline)
  const waitsFor = new Map([...before].map(([uid, inputs]) => [uid, inputs.length]))
  const order = pipeline.operators.filter(({ uid }) => waitsFor.get(uid) === 0).map(({ uid }) => uid)
  for (let at = 0; at < order.length; at++) {
    for (const next of after.get(order[at]!)!) {
      const left = waitsFor.get(next)! - 1
      waitsFor.set(next, left)
      if (left === 0) order.push(next)
    }
  }
  if (order.length === waitsFor.size) return order
  const reached = new Set(order)
  return [...order, ...[...waitsFor.keys()].filter(uid => !reached.has(uid))]
}
