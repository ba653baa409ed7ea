/**
 * A change of a document of plain JSON. One of three: with `value`, the value at the path is now this; with `merge`, the
 * object at the path takes over what `merge` holds, objects field by field, everything else as a whole; with neither, what
 * is at the path is gone.
 */
export interface Change {
  readonly path: readonly string[]
  readonly value?: unknown
  readonly merge?: unknown
}

type Json = Readonly<Record<string, unknown>>

/**
 * What turns `before` into `after`. Objects are compared field by field, everything else (arrays included) as a whole.
 * Fields that are undefined count as absent, as in JSON. All that is new or different comes in one `merge`, so that the
 * size of a delta is that of its values, and it is taken over in one go.
 * Law: `applyChanges(before, changesBetween(before, after))` equals `after`.
 */
export function changesBetween(before: unknown, after: unknown): Change[] {
  if (!isObject(before) || !isObject(after)) return sameValue(before, after) ? [] : [{ path: [], value: after }]
  const gone: Change[] = []
  const merge = mergeBetween(before, after, [], gone)
  return merge === undefined ? gone : [...gone, { path: [], merge }]
}

/** Undefined when nothing is new or different; what is gone is added to `gone`. */
function mergeBetween(before: Json, after: Json, path: readonly string[], gone: Change[]): Json | undefined {
  for (const key of Object.keys(before)) {
    if (before[key] !== undefined && !has(after, key)) gone.push({ path: [...path, key] })
  }
  let merge: Record<string, unknown> | undefined
  for (const key of Object.keys(after)) {
    const value = after[key]
    if (value === undefined) continue
    const old = has(before, key) ? before[key] : undefined
    let part: unknown
    if (isObject(old) && isObject(value)) part = mergeBetween(old, value, [...path, key], gone)
    else if (!sameValue(old, value)) part = value
    if (part === undefined) continue
    merge ??= {}
    setField(merge, key, part)
  }
  return merge
}

/** A new document; what did not change is shared with the old one, so that a reader can compare parts by identity. */
export function applyChanges(document: unknown, changes: readonly Change[]): unknown {
  return changes.reduce((result, change) => applyAt(result, change, 0), document)
}

function applyAt(value: unknown, change: Change, depth: number): unknown {
  if (depth === change.path.length) return 'merge' in change ? merged(value, change.merge) : change.value
  const key = change.path[depth]!
  const object: Json = isObject(value) ? value : {}
  if (depth === change.path.length - 1 && !('value' in change || 'merge' in change)) {
    const { [key]: _gone, ...rest } = object
    return rest
  }
  return { ...object, [key]: applyAt(object[key], change, depth + 1) }
}

function merged(value: unknown, merge: unknown): unknown {
  if (!isObject(value) || !isObject(merge)) return merge
  const result: Record<string, unknown> = { ...value }
  for (const key of Object.keys(merge)) {
    setField(result, key, merged(has(value, key) ? value[key] : undefined, merge[key]))
  }
  return result
}

/** How many single values there are in it: the measure of its size. */
export function leavesOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  let leaves = 0
  for (const key in value) leaves += leavesOf((value as Json)[key])
  return leaves
}

function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  return JSON.stringify(a) === JSON.stringify(b)
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function has(object: Json, key: string): boolean {
  return Object.hasOwn(object, key) && object[key] !== undefined
}

/** A plain assignment to `__proto__` would set another thing. */
function setField(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') object[key] = value
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
}
