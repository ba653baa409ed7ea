import { WeirError } from '@weir/engine/base/errors'
import { Prisma } from '../generated/prisma/client.ts'
import { type JsonValue, PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX, type Page, type PageQuery } from './records.ts'

/** Between the plain data of the interface and what Prisma takes and gives. */

/** Times beyond this are not dates for JavaScript. */
const TIME_MS_MAX = 8.64e15

export function toTime(atMs: number): Date {
  if (!(Math.abs(atMs) <= TIME_MS_MAX)) throw new WeirError('ASSERTION', `${atMs} is not a time in ms since the epoch`)
  return new Date(Math.trunc(atMs))
}

export function toTimeOrNull(atMs: number | null): Date | null {
  return atMs === null ? null : toTime(atMs)
}

/** Where `undefined` means "leave it as it is". */
export function toTimeIfSet(atMs: number | null | undefined): Date | null | undefined {
  return atMs === undefined ? undefined : toTimeOrNull(atMs)
}

export function fromTime(time: Date): number {
  return time.getTime()
}

export function fromTimeOrNull(time: Date | null): number | null {
  return time === null ? null : time.getTime()
}

/** Ids and epochs are 64-bit in the database and far below 2^53 in life. */
export function fromBigInt(value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new WeirError('DATABASE', `the database holds ${value}, which is too large`)
  return number
}

/**
 * Text for people, and text that is only looked up: what Postgres cannot hold (NUL, halves of surrogate pairs) becomes
 * U+FFFD, and what is beyond `charactersMax` is cut. Error messages come from user code and hold anything.
 */
export function cleanText(text: string, charactersMax = Number.POSITIVE_INFINITY): string {
  const clean = text.toWellFormed().replaceAll('\0', '\u{fffd}')
  if (clean.length <= charactersMax) return clean
  return `${clean.slice(0, charactersMax).toWellFormed()} … (${clean.length - charactersMax} more characters)`
}

export function cleanTextOrNull(text: string | null, charactersMax?: number): string | null {
  return text === null ? null : cleanText(text, charactersMax)
}

/** Text that must come back exactly as it went in: refused when it cannot. `what` names it in the message. */
export function exactText(text: string, what: string): string {
  const at = text.isWellFormed() ? text.indexOf('\0') : firstLoneSurrogate(text)
  if (at < 0) return text
  const line = text.slice(0, at).split('\n').length
  const found = text[at] === '\0' ? 'a NUL character' : 'half of a surrogate pair'
  throw new WeirError(
    'JOB_SYNTAX',
    `${what} holds ${found} in line ${line}, which cannot be stored; write it as an escape`,
  )
}

function firstLoneSurrogate(text: string): number {
  return text.search(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/)
}

/** A document that must come back exactly. Graphs hold user data: NUL is fine inside JSON, halves of surrogates are not. */
export function exactJson(value: unknown, what: string): Prisma.InputJsonValue {
  const plain = plainJson(value, text => {
    if (text.isWellFormed()) return text
    throw new WeirError('JOB_GRAPH', `${what} holds half of a surrogate pair in a string, which cannot be stored`)
  })
  return plain as Prisma.InputJsonValue
}

/** A document for people, in a column that is never null. */
export function cleanJson(value: unknown): Prisma.InputJsonValue | typeof Prisma.JsonNull {
  const plain = plainJson(value, text => text.toWellFormed())
  return plain === null || plain === undefined ? Prisma.JsonNull : (plain as Prisma.InputJsonValue)
}

/** A document for people, in a column where null means that there is none. */
export function cleanJsonOrNull(value: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull {
  const plain = plainJson(value, text => text.toWellFormed())
  return plain === null || plain === undefined ? Prisma.DbNull : (plain as Prisma.InputJsonValue)
}

/** What JSON makes of a value, with every string (fields' names too) passed through `text`. */
function plainJson(value: unknown, text: (text: string) => string): unknown {
  const json = JSON.stringify(value)
  if (json === undefined) return undefined
  // Well-formed JSON.stringify writes lone surrogates as escapes; only then is the slow walk needed.
  if (!/\\ud[89a-f]/i.test(json)) return JSON.parse(json)
  return JSON.parse(json, (_, item: unknown) => {
    if (typeof item === 'string') return text(item)
    if (item === null || typeof item !== 'object' || Array.isArray(item)) return item
    return Object.fromEntries(Object.entries(item).map(([key, field]) => [text(key), field]))
  })
}

export function fromJson(value: Prisma.JsonValue): JsonValue {
  return value as JsonValue
}

/** How many rows to read for a page: one more than it shows, to know whether there is a next. */
export function pageLimit(query: PageQuery): number {
  const limit = query.limit ?? PAGE_ROWS_DEFAULT
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_ROWS_MAX) {
    throw new WeirError('REQUEST_INVALID', `limit is ${limit}; it must be a whole number from 1 to ${PAGE_ROWS_MAX}`)
  }
  return limit
}

/** The filter that `before` of a page query means. */
export function beforeId(query: PageQuery): { lt: bigint } | undefined {
  return query.before === undefined ? undefined : { lt: BigInt(wholeNumber(query.before)) }
}

export function wholeNumber(before: number): number {
  if (!Number.isSafeInteger(before)) throw new WeirError('REQUEST_INVALID', `before is ${before}, not a page's next`)
  return before
}

/** A page of `limit` from up to `limit + 1` rows. */
export function pageOf<Row, T>(
  rows: readonly Row[],
  limit: number,
  convert: (row: Row) => T,
  at: (row: T) => number,
): Page<T> {
  const shown = rows.slice(0, limit).map(convert)
  const last = shown.at(-1)
  return { rows: shown, next: rows.length > limit && last !== undefined ? at(last) : null }
}
