import { WeirError } from '../base/errors.ts'
import { classOf, DEPTH_MAX, OPAQUE_CLASSES } from './value-tags.ts'

/**
 * Thrown by the value writer where it meets something that it cannot encode. It carries no place, so that the writer
 * need not track one; the codec that called it turns it into an error that names the field with `explainUnsendable`.
 */
export class Unsendable extends Error {}

interface Finding {
  readonly path: string
  readonly what: string
}

/** The error for `root` (called `name` in the message, such as "record"): which field of it cannot be encoded, and why. */
export function explainUnsendable(root: unknown, name: string, cause: unknown): WeirError {
  const finding = find(root, '', 0)
  const where =
    finding === undefined || finding.path === '' ? `The ${name}` : `The field "${finding.path}" of the ${name}`
  const what = finding?.what ?? 'holds a value that changes while it is read'
  return new WeirError(
    'RECORD_TYPE',
    `${where} ${what}, which cannot be sent to another subtask or stored. Keep plain data in it: ` +
      'primitive values, arrays, plain objects, Date, Map, Set, typed arrays.',
    { cause },
  )
}

function find(value: unknown, path: string, depth: number): Finding | undefined {
  if (typeof value === 'function' || typeof value === 'symbol') return { path, what: `is a ${typeof value}` }
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return undefined
  if (depth > DEPTH_MAX) {
    return { path: shorten(path), what: `is nested more than ${DEPTH_MAX} levels deep or refers to itself` }
  }
  const className = classOf(value)
  if (OPAQUE_CLASSES.has(className)) return { path, what: `is a ${className}` }
  for (const [name, child] of children(value)) {
    const finding = find(child, path === '' ? name : `${path}.${name}`, depth + 1)
    if (finding !== undefined) return finding
  }
  return undefined
}

function* children(value: object): Iterable<[string, unknown]> {
  if (value instanceof Map) {
    let index = 0
    for (const [key, content] of value) {
      yield [`<key ${index}>`, key]
      yield [`<value ${index++}>`, content]
    }
  } else if (value instanceof Set) {
    let index = 0
    for (const element of value) yield [`<element ${index++}>`, element]
  } else if (value instanceof Error) {
    yield ['cause', value.cause]
  } else {
    yield* Object.entries(value)
  }
}

function shorten(path: string): string {
  return path.length <= 60 ? path : `${path.slice(0, 60)}…`
}
