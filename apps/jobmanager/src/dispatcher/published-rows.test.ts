import { describe, expect, it } from 'vitest'
import { PublishedRows } from './published-rows.ts'

describe('PublishedRows', () => {
  it('keeps the latest rows of each operator, oldest first', () => {
    const rows = new PublishedRows({ rowsPerOperator: 3, bytesTotal: 1e6 })
    rows.add('job', 1, 'print', 0, [1, 2], 10)
    rows.add('job', 1, 'print', 1, [{ a: 3 }, null], 20)
    rows.add('job', 1, 'collect', 0, ['x'], 15)
    expect(rows.read('job', 'print').map(row => row.row)).toEqual([2, { a: 3 }, null])
    expect(rows.read('job').map(row => row.row)).toEqual([2, 'x', { a: 3 }, null])
    expect(rows.read('job', 'print')[1]).toEqual({ at: 20, operator: 'print', subtask: 1, row: { a: 3 } })
  })

  it('begins anew with a new attempt', () => {
    const rows = new PublishedRows()
    rows.add('job', 1, 'print', 0, ['old'], 1)
    rows.add('job', 2, 'print', 0, ['new'], 2)
    expect(rows.read('job').map(row => row.row)).toEqual(['new'])
  })

  it('never holds more than its limit, and takes from the operator that holds most', () => {
    const rows = new PublishedRows({ rowsPerOperator: 1000, bytesTotal: 100_000 })
    rows.add('small', 1, 'print', 0, ['kept'], 1)
    for (let i = 0; i < 50; i++) rows.add('large', 1, 'print', 0, ['x'.repeat(10_000)], i)
    expect(rows.bytes).toBeLessThanOrEqual(100_000)
    expect(rows.read('small')).toHaveLength(1)
    expect(rows.read('large').at(-1)?.at).toBe(49)
  })

  it('forgets a job with all its rows', () => {
    const rows = new PublishedRows()
    rows.add('job', 1, 'print', 0, ['x'], 1)
    rows.forget('job')
    expect(rows.read('job')).toEqual([])
    expect(rows.bytes).toBe(0)
  })

  const after = (
    rows: PublishedRows,
    seq: number,
    options: { operator?: string; rowsMax?: number; bytesMax?: number } = {},
  ) => {
    const { operator = null, rowsMax = 100, bytesMax = 1e6 } = options
    const { items, isContinued } = rows.after({
      jobId: 'job',
      operator,
      seq,
      head: rows.head('job'),
      rowsMax,
      bytesMax,
    })
    return { rows: items.map(item => item.row), last: items.at(-1)?.seq ?? seq, isContinued }
  }

  it('gives what came after the rows that a reader has, of all operators in one order', () => {
    const rows = new PublishedRows()
    rows.add('job', 1, 'print', 0, [1, 2], 10)
    const first = after(rows, 0)
    expect(first).toEqual({ rows: [1, 2], last: 2, isContinued: true })
    rows.add('job', 1, 'collect', 0, ['x'], 10)
    rows.add('job', 1, 'print', 1, [3], 9)
    expect(after(rows, first.last)).toEqual({ rows: ['x', 3], last: 4, isContinued: true })
    expect(after(rows, first.last, { operator: 'print' }).rows).toEqual([3])
    expect(after(rows, 4)).toEqual({ rows: [], last: 4, isContinued: true })
    expect(after(rows, 0, { rowsMax: 3 }).rows).toEqual([1, 2, 'x'])
  })

  it('gives rows in portions, but always one', () => {
    const rows = new PublishedRows()
    rows.add('job', 1, 'print', 0, ['a'.repeat(50), 'b'.repeat(50), 'c'], 1)
    expect(after(rows, 0, { bytesMax: 60 }).rows).toEqual(['a'.repeat(50)])
    expect(after(rows, 1, { bytesMax: 10 }).rows).toEqual(['b'.repeat(50)])
    expect(after(rows, 2, { bytesMax: 10 }).rows).toEqual(['c'])
  })

  it('says when rows that a reader has not had gave way meanwhile', () => {
    const rows = new PublishedRows({ rowsPerOperator: 3, bytesTotal: 1e6 })
    rows.add('job', 1, 'print', 0, [1, 2, 3], 1)
    rows.add('job', 1, 'print', 0, [4], 1)
    expect(after(rows, 1)).toEqual({ rows: [2, 3, 4], last: 4, isContinued: true })
    expect(after(rows, 0)).toEqual({ rows: [2, 3, 4], last: 4, isContinued: false })
    rows.add('job', 1, 'print', 0, [5, 6, 7, 8, 9], 1)
    expect(after(rows, 4)).toEqual({ rows: [7, 8, 9], last: 9, isContinued: false })
    rows.add('job', 1, 'slow', 0, ['x'], 1)
    expect(after(rows, 9, { operator: 'slow' })).toEqual({ rows: ['x'], last: 10, isContinued: true })
  })

  it('says that rows of a new attempt do not continue those of the earlier one, though all of them were had', () => {
    const rows = new PublishedRows()
    rows.add('job', 1, 'print', 0, [1, 2], 1)
    rows.add('job', 2, 'print', 0, [], 1)
    expect(after(rows, 2)).toMatchObject({ rows: [], isContinued: false })
    expect(rows.head('job')).toBeGreaterThan(2)
    rows.add('job', 2, 'print', 0, [1], 1)
    expect(after(rows, 2)).toMatchObject({ rows: [1], isContinued: false })
    expect(after(rows, after(rows, 2).last)).toMatchObject({ rows: [], isContinued: true })
  })
})
