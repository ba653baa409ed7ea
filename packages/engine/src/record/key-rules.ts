import { WeirError } from '../base/errors.ts'
import { promiseRefused } from '../base/promises.ts'
import { classOf } from './value-tags.ts'

/** What may be a key, or a field of one that is an object or tuple. */
export type PrimitiveKey = string | number | bigint | boolean
/** An object keeps its key whatever the order of its fields; a tuple is an array. */
export type Key = PrimitiveKey | readonly PrimitiveKey[] | { readonly [field: string]: PrimitiveKey }

const ALLOWED =
  'A key is a string, a finite number, a bigint, a boolean, or a flat object or tuple of these. ' +
  'Change the function that selects the key, or what is given to map state as one.'

/**
 * The error for a key, or one field of it, that cannot be one. NaN equals nothing, null and undefined are almost always
 * a missing field, and what is nested or has an identity of its own has no one encoding.
 */
export function keyRefusal(value: unknown, field?: string): WeirError {
  if (value instanceof Promise)
    return promiseRefused(value, `${field === undefined ? 'the key' : `the field "${field}" of the key`} is a promise`)
  const where = field === undefined ? 'The key' : `The field "${field}" of the key`
  return new WeirError(
    'KEY_TYPE',
    `${where} is ${describe(value)}, which cannot be ${field === undefined ? '' : 'part of '}a key. ${ALLOWED}`,
  )
}

function describe(value: unknown): string {
  if (value === null) return 'null'
  switch (typeof value) {
    case 'number':
    case 'undefined':
      return String(value)
    case 'object': {
      if (Array.isArray(value)) return 'an array'
      const name = classOf(value)
      return name === 'Object' ? 'an object' : `of type ${name}`
    }
    default:
      return `a ${typeof value}`
  }
}

/** The field names of an object key in the one order that counts: by UTF-16 units. Throws KEY_TYPE for Date, Map, … */
export function sortedFields(key: object): readonly string[] {
  const prototype = Object.getPrototypeOf(key)
  if (prototype !== Object.prototype && prototype !== null && classOf(key) !== 'Object') throw keyRefusal(key)
  const names = Object.keys(key)
  for (let i = 1; i < names.length; i++) if (names[i - 1]! > names[i]!) return names.sort()
  return names
}
