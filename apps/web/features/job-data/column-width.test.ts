import { expect, test } from 'vitest'
import {
  columnWidth,
  fittedWidths,
  grownWidths,
  narrowestWidth,
  numberColumnWidth,
  spreadWidths,
} from './column-width.ts'
import { columnsOf } from './row-columns.ts'

const items = (rows: readonly unknown[]) => rows.map((row, seq) => ({ seq, at: 0, operator: 'sink', subtask: 0, row }))

test('a column is as wide as what stands in it, within limits', () => {
  const rows = [{ a: 1, text: 'x'.repeat(20), long: 'x'.repeat(10_000) }]
  const [a, text, long] = columnsOf(rows).columns.map(column => columnWidth(column, items(rows), 0))
  expect(a!).toBeLessThan(text!)
  expect(text!).toBeGreaterThan(20 * 7)
  expect(long!).toBe(320)
})

test('a column does not shrink when its long value has gone, and nothing changes while nothing grows', () => {
  const rows = [{ a: 'x'.repeat(30) }]
  const { columns } = columnsOf(rows)
  const wide = grownWidths({}, columns, items(rows), 0)
  expect(grownWidths(wide, columns, items([{ a: 'x' }]), 0)).toBe(wide)
  expect(grownWidths(wide, columns, items([{ a: 'x'.repeat(40) }]), 0)['.a']).toBeGreaterThan(wide['.a']!)
})

test('a few long texts do not make a column wide, and no number is cut', () => {
  const rows = Array.from({ length: 100 }, (_, index) => ({
    text: 'x'.repeat(index < 5 ? 200 : 10),
    number: index === 0 ? 123_456_789_012_345 : 1,
  }))
  const [text, number] = columnsOf(rows).columns.map(column => columnWidth(column, items(rows), 0))
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

test('where a little room is missing long texts are cut, so that all columns are in sight; else the table scrolls', () => {
  expect(fittedWidths([300, 100, 200], [120, 100, 140], 540)).toEqual([255, 100, 185])
  expect(fittedWidths([300, 100, 200], [120, 100, 140], 360)).toEqual([120, 100, 140])
  expect(fittedWidths([300, 100, 200], [120, 100, 140], 359)).toEqual([300, 100, 200])
  expect(fittedWidths([300, 100], [120, 100], 800)).toEqual([600, 200])
})

test('numbers and headings are not cut for room', () => {
  const rows = [{ n: 123_456_789_012_345, text: 'x'.repeat(50), 'a very long heading indeed': 'x'.repeat(60) }]
  const [number, text, headed] = columnsOf(rows).columns.map(column => {
    const width = columnWidth(column, items(rows), 0)
    return { width, narrowest: narrowestWidth(column, width) }
  })
  expect(number!.narrowest).toBe(number!.width)
  expect(text!.narrowest).toBeLessThan(text!.width)
  expect(headed!.narrowest).toBeGreaterThan(text!.narrowest)
})

test('seven columns of a window fit beside the navigation at 1440 px', () => {
  const start = Date.UTC(2026, 10, 22, 12)
  const rows = [
    {
      page: '/docs/quickstart',
      country: 'DE',
      start,
      end: start + 60_000,
      clicks: 1_204,
      mean: 12.5,
      referrer: 'news.example.com',
    },
  ]
  const { columns } = columnsOf(rows)
  const widths = columns.map(column => columnWidth(column, items(rows), start))
  const narrowest = columns.map((column, at) => narrowestWidth(column, widths[at]!))
  const room = 1440 - 220 - numberColumnWidth(99_999) - 92 - 104
  expect(fittedWidths(widths, narrowest, room).reduce((sum, width) => sum + width, 0)).toBe(room)
})
