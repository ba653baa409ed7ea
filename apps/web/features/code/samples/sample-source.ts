import { endingOf } from './sample-path.ts'

/** What of a sample file decides how a job reads it. */
export interface SampleText {
  readonly name: string
  readonly path: string
  /** Its first lines; the last may be cut. */
  readonly head: string
}

export type SampleFormat = 'lines' | 'json' | 'csv'

/** Records of more fields than this are not written out. */
const FIELDS_MAX = 12
const ONE_LINE_MAX = 80

/** `fileSource({ … })` with the format, and the type of the records as far as the first lines tell it. */
export function sourceOf(sample: SampleText, indent = ''): string {
  const format = formatOf(sample)
  const { fields, schema } = fieldsOf(sample.head, format)
  const path = `'${sample.path.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const type = fields.length === 0 ? '' : typeText(fields, indent)
  const options = [`path: ${path}`, `format: '${format}'`, ...(schema === '' ? [] : [`schema: ${schema}`])]
  const line = `fileSource${type}({ ${options.join(', ')} })`
  if (line.split('\n').every(one => one.length <= ONE_LINE_MAX)) return line
  return `fileSource${type}({\n${options.map(option => `${indent}  ${option},\n`).join('')}${indent}})`
}

interface Fields {
  readonly fields: readonly Field[]
  /** Columns of a CSV file that are no texts; empty for none. */
  readonly schema: string
}

function fieldsOf(head: string, format: SampleFormat): Fields {
  if (format === 'csv') return csvFields(head)
  return { fields: format === 'json' ? jsonFields(head) : [], schema: '' }
}

/** By its ending; a `.json` file that is no list of documents, one a line, is read as lines. */
export function formatOf({ name, head }: Pick<SampleText, 'name' | 'head'>): SampleFormat {
  if (/\.csv$/i.test(name)) return 'csv'
  const seems = { '.csv': 'csv', '.ndjson': 'json', '.txt': 'lines' } as const
  if (/\.(ndjson|jsonl)$/i.test(name)) return 'json'
  const looks = seems[endingOf(head)]
  return looks === 'csv' ? 'lines' : looks
}

type Field = readonly [name: string, type: string]

function typeText(fields: readonly Field[], indent: string): string {
  const members = fields.map(
    ([name, type]) => `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)}: ${type}`,
  )
  const line = `<{ ${members.join('; ')} }>`
  return line.length <= ONE_LINE_MAX ? line : `<{\n${members.map(one => `${indent}  ${one}\n`).join('')}${indent}}>`
}

/** Lines that are whole: the last one may be cut. */
function wholeLines(head: string): readonly string[] {
  const lines = head.split(/\r?\n/)
  return (lines.length > 1 ? lines.slice(0, -1) : lines).filter(line => line.trim() !== '')
}

function jsonFields(head: string): readonly Field[] {
  const records = wholeLines(head).flatMap(parsed)
  const names = [...new Set(records.flatMap(record => Object.keys(record)))]
  if (names.length > FIELDS_MAX) return []
  return names.map(name => {
    const types = [...new Set(records.map(record => typeOf(record[name])))]
    return [name, types.includes('unknown') ? 'unknown' : types.join(' | ')]
  })
}

function parsed(line: string): readonly Record<string, unknown>[] {
  try {
    const value: unknown = JSON.parse(line)
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isRecord ? [value as Record<string, unknown>] : []
  } catch {
    // Whatever is no document is told by the job that reads it.
    return []
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'unknown[]'
  if (typeof value === 'object') return 'Record<string, unknown>'
  return ['string', 'number', 'boolean'].includes(typeof value) ? typeof value : 'undefined'
}

/** The header names the columns; a column that holds numbers in all of the first rows is read as numbers. */
function csvFields(head: string): Fields {
  const [header = '', ...rows] = wholeLines(head)
  const names = header.split(',').map(name => name.trim())
  // Quotes may hold commas and line breaks: not for a guess.
  if (names.length > FIELDS_MAX || names.includes('') || /"/.test(header)) return { fields: [], schema: '' }
  const plain = rows.filter(row => !row.includes('"')).map(row => row.split(','))
  const isNumber = (at: number): boolean =>
    plain.length > 0 && plain.every(row => /^-?\d+(\.\d+)?$/.test(row[at]?.trim() ?? ''))
  const fields = names.map((name, at): Field => [name, isNumber(at) ? 'number' : 'string'])
  const numbers = fields.filter(([, type]) => type === 'number')
  const columns = numbers.map(([name]) => `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)}: 'number'`)
  return { fields, schema: columns.length === 0 ? '' : `{ ${columns.join(', ')} }` }
}
