import { WeirError } from '@weir/engine/base/errors'
import type { JobGraph } from '@weir/engine/graph/job-graph'

/**
 * The graph as JSON text, refusing what JSON would change without a word: a number that is not finite, a function, a
 * date. Runs in the sandbox and in slots alike, so both get the same graph.
 */
export function graphToJson(graph: JobGraph): string {
  const operatorOf = (path: readonly (string | number)[]) =>
    path[0] === 'nodes' && typeof path[1] === 'number' ? graph.nodes[path[1]] : undefined
  const check = (value: unknown, path: readonly (string | number)[]): void => {
    if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return
    if (typeof value === 'number' && Number.isFinite(value)) return
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) check(value[i], [...path, i])
      return
    }
    const prototype: unknown = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined
    if (prototype === null || prototype === Object.prototype) {
      for (const [name, field] of Object.entries(value)) check(field, [...path, name])
      return
    }
    const node = operatorOf(path)
    const where = node === undefined ? path.join('.') : `operator "${node.name}": ${path.slice(2).join('.')}`
    const what =
      typeof value === 'number' ? String(value) : `a ${typeof value === 'object' ? 'class instance' : typeof value}`
    throw new WeirError('JOB_GRAPH', `${where} is ${what}, which a graph cannot hold; use a plain value`, {
      place: node === undefined ? {} : { operator: node.uid },
    })
  }
  check(graph, [])
  return JSON.stringify(graph)
}
