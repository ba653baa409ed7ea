import fc from 'fast-check'

/** Generators of records for the tests of this folder. */

/** Any sequence of UTF-16 units: ASCII, latin1, wide, lone surrogates. */
export const anyText = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.array(fc.integer({ min: 0, max: 0xff }), { maxLength: 40 }).map(units => String.fromCharCode(...units)),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 5 }).map(units => String.fromCharCode(...units)),
)

export const anyNumber = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(
    0,
    -0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    127,
    128,
    2 ** 31,
    -(2 ** 31),
    2 ** 53,
  ),
)

/** Field names that are traps for code that builds or walks objects. */
export const fieldName = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'id',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '0',
    '10',
    '007',
    '',
    '"',
    '\\',
    '\u2028',
    'é',
  ),
  anyText,
)

export const anyFlat = fc.oneof(
  anyText,
  anyNumber,
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.bigInt(),
)

/** Everything that structuredClone copies and the value codec promises to give back. */
export const anyNested = fc.anything({
  key: fieldName,
  values: [anyFlat],
  maxDepth: 3,
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
})

/** A record with these field names in this order, `__proto__` included. */
export function recordOf(names: readonly string[], contents: readonly unknown[]): Record<string, unknown> {
  const record: Record<string, unknown> = {}
  names.forEach((name, i) => {
    Object.defineProperty(record, name, { value: contents[i], configurable: true, enumerable: true, writable: true })
  })
  return record
}

/** The field names of a value and all in it, in order: what equality of objects does not look at. */
export function fieldOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return typeof value
  if (value instanceof Map || value instanceof Set) return [...value].map(fieldOrder)
  return Object.keys(value).map(name => [name, fieldOrder((value as Record<string, unknown>)[name])])
}
