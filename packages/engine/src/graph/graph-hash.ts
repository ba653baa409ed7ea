import type { JobGraph } from './job-graph.ts'
import { sha256Hex } from './sha-256.ts'

/**
 * The identity of a graph: 64 hexadecimal digits, equal for equal graphs whatever the order of their objects' fields.
 * Slots compare it with the stored one after evaluating the bundle, so a module that builds another graph each time is
 * found before anything runs.
 */
export function graphHash(graph: JobGraph): string {
  return sha256Hex(canonicalJson(graph))
}

/**
 * JSON with sorted field names and without undefined fields: one text for one value. Code-unit order, so that no locale
 * plays in. Engines print built-in and bound functions (`.map(String)`) each in a form of their own; in the text they
 * are all the same.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(item => canonicalJson(item)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`).join(',')}}`
  }
  if (typeof value === 'string') return JSON.stringify(NATIVE_CODE.test(value) ? '[native code]' : value)
  return JSON.stringify(value) ?? 'null'
}

const NATIVE_CODE = /^function\b[^{]*\{\s*\[native code\]\s*\}$/

/**
 * What is different between the graph that was stored and one that was built later, in words that name the operators;
 * empty for equal graphs. At most `limit` differences.
 */
export function graphDifferences(stored: JobGraph, built: JobGraph, limit = 5): string[] {
  const found: string[] = []
  const builtNodes = new Map(built.nodes.map(node => [node.uid, node]))
  const storedUids = new Set(stored.nodes.map(node => node.uid))
  for (const node of stored.nodes) {
    const other = builtNodes.get(node.uid)
    if (other === undefined) found.push(`operator "${node.name}" (${node.uid}) is missing`)
    else for (const path of differingPaths(node, other)) found.push(`operator "${node.name}" (${node.uid}): ${path}`)
  }
  for (const node of built.nodes) {
    if (!storedUids.has(node.uid)) found.push(`operator "${node.name}" (${node.uid}) is new`)
  }
  if (found.length === 0 && canonicalJson(stored.edges) !== canonicalJson(built.edges)) {
    found.push('the connections between the operators differ')
  }
  const settings = (graph: JobGraph) => ({ ...graph, nodes: undefined, edges: undefined })
  found.push(...differingPaths(settings(stored), settings(built)))
  if (found.length === 0 && canonicalJson(stored) !== canonicalJson(built))
    found.push('the order of the operators differs')
  return found.slice(0, limit)
}

/** `config.path was "a", is now "b"` for every field that is not equal, deepest name first found. */
function differingPaths(stored: unknown, built: unknown, path = ''): string[] {
  if (canonicalJson(stored) === canonicalJson(built)) return []
  if (isRecord(stored) && isRecord(built)) {
    const names = new Set([...Object.keys(stored), ...Object.keys(built)])
    return [...names].flatMap(name => differingPaths(stored[name], built[name], path === '' ? name : `${path}.${name}`))
  }
  return [`${path} was ${shown(stored)}, is now ${shown(built)}`]
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  const text = value === undefined ? 'absent' : canonicalJson(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
