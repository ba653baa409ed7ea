/** By which column, and which way. As text in the address: `recordsIn:desc`. */
export interface Sort {
  readonly column: string
  readonly descending: boolean
}

/** The sort that a text of the address means; null for one that means none. */
export function parseSort(text: string | null): Sort | null {
  const match = /^([\w.-]+):(asc|desc)$/.exec(text ?? '')
  return match === null ? null : { column: match[1]!, descending: match[2] === 'desc' }
}

export function sortText(sort: Sort | null): string | null {
  return sort === null ? null : `${sort.column}:${sort.descending ? 'desc' : 'asc'}`
}

/**
 * The rows in the order that was shown before, with new ones at the end: what a live table shows while the pointer is
 * over it, so that nobody clicks on what has just moved there.
 */
export function heldOrder<Row>(rows: readonly Row[], idOf: (row: Row) => string, shown: readonly string[]): Row[] {
  const place = new Map(shown.map((id, index) => [id, index]))
  const at = (row: Row): number => place.get(idOf(row)) ?? Number.MAX_SAFE_INTEGER
  return [...rows].sort((a, b) => at(a) - at(b))
}
