import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runLocally } from '@weir/local-runner/run-locally'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bookWords } from '../../../e2e/oracles/book-words.ts'
import { type EarthquakeSummary, earthquakes, sortSummaries } from '../../../e2e/oracles/earthquakes.ts'

const root = join(import.meta.dirname, '../../..')
const data = join(root, 'data')
const prepareData = (): string =>
  execFileSync(process.execPath, [join(root, 'examples/prepare-data.mjs')], { encoding: 'utf8' })

let workdir: string

beforeAll(() => {
  prepareData()
}, 60_000)
beforeEach(() => {
  workdir = mkdtempSync(join(tmpdir(), 'weir-examples-'))
  symlinkSync(data, join(workdir, 'data'))
})
afterEach(() => rmSync(workdir, { recursive: true, force: true }))

/** Runs an example to its end and gives the rows of its part files, by file. */
async function run<Row>(name: string, parallelism: number): Promise<Row[][]> {
  const { status } = await runLocally({ file: join(root, `examples/${name}.ts`), parallelism, workdir })
  expect(status).toBe('FINISHED')
  const out = join(workdir, 'out', name)
  const files = readdirSync(out).toSorted()
  expect(files.filter(file => !file.startsWith('part-'))).toEqual([])
  return files.map(file =>
    readFileSync(join(out, file), 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Row),
  )
}

describe.each([1, 2, 4])('at parallelism %i', parallelism => {
  test('book-words ends with the number of every word, and counts up to it one by one', async () => {
    const totals = new Map<string, number>()
    const jumps: string[] = []
    for (const { word, count } of (await run<{ word: string; count: number }>('book-words', parallelism)).flat()) {
      if (count !== (totals.get(word) ?? 0) + 1) jumps.push(`${word}: ${totals.get(word)} -> ${count}`)
      totals.set(word, count)
    }
    expect(jumps).toEqual([])
    expect(Object.fromEntries(totals)).toEqual(Object.fromEntries(bookWords(join(data, 'book.txt'))))
  })

  test('earthquakes sums up every earthquake once: none is late', async () => {
    const expected = earthquakes(join(data, 'earthquakes.ndjson'))
    expect(expected.reduce((sum, { count }) => sum + count, 0)).toBe(1_707)
    const rows = (await run<EarthquakeSummary>('earthquakes', parallelism)).flat()
    expect(sortSummaries(rows)).toEqual(expected)
  })
})

test('word-count goes on without end, and shows the words that came more than 5 times in 10 s', async () => {
  const cancel = new AbortController()
  const rows: string[] = []
  const running = runLocally({
    file: join(root, 'examples/word-count.ts'),
    workdir,
    signal: cancel.signal,
    onRow: ({ row }) => {
      rows.push(String(row))
      // 20 words come with the first window that ends.
      if (rows.length === 20) cancel.abort()
    },
  })
  expect((await running).status).toBe('CANCELED')
  for (const row of rows) {
    const [, json] = /^word-count\[\d\]> (.*)$/.exec(row) ?? []
    const { word, count } = JSON.parse(json as string)
    expect(word).toMatch(/^[a-z]+$/)
    expect(count).toBeGreaterThan(5)
  }
}, 40_000)

describe('the data of the examples', () => {
  test('is left alone when it is up to date', () => {
    const before = readdirSync(data).map(name => [name, statSync(join(data, name)).mtimeMs])
    expect(prepareData()).toBe('')
    expect(readdirSync(data).map(name => [name, statSync(join(data, name)).mtimeMs])).toEqual(before)
  })

  test('has the earthquakes sorted by time, and a book of many lines', () => {
    const times = readFileSync(join(data, 'earthquakes.ndjson'), 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line).time as number)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    const book = readFileSync(join(data, 'book.txt'), 'utf8')
    expect(book.split('\n').length).toBeGreaterThan(2_500)
    expect(book).toContain('Call me Ishmael.')
  })
})
