import { WeirError } from '@weir/engine/base/errors'
import type { FileSinkConfig } from './file-config-schemas.ts'

/** Turns records into the lines of one part file; each line with its line feed. */
export interface RecordText {
  /** What stands before the line of the first record, given that record. */
  header(first: unknown): string
  line(record: unknown): string
}

export function recordText(config: FileSinkConfig): RecordText {
  switch (config.format) {
    case 'lines':
      return { header: () => '', line: plainLine }
    case 'json':
      return { header: () => '', line: jsonLine }
    case 'csv':
      return new CsvText(config.columns)
  }
}

function plainLine(record: unknown): string {
  switch (typeof record) {
    case 'string':
      return `${record}\n`
    case 'number':
    case 'bigint':
    case 'boolean':
      return `${String(record)}\n`
    default:
      throw new WeirError(
        'RECORD_TYPE',
        `the format "lines" writes texts and numbers, but the record is ${describe(record)}; map it to a text, or use the format "json"`,
      )
  }
}

function jsonLine(record: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(record)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new WeirError('RECORD_TYPE', `the record cannot be written as JSON: ${why}; map it to plain data`, { cause })
  }
  if (text !== undefined) return `${text}\n`
  throw new WeirError(
    'RECORD_TYPE',
    `the record is ${describe(record)}, which JSON does not have; map it to plain data`,
  )
}

/** CSV by RFC 4180, with a header in every file. */
class CsvText implements RecordText {
  readonly #fixed: readonly string[] | undefined
  #columns: readonly string[] = []

  constructor(columns: readonly string[] | undefined) {
    this.#fixed = columns
  }

  header(first: unknown): string {
    this.#columns = this.#fixed ?? Object.keys(asRecord(first))
    return row(this.#columns)
  }

  line(record: unknown): string {
    const fields = asRecord(record)
    const extra = Object.keys(fields).find(name => !this.#columns.includes(name))
    if (extra !== undefined && this.#fixed === undefined) {
      throw new WeirError(
        'RECORD_TYPE',
        `the record has the field "${extra}", but the columns of the CSV file are ${this.#columns.join(', ')}, as in its first record; name all columns with "columns"`,
      )
    }
    return row(this.#columns.map(name => cell(Object.hasOwn(fields, name) ? fields[name] : undefined)))
  }
}

function asRecord(record: unknown): Readonly<Record<string, unknown>> {
  if (typeof record === 'object' && record !== null && !Array.isArray(record)) return record as Record<string, unknown>
  throw new WeirError(
    'RECORD_TYPE',
    `the format "csv" writes objects, but the record is ${describe(record)}; map it to an object`,
  )
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function row(cells: readonly string[]): string {
  return `${cells.map(quoted).join(',')}\r\n`
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function describe(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `of type ${typeof value}`
}
