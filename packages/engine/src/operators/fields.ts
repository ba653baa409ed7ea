import { WeirError } from '../base/errors.ts'

/** Reading the field that a built-in aggregation computes with. FIELD_TYPE names the field and what was found. */

export type Comparable = number | string | bigint

export function numberField(record: unknown, field: string): number {
  const found = fieldOf(record, field)
  if (typeof found !== 'number') throw wrongType(record, field, 'a number')
  return found
}

export function comparableField(record: unknown, field: string): Comparable {
  const found = fieldOf(record, field)
  if (typeof found === 'number' || typeof found === 'string' || typeof found === 'bigint') return found
  throw wrongType(record, field, 'a number, a bigint or a string')
}

/** The lower of two (or the higher); the first when neither is. A NaN counts only while there is nothing else. */
export function extreme(held: Comparable, found: Comparable, which: 'min' | 'max', field: string): Comparable {
  if (typeof held !== typeof found) {
    throw new WeirError(
      'FIELD_TYPE',
      `the field '${field}' is a ${typeof found} here and was a ${typeof held} before; ${which} needs one type`,
    )
  }
  // biome-ignore lint/suspicious/noSelfCompare: only NaN differs from itself
  if (held !== held) return found
  return (which === 'min' ? found < held : found > held) ? found : held
}

/** A copy of the record with one field replaced. */
export function withField(record: unknown, field: string, value: unknown): unknown {
  const copy = { ...(record as Record<string, unknown>) }
  copy[field] = value
  return copy
}

function fieldOf(record: unknown, field: string): unknown {
  return typeof record === 'object' && record !== null ? (record as Record<string, unknown>)[field] : undefined
}

function wrongType(record: unknown, field: string, wanted: string): WeirError {
  if (typeof record !== 'object' || record === null) {
    return new WeirError('FIELD_TYPE', `the record is ${describe(record)}, not an object with a field '${field}'`)
  }
  return new WeirError(
    'FIELD_TYPE',
    `the field '${field}' has to be ${wanted}, but is ${describe(fieldOf(record, field))}`,
  )
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'string' ? `the string ${JSON.stringify(value.slice(0, 40))}` : `of type ${typeof value}`
}
