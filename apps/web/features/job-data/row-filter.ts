import { type RowColumn, textOf, valueIn } from './row-columns.ts'

/** `~` is "holds the text", in any case. */
export type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=' | '~'

/** One condition on a column: `pages >= 10`, `country = "DE"`, `referrer = null`, `tags = missing`. */
export interface Condition {
  readonly column: string
  readonly operator: Operator
  /** As it was written. Quoted it is always a text; else it may also be a number, true, false, null or missing. */
  readonly value: string
  readonly isQuoted: boolean
}

const CONDITION = /^\s*("(?:[^"\\]|\\.)*"|[^\s"=!<>~≥≤≠]+)\s*(!=|>=|<=|=|>|<|~|≥|≤|≠)\s*(\S.*?)\s*$/s
const SIGNS: Readonly<Record<string, Operator>> = { '≥': '>=', '≤': '<=', '≠': '!=' }
const PLAIN_NAME = /^[^\s"=!<>~≥≤≠]+$/

/** Reads a condition; null for a text that is none (a search, then). Whether there is such a column is another matter. */
export function parseCondition(text: string): Condition | null {
  const match = CONDITION.exec(text)
  if (match === null) return null
  const column = unquoted(match[1]!)
  const value = unquoted(match[3]!)
  if (column === null || value === null) return null
  const sign = match[2]!
  return {
    column: column.text,
    operator: SIGNS[sign] ?? (sign as Operator),
    value: value.text,
    isQuoted: value.isQuoted,
  }
}

/** What `parseCondition` reads as this condition again. */
export function formatCondition({ column, operator, value, isQuoted }: Condition): string {
  return `${PLAIN_NAME.test(column) ? column : JSON.stringify(column)} ${operator} ${isQuoted ? JSON.stringify(value) : value}`
}

/** The conditions of an address, one in a line; lines that are none are left out. */
export function parseConditions(text: string): readonly Condition[] {
  return text.split('\n').flatMap(line => parseCondition(line) ?? [])
}

/** As text for the address; null for none. */
export function formatConditions(conditions: readonly Condition[]): string | null {
  return conditions.length === 0 ? null : conditions.map(formatCondition).join('\n')
}

function unquoted(text: string): { readonly text: string; readonly isQuoted: boolean } | null {
  if (!text.startsWith('"')) return { text, isQuoted: false }
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? { text: value, isQuoted: true } : null
  } catch {
    // A quote that is not closed: somebody is still typing.
    return null
  }
}

/** Whether a row fulfils the condition. A column that there is not (yet) is one that every row misses. */
export function fulfils(row: unknown, condition: Condition, columns: readonly RowColumn[]): boolean {
  const column = columns.find(({ name }) => name === condition.column) ?? { name: condition.column, isField: true }
  return holds(valueIn(row, column), condition)
}

function holds(value: unknown, condition: Condition): boolean {
  switch (condition.operator) {
    case '=':
      return equals(value, condition)
    case '!=':
      return !equals(value, condition)
    case '~':
      return isThere(value) && textOf(value).toLowerCase().includes(condition.value.toLowerCase())
    case '>':
      return compared(value, condition, order => order > 0)
    case '>=':
      return compared(value, condition, order => order >= 0)
    case '<':
      return compared(value, condition, order => order < 0)
    case '<=':
      return compared(value, condition, order => order <= 0)
  }
}

function equals(value: unknown, { value: wanted, isQuoted }: Condition): boolean {
  if (isQuoted) return value === wanted
  if (wanted === 'missing') return value === undefined || value === 'missing'
  if (value === undefined) return false
  // Without quotes null is null, and not the text.
  if (wanted === 'null') return value === null
  if (typeof value === 'number') return value === numberOf(wanted)
  return textOf(value) === wanted
}

/** Numbers compare with numbers, texts with texts; nothing else is more or less than anything. */
function compared(value: unknown, { value: wanted, isQuoted }: Condition, is: (order: number) => boolean): boolean {
  if (typeof value === 'number') {
    const number = isQuoted ? null : numberOf(wanted)
    return number !== null && is(value - number)
  }
  if (typeof value !== 'string') return false
  return is(value < wanted ? -1 : value > wanted ? 1 : 0)
}

/** `1e3`, `-2.5` and `10_000` are numbers. */
function numberOf(text: string): number | null {
  const number = /^[+-]?[\d._]+(?:e[+-]?\d+)?$/i.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN
  return Number.isNaN(number) ? null : number
}

function isThere(value: unknown): boolean {
  return value !== null && value !== undefined
}

/** Whether a text stands in any value of the row, in any case; names of fields do not count, nested ones included. */
export function findsText(row: unknown, wanted: string): boolean {
  if (typeof row === 'object' && row !== null) return Object.values(row).some(value => findsText(value, wanted))
  return textOf(row).toLowerCase().includes(wanted.toLowerCase())
}
