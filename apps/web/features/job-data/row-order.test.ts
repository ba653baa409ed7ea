import type { RowItem } from '@weir/proto/web/job-details'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnsOf } from './row-columns.ts'
import { parseCondition } from './row-filter.ts'
import { filterRows, inHeldOrder, NEWEST_FIRST, parseRowSort, rowSortText, sortRows } from './row-order.ts'

const items: readonly RowItem[] = [{ a: 2 }, { a: 1 }, { b: 'x' }, { a: 2 }].map((row, index) => ({
  seq: index + 1,
  at: index,
  operator: 'sink',
  subtask: index % 2,
  row,
}))
const { columns } = columnsOf(items.map(({ row }) => row))
const seqs = (rows: readonly RowItem[]) => rows.map(({ seq }) => seq)

test('rows come newest first, and by value on request, equal ones newest first, those without a value last', () => {
  expect(seqs(sortRows(items, columns, NEWEST_FIRST))).toEqual([4, 3, 2, 1])
  expect(seqs(sortRows(items, columns, { by: '.a', descending: false }))).toEqual([2, 4, 1, 3])
  expect(seqs(sortRows(items, columns, { by: '.a', descending: true }))).toEqual([4, 1, 2, 3])
  expect(seqs(sortRows(items, columns, { by: 'subtask', descending: true }))).toEqual([4, 2, 3, 1])
  expect(seqs(sortRows(items, columns, { by: 'age', descending: true }))).toEqual([1, 2, 3, 4])
  expect(seqs(sortRows(items, columns, { by: '.gone', descending: true }))).toEqual([4, 3, 2, 1])
})

test('conditions and search must all hold', () => {
  const twos = parseCondition('a = 2')!
  expect(seqs(filterRows(items, columns, [twos], ''))).toEqual([1, 4])
  expect(seqs(filterRows(items, columns, [], ' X '))).toEqual([3])
  expect(filterRows(items, columns, [twos], 'x')).toEqual([])
})

test('a sort reads back from the address whatever the field is called', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.boolean(), (by, descending) => {
      expect(parseRowSort(rowSortText({ by, descending }))).toEqual({ by, descending })
    }),
  )
  expect(rowSortText(NEWEST_FIRST)).toBeNull()
  expect(parseRowSort('nonsense')).toEqual(NEWEST_FIRST)
})

test('rows that are held stay in their places and new ones come last', () => {
  const shown = new Map([3, 1].map((seq, place) => [seq, place]))
  expect(seqs(inHeldOrder(items, shown)).slice(0, 2)).toEqual([3, 1])
  expect(seqs(inHeldOrder(items, shown)).slice(2)).toEqual([2, 4])
})

test('a moment is found by the time that its cell shows, and by its number', () => {
  const start = new Date(2026, 10, 21, 14, 5, 22).getTime()
  const windows = [start, start + 60_000].map((at, index) => ({ ...items[index]!, row: { start: at } }))
  const found = (text: string) => seqs(filterRows(windows, columnsOf(windows.map(({ row }) => row)).columns, [], text))
  expect(found('14:05:22')).toEqual([1])
  expect(found('11-21 14:06')).toEqual([2])
  expect(found(String(start))).toEqual([1])
  expect(found('14:07')).toEqual([])
})
