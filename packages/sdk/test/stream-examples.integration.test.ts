import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IndexedRandom } from '@weir/connectors/datagen/seeded-random'
import { runLocally } from '@weir/local-runner/run-locally'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** The examples with joins, keyed functions and requests, each against a batch program over the same records. */

const examples = join(import.meta.dirname, '../../../examples')
const START = Date.UTC(2026, 0, 1)
const COUNT = 2_000
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-stream-examples-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The rows of one sink of an example, whose sources end after COUNT records. */
async function rowsOf<Row>(name: string, sink: string, sources: number, parallelism: number): Promise<Row[]> {
  const source = readFileSync(join(examples, `${name}.ts`), 'utf8')
  const rate = /rowsPerSecond: \d+/g
  expect(source.match(rate) ?? []).toHaveLength(sources)
  const file = join(folder, `${name}-${parallelism}.ts`)
  writeFileSync(file, source.replace(rate, `count: ${COUNT}`))
  const rows: { operator: string; row: unknown }[] = []
  const { status } = await runLocally({ file, parallelism, workdir: folder, onRow: row => rows.push(row) })
  expect(status).toBe('FINISHED')
  return rows.filter(({ operator }) => operator === sink).map(({ row }) => row as Row)
}

/** The records that datagen makes with a seed and a generator. */
function records<T>(seed: number, make: (index: number, random: () => number) => T): T[] {
  const random = new IndexedRandom(seed)
  return Array.from({ length: COUNT }, (_, index) => {
    random.startAt(index)
    return make(index, random.next)
  })
}

const sorted = <T>(rows: readonly T[]): string[] => rows.map(row => JSON.stringify(row)).sort()

describe.each([1, 3])('at parallelism %i', parallelism => {
  it('hello says its words in capital letters', async () => {
    const rows = await rowsOf<string>('hello', 'print', 0, parallelism)
    const words = rows.map(row => row.replace(/^.*> /, ''))
    expect(sorted(words)).toEqual(sorted(['HELLO', 'STREAM', 'OF', 'WORDS']))
  })

  it('error-filter lets errors through', async () => {
    const services = ['web', 'orders', 'payments', 'mail']
    const messages = ['request served', 'connection reset by peer', 'disk almost full', 'health check', 'no such user']
    const expected = records(11, (_index, random) => {
      const service = services[Math.floor(random() * 4)]
      const isError = random() < 0.1
      if (!isError) random()
      return { isError, service, message: messages[Math.floor(random() * 5)] }
    })
      .filter(({ isError, message }) => isError && message !== 'health check')
      .map(({ service, message }) => `${service}: ${message}`)
    expect(expected.length).toBeGreaterThan(100)
    expect(sorted(await rowsOf('error-filter', 'alerts', 1, parallelism))).toEqual(sorted(expected))
  })

  it('stateful-deduplication gives every id once', async () => {
    const ids = records(4, (index, random) => Math.max(0, Math.floor(index / 2) - Math.floor(random() * 20)))
    const expected = [...new Set(ids)].map(id => ({ id: `event ${id}`, page: ['/', '/shop', '/cart'][id % 3] }))
    expect(expected.length).toBeLessThan(COUNT * 0.6)
    expect(sorted(await rowsOf('stateful-deduplication', 'collect', 1, parallelism))).toEqual(sorted(expected))
  })

  it('stream-join pairs every order with its payment, unless that came too late', async () => {
    const items = records(1, (_index, random) => ['lamp', 'chair', 'table', 'shelf'][Math.floor(random() * 4)])
    const payments = records(2, (_index, random) => {
      const amount = 1 + Math.floor(random() * 200)
      return { amount, laterMs: Math.floor(random() * 15_000) }
    })
    const expected = payments.flatMap(({ amount, laterMs }, id) =>
      laterMs <= 10_000 ? [{ id, item: items[id], amount, secondsLater: Math.round(laterMs / 1_000) }] : [],
    )
    expect(expected.length).toBeGreaterThan(COUNT / 2)
    expect(expected.length).toBeLessThan(COUNT)
    expect(sorted(await rowsOf('stream-join', 'paid orders', 2, parallelism))).toEqual(sorted(expected))
  })

  it('anomaly-detector reports what is above 100.0', async () => {
    const expected = records(9, (index, random) => {
      const usual = 60 + 20 * random()
      const peak = random() < 0.05 ? 60 * random() : 0
      return { sensor: `sensor ${1 + (index % 5)}`, value: Math.round((usual + peak) * 10) / 10 }
    })
      .filter(({ value }) => value > 100)
      .map(reading => ({ ...reading, alert: 'HIGH_VALUE', above: Math.round((reading.value - 100) * 10) / 10 }))
    expect(expected.length).toBeGreaterThan(20)
    expect(sorted(await rowsOf('anomaly-detector', 'alerts', 1, parallelism))).toEqual(sorted(expected))
  })

  it('fraud-detection finds large charges right after small ones', async () => {
    const charges = records(6, (index, random) => {
      const kind = random()
      const share = kind < 0.2 ? 0.0009 : kind < 0.5 ? 1 : 0.3
      const card = `card ${1 + Math.floor(random() * 20)}`
      return { id: index, card, amount: Math.round(100_000 * share * random()) / 100, time: START + index * 1_000 }
    })
    const expected = charges.flatMap(({ id, card, amount, time }) => {
      const before = charges.slice(0, id).findLast(other => other.card === card)
      if (amount <= 500 || before === undefined || before.amount >= 1) return []
      if (time - before.time > 60_000) return []
      return [{ card, charge: id, amount, secondsAfterSmall: (time - before.time) / 1_000 }]
    })
    expect(expected.length).toBeGreaterThan(20)
    expect(charges.some(({ amount }) => amount > 500)).toBe(true)
    const rows = await rowsOf<(typeof expected)[number]>('fraud-detection', 'suspicions', 1, parallelism)
    expect(sorted(rows)).toEqual(sorted(expected))
  })

  it('block-charges blocks and reviews by the answer of the risk service', async () => {
    const expected = records(8, (index, random) => {
      const country = ['NO', 'SE', 'DK', 'FI', 'XX'][Math.floor(random() * 5)]
      const amount = Math.round(150_000 * random() ** 3) / 100
      const risk = Math.min(100, (country === 'XX' ? 50 : 10) + Math.floor(amount / 20))
      return { id: index, country, amount, risk, action: risk >= 80 ? 'block' : risk >= 55 ? 'review' : 'allow' }
    }).filter(({ action }) => action !== 'allow')
    expect(new Set(expected.map(({ action }) => action)).size).toBe(2)
    expect(sorted(await rowsOf('block-charges', 'actions', 1, parallelism))).toEqual(sorted(expected))
  })
})
