import { WeirError } from '@weir/engine/base/errors'
import { didYouMean } from '@weir/engine/base/near-miss'
import type { ColumnType } from './file-config-schemas.ts'

export interface ColumnConverter {
  readonly name: string
  readonly type: ColumnType
  /** undefined when the text is no value of the type. An empty text is null, but for strings. */
  convert(text: string): unknown
  assign(record: Record<string, unknown>, value: unknown): void
}

/** Throws INPUT_FORMAT when the schema names a column that the header lacks. */
export function columnConverters(
  header: readonly string[],
  schema: Readonly<Record<string, ColumnType>>,
  path: string,
): ColumnConverter[] {
  const missing = Object.keys(schema).find(name => !header.includes(name))
  if (missing !== undefined) {
    throw new WeirError(
      'INPUT_FORMAT',
      `${path}, line 1: the schema names the column "${missing}", which the CSV header lacks${didYouMean(missing, header) || `; it has ${header.join(', ')}`}`,
    )
  }
  return header.map(name => {
    const type = Object.hasOwn(schema, name) ? (schema[name] as ColumnType) : 'string'
    return { name, type, convert: CONVERT[type], assign: name === '__proto__' ? define(name) : set(name) }
  })
}

const CONVERT: Readonly<Record<ColumnType, (text: string) => unknown>> = {
  string: text => text,
  integer(text) {
    const trimmed = text.trim()
    if (trimmed === '') return null
    const value = Number(trimmed)
    return /^[+-]?\d+$/.test(trimmed) && Number.isSafeInteger(value) ? value : undefined
  },
  number(text) {
    const trimmed = text.trim()
    if (trimmed === '') return null
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : undefined
  },
  boolean(text) {
    const trimmed = text.trim().toLowerCase()
    if (trimmed === '') return null
    if (trimmed === 'true' || trimmed === '1') return true
    return trimmed === 'false' || trimmed === '0' ? false : undefined
  },
}

function set(name: string): ColumnConverter['assign'] {
  return (record, value) => {
    record[name] = value
  }
}

/** A column of this name must not reach the prototype of the record. */
function define(name: string): ColumnConverter['assign'] {
  return (record, value) => {
    Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true })
  }
}
