import { type RowColumn, textOf, valueIn } from './row-columns.ts'

/** Rows as NDJSON: one JSON document a line, as the sink wrote them. */
export function toNdjson(rows: readonly unknown[]): string {
  return rows.map(row => `${JSON.stringify(row)}\n`).join('')
}

/**
 * Rows as CSV (RFC 4180: CRLF, quotes doubled), with a header. An empty text is `""`; `null` and missing are empty, since CSV
 * knows no other way. A text that a spreadsheet would take for a formula gets an apostrophe in front: whoever opens the
 * file must not run what came in as data.
 */
export function toCsv(columns: readonly RowColumn[], rows: readonly unknown[]): string {
  const lines = [
    columns.map(({ name }) => textCell(name)),
    ...rows.map(row => columns.map(column => cell(row, column))),
  ]
  return lines.map(cells => `${cells.join(',')}\r\n`).join('')
}

function cell(row: unknown, column: RowColumn): string {
  const value = valueIn(row, column)
  if (value === null || value === undefined) return ''
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : textCell(textOf(value))
}

/** Signs that begin a formula, also full-width and behind blanks, which some programs take away first. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@＝＋－＠]|^[\t\r\n]/u

function textCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text
  return safe === '' || /[",\r\n;\t]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
