import { isPlausibleTime, isTimeName, timeWords } from './time-values.ts'

/** What kinds of value stand in a column. `mixed`: more than one kind, `null` not counted. */
export type ColumnType = 'string' | 'number' | 'boolean' | 'object' | 'array' | 'null' | 'mixed'

export interface RowColumn {
  /** Stable while rows come and go; also names it in the address. */
  readonly id: string
  /** The field; `value` for the column of rows that are no objects. */
  readonly name: string
  /** Whether it is a field of the rows, or the rows themselves. */
  readonly isField: boolean
  readonly type: ColumnType
  /** Some row has `null` there, or not the field at all. */
  readonly isOptional: boolean
  /** Its numbers are moments, by its name and by how much they are: shown as times, and numbers everywhere else. */
  readonly isTime: boolean
}

/** Rows whose fields are names from data (a record by key) would make a column each: more than these are not shown. */
export const COLUMNS_MAX = 60

export interface RowColumns {
  readonly columns: readonly RowColumn[]
  /** Fields beyond the limit, which only the NDJSON download has. */
  readonly leftOut: number
}

interface Seen {
  type: ColumnType
  rows: number
  hasNull: boolean
  /** None of its numbers cannot be a moment. */
  areTimes: boolean
}

/**
 * The columns of some rows (plain JSON, in any mixture of shapes): one per field of those that are objects, in the order
 * in which the fields come first, and `value` for those that are not.
 */
export function columnsOf(rows: readonly unknown[]): RowColumns {
  const fields = new Map<string, Seen>()
  const whole: Seen = { type: 'null', rows: 0, hasNull: false, areTimes: true }
  for (const row of rows) {
    if (isRecord(row)) {
      for (const name of Object.keys(row)) {
        const seen = fields.get(name) ?? { type: 'null', rows: 0, hasNull: false, areTimes: true }
        fields.set(name, seen)
        look(seen, row[name])
      }
      // An object without fields would be a row without cells.
      if (Object.keys(row).length > 0) continue
    }
    look(whole, row)
  }
  const columns: RowColumn[] = []
  for (const [name, seen] of fields) {
    if (columns.length === COLUMNS_MAX) break
    columns.push({
      id: `.${name}`,
      name,
      isField: true,
      type: seen.type,
      isOptional: isOptional(seen, rows.length),
      isTime: seen.type === 'number' && seen.areTimes && isTimeName(name),
    })
  }
  if (whole.rows > 0) {
    columns.unshift({
      id: 'value',
      name: 'value',
      isField: false,
      type: whole.type,
      isOptional: isOptional(whole, rows.length),
      isTime: false,
    })
  }
  return { columns, leftOut: Math.max(0, fields.size - COLUMNS_MAX) }
}

/**
 * The columns in the order in which they were shown before, new ones behind the column that they follow. Rows come and go:
 * a field that only some of them have must not change its place with them. `shown`: ids.
 */
export function inShownOrder(columns: readonly RowColumn[], shown: readonly string[]): readonly RowColumn[] {
  const byId = new Map(columns.map(column => [column.id, column]))
  const ordered = shown.flatMap(id => byId.get(id) ?? [])
  const placed = new Set(shown)
  for (const [at, column] of columns.entries()) {
    if (placed.has(column.id)) continue
    const before = columns[at - 1]
    ordered.splice(before === undefined ? 0 : ordered.indexOf(before) + 1, 0, column)
    placed.add(column.id)
  }
  return ordered
}

function look(seen: Seen, value: unknown): void {
  seen.rows += 1
  const type = typeOf(value)
  if (seen.areTimes && typeof value === 'number') seen.areTimes = isPlausibleTime(value)
  if (type === 'null') seen.hasNull = true
  else if (seen.type === 'null') seen.type = type
  else if (seen.type !== type) seen.type = 'mixed'
}

function isOptional(seen: Seen, rows: number): boolean {
  return seen.type !== 'null' && (seen.hasNull || seen.rows < rows)
}

function typeOf(value: unknown): ColumnType {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  const type = typeof value
  return type === 'string' || type === 'number' || type === 'boolean' ? type : 'object'
}

/** What a row has in a column; undefined when it has nothing there. */
export function valueIn(row: unknown, column: Pick<RowColumn, 'name' | 'isField'>): unknown {
  if (!column.isField) return isRecord(row) && Object.keys(row).length > 0 ? undefined : row
  return isRecord(row) && Object.hasOwn(row, column.name) ? row[column.name] : undefined
}

/** A value as one text: strings as they are, everything else as compact JSON; the empty text for none. */
export function textOf(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A value as its cell shows it. */
export function cellText(value: unknown, { isTime }: Pick<RowColumn, 'isTime'>, now: number): string {
  return isTime && typeof value === 'number' ? timeWords(value, now) : textOf(value)
}

/** By which values sort: numbers before texts, what is `null` or missing last either way. */
export function compareValues(a: unknown, b: unknown, descending: boolean): number {
  const aNone = a === null || a === undefined
  const bNone = b === null || b === undefined
  if (aNone || bNone) return aNone === bNone ? 0 : aNone ? 1 : -1
  const order = ordered(a, b)
  return descending ? -order : order
}

function ordered(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'number') return -1
  if (typeof b === 'number') return 1
  const left = textOf(a)
  const right = textOf(b)
  return left < right ? -1 : left > right ? 1 : 0
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
