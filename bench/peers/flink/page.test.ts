import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hasTable, withResult } from './page.ts'
import { TABLES } from './tables.ts'
import { resultOf } from './testing.ts'

const EMPTY = '# Page\n\n<!-- flink memory-p1-pooled -->\n<!-- end of flink memory-p1-pooled -->\n\nThe rest.\n'

function rowsOf(page: string): string[] {
  return page.split('\n').filter(line => line.startsWith('| q') && !line.startsWith('| query'))
}

describe('the page', () => {
  test('gets a row for each query, in their order, and keeps what stands around them', () => {
    const page = withResult(withResult(EMPTY, resultOf('q11', 2)), resultOf('q2', 0.5))
    expect(rowsOf(page).map(row => row.split(' | ')[0])).toEqual(['| q2', '| q11'])
    expect(page).toMatch(/^# Page\n\n<!-- flink memory-p1-pooled -->\n2 cores \(A Processor\), 24 GB/)
    expect(page).toMatch(/<!-- end of flink memory-p1-pooled -->\n\nThe rest\.\n$/)
  })

  test('has the row of a query once, as it was measured last', () => {
    const page = withResult(withResult(EMPTY, resultOf('q5', 2)), resultOf('q5', 3, { date: '2026-11-23' }))
    expect(rowsOf(page)).toHaveLength(1)
    expect(rowsOf(page)[0]).toContain('**3.00** (2.90–3.10)')
    expect(rowsOf(page)[0]).toContain('2026-11-23')
  })

  test('ends with the geometric mean of the ratios', () => {
    const page = withResult(withResult(EMPTY, resultOf('q0', 0.5)), resultOf('q5', 8))
    expect(page).toMatch(/\| geometric mean \|.*\| \*\*2\.00\*\* \|/)
  })

  test('mixes no figures of two machines', () => {
    const { machine } = resultOf('q0', 1)
    const page = withResult(
      withResult(EMPTY, resultOf('q0', 1)),
      resultOf('q5', 2, { machine: { ...machine, cores: 64 } }),
    )
    expect(rowsOf(page)).toHaveLength(1)
    expect(page).toContain('64 cores')
    expect(page).not.toContain('2 cores')
  })

  test('stays as it is when the same result comes again', () => {
    const page = withResult(EMPTY, resultOf('q0', 1))
    expect(withResult(page, resultOf('q0', 1))).toBe(page)
  })

  test('tells what of the state went to disk, and has a dash where nobody looked', () => {
    const looked = resultOf('q5', 1)
    const page = withResult(
      withResult(EMPTY, resultOf('q0', 1)),
      resultOf('q5', 1, { weir: { ...looked.weir, stateDisk: { reads: 12, writes: 34_000 } } }),
    )
    expect(rowsOf(page).map(row => row.split(' | ').slice(9, 12))).toEqual([
      ['5, 5', '–', '0.05'],
      ['5, 5', '12, 34 k', '0.05'],
    ])
  })

  test('keeps rows that were written before it told of the disk', () => {
    const before = (text: string) => text.replaceAll(/^\|.*$/gm, row => row.split(' | ').toSpliced(10, 1).join(' | '))
    const first = withResult(EMPTY, resultOf('q0', 1))
    expect(before(first)).not.toContain('disk')
    expect(withResult(before(first), resultOf('q5', 2))).toBe(withResult(first, resultOf('q5', 2)))
  })

  test('has to have a place for the table', () => {
    expect(() => withResult('# Page\n', resultOf('q0', 1))).toThrow('no place for the table memory-p1-pooled')
  })
})

test('docs/performance.md has a place for every table', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/performance.md'), 'utf8')
  expect([...TABLES.keys()].filter(table => !hasTable(page, table))).toEqual([])
})
