import type { JobGraph } from './job-graph.ts'

/**
 * The uids along one cycle of the graph, in the direction of its edges, or undefined when there is none. Iterative, since
 * a graph may be ten thousand operators deep. Edges to unknown operators are passed over.
 */
export function findCycle(graph: JobGraph): string[] | undefined {
  const next = new Map<string, string[]>(graph.nodes.map(node => [node.uid, []]))
  for (const edge of graph.edges) if (next.has(edge.to)) next.get(edge.from)?.push(edge.to)
  const done = new Set<string>()
  for (const { uid } of graph.nodes) {
    const path: string[] = []
    const onPath = new Set<string>()
    const stack: { readonly uid: string; readonly leave: boolean }[] = [{ uid, leave: false }]
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      if (top.leave) {
        path.pop()
        onPath.delete(top.uid)
        done.add(top.uid)
        continue
      }
      if (onPath.has(top.uid)) return path.slice(path.indexOf(top.uid))
      if (done.has(top.uid)) continue
      path.push(top.uid)
      onPath.add(top.uid)
      stack.push({ uid: top.uid, leave: true })
      for (const to of next.get(top.uid) ?? []) stack.push({ uid: to, leave: false })
    }
  }
  return undefined
}
