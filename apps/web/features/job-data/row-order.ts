import type { RowItem } from '@weir/proto/web/job-details'
import { compareValues, type RowColumn, valueIn } from './row-columns.ts'
import { type Condition, findsText, fulfils } from './row-filter.ts'
import { isTimeLike } from './time-values.ts'

/** By what rows are sorted: a column's id, or one of what every row has. */
export interface RowSort {
  readonly by: string
  readonly descending: boolean
}

export const NEWEST_FIRST: RowSort = { by: '#', descending: true }

/** As text in the address; null for newest first. */
export function rowSortText({ by, descending }: RowSort): string | null {
  return by === '#' && descending ? null : `${by}:${descending ? 'desc' : 'asc'}`
}

export function parseRowSort(text: string | null): RowSort {
  const match = /^(.+):(asc|desc)$/s.exec(text ?? '')
  return match === null ? NEWEST_FIRST : { by: match[1]!, descending: match[2] === 'desc' }
}

/** Whether rows in this order keep it when more come. */
export function isByArrival({ by }: RowSort): boolean {
  return by === '#' || by === 'age'
}

/** The rows that fulfil all conditions and hold the search text. */
export function filterRows(
  items: readonly RowItem[],
  columns: readonly RowColumn[],
  conditions: readonly Condition[],
  search: string,
): readonly RowItem[] {
  const wanted = search.trim()
  if (conditions.length === 0 && wanted === '') return items
  const times = columns.filter(({ isTime }) => isTime)
  const finds = (row: unknown): boolean =>
    findsText(row, wanted) || times.some(column => isTimeLike(valueIn(row, column), wanted))
  return items.filter(
    ({ row }) => conditions.every(condition => fulfils(row, condition, columns)) && (wanted === '' || finds(row)),
  )
}

/** A sorted copy; rows that are equal come newest first. `items`: oldest first. */
export function sortRows(
  items: readonly RowItem[],
  columns: readonly RowColumn[],
  { by, descending }: RowSort,
): readonly RowItem[] {
  // The young have the high numbers and the small ages.
  if (by === '#' || by === 'age') return (by === '#') === descending ? items.toReversed() : items
  if (by === 'subtask') return sorted(items, descending, ({ subtask }) => subtask)
  const column = columns.find(({ id }) => id === by)
  return column === undefined ? items.toReversed() : sorted(items, descending, ({ row }) => valueIn(row, column))
}

function sorted(items: readonly RowItem[], descending: boolean, of: (item: RowItem) => unknown): readonly RowItem[] {
  return items.toSorted((a, b) => compareValues(of(a), of(b), descending) || b.seq - a.seq)
}

/** The rows in the order in which they were shown, the new ones last: nothing moves under the pointer. */
export function inHeldOrder(items: readonly RowItem[], shown: ReadonlyMap<number, number>): readonly RowItem[] {
  const place = ({ seq }: RowItem): number => shown.get(seq) ?? Number.MAX_SAFE_INTEGER
  return items.toSorted((a, b) => place(a) - place(b))
}
