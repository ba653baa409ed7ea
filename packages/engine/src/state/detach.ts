import { detachText } from '../record/text-codec.ts'

/** Strings below this length are never windows on another string. */
const WINDOW_LENGTH_MIN = 13
/** Deeper than any record should be; what is nested deeper is kept as it is. */
const DEPTH_MAX = 8

/**
 * The value, fit for being kept: a string that was cut out of a batch keeps the text of the whole batch alive, so it is
 * replaced by a copy. Objects and arrays are copied where they hold such a string, and are the same otherwise. Instances
 * of classes are left as they are.
 */
export function detachValue<V>(value: V): V {
  return detach(value, DEPTH_MAX) as V
}

function detach(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.length < WINDOW_LENGTH_MIN ? value : detachText(value)
  if (typeof value !== 'object' || value === null || depth === 0) return value
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined
    for (let i = 0; i < value.length; i++) {
      const kept = detach(value[i], depth - 1)
      if (kept !== value[i] || isLongText(kept)) {
        copy ??= value.slice()
        copy[i] = kept
      }
    }
    return copy ?? value
  }
  if (!isPlain(value)) return value
  const fields = value as Record<string, unknown>
  let copy: Record<string, unknown> | undefined
  for (const name in fields) {
    const held = fields[name]
    // Most fields are numbers and short texts: these are passed without a call.
    if (typeof held === 'string' ? held.length < WINDOW_LENGTH_MIN : typeof held !== 'object') continue
    const kept = detach(held, depth - 1)
    if (kept !== held || typeof kept === 'string') {
      copy ??= { ...fields }
      // A field called `__proto__` is the copy's own already, by the spread.
      copy[name] = kept
    }
  }
  return copy ?? value
}

/** A deep copy of plain data; instances of classes other than Map, Set and Date are shared. */
export function copyValue<V>(value: V): V {
  return copy(value) as V
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copy)
  if (value instanceof Map) return new Map([...value].map(([key, held]) => [copy(key), copy(held)]))
  if (value instanceof Set) return new Set([...value].map(copy))
  if (value instanceof Date) return new Date(value)
  if (!isPlain(value)) return value
  const result: Record<string, unknown> = {}
  for (const [name, held] of Object.entries(value)) setField(result, name, copy(held))
  return result
}

/** Equal texts are `===` whether or not they share memory, so a long text always counts as changed. */
function isLongText(value: unknown): boolean {
  return typeof value === 'string' && value.length >= WINDOW_LENGTH_MIN
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** A field of that name even when the name is `__proto__`: records are untrusted. */
function setField(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true })
  } else target[name] = value
}
