import { expect, test } from 'vitest'
import { columnWidth, grownWidths, spreadWidths } from './column-width.ts'
import { columnsOf } from './row-columns.ts'

const items = (rows: readonly unknown[]) => rows.map((row, seq) => ({ seq, at: 0, operator: 'sink', subtask: 0, row }))

test('a column is as wide as what stands in it, within limits', () => {
  const rows = [{ a: 1, text: 'x'.repeat(20), long: 'x'.repeat(10_000) }]
  const [a, text, long] = columnsOf(rows).columns.map(column => columnWidth(column, items(rows)))
  expect(a!).toBeLessThan(text!)
  expect(text!).toBeGreaterThan(20 * 7)
  expect(long!).toBe(320)
})

test('a column does not shrink when its long value has gone, and nothing changes while nothing grows', () => {
  const rows = [{ a: 'x'.repeat(30) }]
  const { columns } = columnsOf(rows)
  const wide = grownWidths({}, columns, items(rows))
  expect(grownWidths(wide, columns, items([{ a: 'x' }]))).toBe(wide)
  expect(grownWidths(wide, columns, items([{ a: 'x'.repeat(40) }]))['.a']).toBeGreaterThan(wide['.a']!)
})

test('a few long texts do not make a column wide, and no number is cut', () => {
  const rows = Array.from({ length: 100 }, (_, index) => ({
    text: 'x'.repeat(index < 5 ? 200 : 10),
    number: index === 0 ? 123_456_789_012_345 : 1,
  }))
  const [text, number] = columnsOf(rows).columns.map(column => columnWidth(column, items(rows)))
  expect(text!).toBeLessThan(150)
  expect(number!).toBeGreaterThan(15 * 7)
})

test('room that is left goes to the columns by their width, to the last pixel', () => {
  expect(spreadWidths([100], 640)).toEqual([640])
  expect(spreadWidths([100, 200], 600)).toEqual([200, 400])
  expect(spreadWidths([100, 100, 100], 1000).reduce((sum, width) => sum + width, 0)).toBe(1000)
})

test('without room to share, columns are as wide as they want to be', () => {
  expect(spreadWidths([300, 300], 400)).toEqual([300, 300])
  expect(spreadWidths([], 400)).toEqual([])
})
