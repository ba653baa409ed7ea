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
})
