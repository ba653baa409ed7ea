import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IndexedRandom } from '@weir/connectors/datagen/seeded-random'
import { runLocally } from '@weir/local-runner/run-locally'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** The examples that make their own records, each against a batch program over the same records. */

const examples = join(import.meta.dirname, '../../../examples')
const START = Date.UTC(2026, 0, 1)
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-examples-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Run {
  readonly rate: RegExp
  /** What stands in its place, so that the job ends. */
  readonly bound: string
  readonly parallelism: number
}

/** The rows of each sink of an example, by the sink's name. */
async function rowsOf<Row>(name: string, { rate, bound, parallelism }: Run): Promise<(sink: string) => Row[]> {
  const source = readFileSync(join(examples, `${name}.ts`), 'utf8')
  expect(source.match(rate)).toHaveLength(1)
  const file = join(folder, `${name}-${parallelism}.ts`)
  writeFileSync(file, source.replace(rate, bound))
  const rows: { operator: string; row: unknown }[] = []
  const { status } = await runLocally({ file, parallelism, workdir: folder, onRow: row => rows.push(row) })
  expect(status).toBe('FINISHED')
  return sink => rows.filter(({ operator }) => operator === sink).map(({ row }) => row as Row)
}

/** The records that datagen makes with a seed and a generator. */
function records<T>(count: number, seed: number, make: (index: number, random: () => number) => T): T[] {
  const random = new IndexedRandom(seed)
  return Array.from({ length: count }, (_, index) => {
    random.startAt(index)
    return make(index, random.next)
  })
}

const sorted = <T>(rows: readonly T[]): string[] => rows.map(row => JSON.stringify(row)).sort()

describe('temperature-alerts', () => {
  const readings = records(2_400, 1, (index, random) => {
    const machine = index % 8
    const time = START + Math.floor(index * 12.5)
    const wave = Math.sin((time / 60_000 + machine / 8) * 2 * Math.PI)
    return { machine: `machine ${machine + 1}`, celsius: 68 + 15 * wave + 4 * random(), time }
  })
  const groups = Map.groupBy(readings, ({ machine, time }) => `${machine}|${Math.floor(time / 2_000)}`)
  const expected = [...groups].flatMap(([group, members]) => {
    const [machine, window] = group.split('|')
    const mean = members.reduce((sum, { celsius }) => sum + celsius, 0) / members.length
    const celsius = Math.round(mean * 10) / 10
    return celsius > 80 ? [{ machine, until: new Date((Number(window) + 1) * 2_000).toISOString(), celsius }] : []
  })

  it.each([1, 3])('gives what a batch program gives, at parallelism %i', async parallelism => {
    const rows = await rowsOf('temperature-alerts', { rate: /rowsPerSecond: 80/, bound: 'count: 2400', parallelism })
    expect(expected.length).toBeGreaterThan(10)
    expect(expected.length).toBeLessThan(groups.size)
    expect(sorted(rows('alerts'))).toEqual(sorted(expected))
  })
})

describe('payment-checks', () => {
  const payments = records(3_000, 7, (index, random) => ({
    id: index,
    card: `card ${1 + Math.floor(random() * 50)}`,
    amount: Math.round(100_000 * random() ** 3) / 100,
    country: ['NO', 'SE', 'DK', 'FI', 'XX'][Math.floor(random() * 5)],
  }))
  const isLarge = ({ amount }: (typeof payments)[number]): boolean => amount > 500
  const accepted = payments.filter(payment => !isLarge(payment) && payment.country !== 'XX')
  const suspicious = payments
    .filter(payment => isLarge(payment) || payment.country === 'XX')
    .map(payment => ({ ...payment, reason: isLarge(payment) ? 'a large amount' : 'an unknown country' }))

  it.each([1, 3])('puts every payment where it belongs, at parallelism %i', async parallelism => {
    const rows = await rowsOf('payment-checks', { rate: /rowsPerSecond: 20/, bound: 'count: 3000', parallelism })
    expect(sorted(rows('accepted'))).toEqual(sorted(accepted))
    expect(sorted(rows('suspicious'))).toEqual(sorted(suspicious))
    expect(new Set(suspicious.map(({ reason }) => reason)).size).toBe(2)
  })
})

describe('best-sellers', () => {
  const products = ['lamp', 'chair', 'table', 'shelf', 'mirror', 'carpet']
  const sales = records(5_000, 3, (index, random) => ({
    product: products[(Math.floor(index / 100) + Math.floor(random() ** 2 * 6)) % 6]!,
    sold: 1 + Math.floor(random() * 3),
  }))
  const run = { rate: /rowsPerSecond: 50/, bound: 'count: 5000' }
  type Row = (typeof sales)[number]

  it('names every new leader, in the order in which they took the lead', async () => {
    const totals = new Map<string, number>()
    const leaders: Row[] = []
    let best: Row = { product: '', sold: 0 }
    for (const { product, sold } of sales) {
      const total = (totals.get(product) ?? 0) + sold
      totals.set(product, total)
      if (total <= best.sold) continue
      if (product !== best.product) leaders.push({ product, sold: total })
      best = { product, sold: total }
    }
    expect(leaders.length).toBeGreaterThan(5)
    const rows = await rowsOf<Row>('best-sellers', { ...run, parallelism: 1 })
    expect(rows('collect')).toEqual(leaders)
  })

  it('ends with the product that sold most, at parallelism 3', async () => {
    const totals = Map.groupBy(sales, ({ product }) => product)
    const sums = new Map([...totals].map(([product, ones]) => [product, ones.reduce((sum, { sold }) => sum + sold, 0)]))
    const rows = (await rowsOf<Row>('best-sellers', { ...run, parallelism: 3 }))('collect')
    expect(sums.get(rows.at(-1)!.product)).toBe(Math.max(...sums.values()))
    expect(rows.map(({ sold }) => sold)).toEqual(rows.map(({ sold }) => sold).sort((a, b) => a - b))
  })
})

describe('page-views', () => {
  const pages = ['/', '/shop', '/cart', '/help']
  const isDelayed = (index: number): boolean => index % 40 === 39
  const views = records(1_500, 5, (index, random) => {
    const page = pages[Math.floor(random() ** 2 * 4)]!
    const delayMs = isDelayed(index) ? 20_000 : Math.floor(random() * 1_000)
    return { page, time: START + index * 20 - delayMs }
  })

  it.each([1, 2])('counts every view once, or shows it as too late, at parallelism %i', async parallelism => {
    const bound = 'rowsPerSecond: 500, count: 1500'
    const rows = await rowsOf<Record<string, unknown>>('page-views', { rate: /rowsPerSecond: 50/, bound, parallelism })
    const late = new Set(sorted(rows('too late')))
    // The first watermarks come some time after the first views, so of those alone it depends which are late.
    const certainlyLate = views.filter((_, index) => isDelayed(index) && index >= 800)
    expect([...late]).toEqual(expect.arrayContaining(sorted(certainlyLate)))
    const delayed = new Set(sorted(views.filter((_, index) => isDelayed(index))))
    expect([...late].filter(view => !delayed.has(view))).toEqual([])

    const onTime = views.filter(view => !late.has(JSON.stringify(view)))
    const groups = Map.groupBy(onTime, ({ page, time }) => `${page}|${Math.floor(time / 2_000)}`)
    const expected = [...groups].map(([group, members]) => {
      const [page, window] = group.split('|')
      return { page, until: new Date((Number(window) + 1) * 2_000).toISOString(), views: members.length }
    })
    expect(sorted(rows('views of each page'))).toEqual(sorted(expected))
  })
})
