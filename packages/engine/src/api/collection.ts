import type { JobNode } from '../graph/job-graph.ts'

const VALUES_SHOWN_MAX = 100
const TEXT_LENGTH_MAX = 4_000

/**
 * Config and closures of a source over values of the program. The values stay in the closure, since they can be
 * anything; the graph has the text of a function that gives them, for as long as they are few and plain.
 */
export function collectionOf(values: Iterable<unknown>): {
  config: JobNode['config']
  functions: { values: () => Iterable<unknown> }
} {
  return { config: { values: valuesText(values) }, functions: { values: () => values } }
}

function valuesText(values: Iterable<unknown>): string {
  // Only arrays are looked into: another iterable may be endless, or give its values once.
  if (!Array.isArray(values)) return '() => [/* an iterable of the program */]'
  if (values.length <= VALUES_SHOWN_MAX && values.every(isPlain)) {
    const text = JSON.stringify(values)
    if (text.length <= TEXT_LENGTH_MAX) return `() => (${text})`
  }
  return `() => [/* ${values.length} values of the program */]`
}

/** Whether JSON says all there is to say about a value. */
function isPlain(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  if (typeof value !== 'object') return false
  if (Array.isArray(value)) return value.every(isPlain)
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain)
}
