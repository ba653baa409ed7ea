/** A change of a document of plain JSON: the value at a path is now this; without a value it is gone. */
export interface Change {
  readonly path: readonly string[]
  readonly value?: unknown
}

type Json = Readonly<Record<string, unknown>>

/**
 * What turns `before` into `after`. Objects are compared field by field, everything else (arrays included) as a whole.
 * Law: `applyChanges(before, changesBetween(before, after))` equals `after`.
 */
export function changesBetween(before: unknown, after: unknown): Change[] {
  const changes: Change[] = []
  compare(before, after, [], changes)
  return changes
}

function compare(before: unknown, after: unknown, path: readonly string[], changes: Change[]): void {
  if (isObject(before) && isObject(after)) {
    for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) changes.push({ path: [...path, key] })
    for (const [key, value] of Object.entries(after)) {
      if (Object.hasOwn(before, key)) compare(before[key], value, [...path, key], changes)
      else changes.push({ path: [...path, key], value })
    }
  } else if (!sameValue(before, after)) {
    changes.push({ path, value: after })
  }
}

/** A new document; what did not change is shared with the old one, so that a reader can compare parts by identity. */
export function applyChanges(document: unknown, changes: readonly Change[]): unknown {
  return changes.reduce((result, change) => applyAt(result, change, 0), document)
}

function applyAt(value: unknown, change: Change, depth: number): unknown {
  if (depth === change.path.length) return change.value
  const key = change.path[depth]!
  const object: Json = isObject(value) ? value : {}
  if (depth === change.path.length - 1 && !('value' in change)) {
    const { [key]: _gone, ...rest } = object
    return rest
  }
  return { ...object, [key]: applyAt(object[key], change, depth + 1) }
}

function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  return JSON.stringify(a) === JSON.stringify(b)
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
