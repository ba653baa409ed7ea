import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IndexedRandom } from '@weir/connectors/datagen/seeded-random'
import { runLocally } from '@weir/local-runner/run-locally'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** The examples about windows, each against a batch program over the same records. */

const examples = join(import.meta.dirname, '../../../examples')
const START = Date.UTC(2026, 0, 1)
const iso = (ms: number): string => new Date(ms).toISOString()
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-window-examples-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The rows of each sink of an example over its first records, by the sink's name, as sorted texts. */
async function rowsOf(name: string, count: number, parallelism: number): Promise<(sink: string) => string[]> {
  const source = readFileSync(join(examples, `${name}.ts`), 'utf8')
  const rate = /rowsPerSecond: \d+/
  expect(source.match(rate)).toHaveLength(1)
  const file = join(folder, `${name}-${parallelism}.ts`)
  writeFileSync(file, source.replace(rate, `count: ${count}`))
  const rows: { operator: string; row: unknown }[] = []
  const { status } = await runLocally({ file, parallelism, workdir: folder, onRow: row => rows.push(row) })
  expect(status).toBe('FINISHED')
  return sink => sorted(rows.filter(({ operator }) => operator === sink).map(({ row }) => row))
}

/** The records that datagen makes with a seed and a generator. */
function records<T>(count: number, seed: number, make: (index: number, random: () => number) => T): T[] {
  const random = new IndexedRandom(seed)
  return Array.from({ length: count }, (_, index) => {
    random.startAt(index)
    return make(index, random.next)
  })
}

const sorted = (rows: readonly unknown[]): string[] => rows.map(row => JSON.stringify(row)).sort()

describe('windowed-aggregation', () => {
  const count = 3_000
  const readings = records(count, 11, (index, random) => {
    const sensor = index % 6
    const time = START + index * 100 - Math.floor(random() * 2_000)
    const wave = Math.sin((index / 3_000 + sensor / 6) * 2 * Math.PI)
    return { sensor: `sensor ${sensor + 1}`, value: Math.round(500 + 300 * wave + 200 * random()) / 10, time }
  })
  const windows = Array.from({ length: 35 }, (_, n) => START - 30_000 + n * 10_000)
  const expected = windows.flatMap(from => {
    const inside = readings.filter(({ time }) => from <= time && time < from + 30_000)
    return [...Map.groupBy(inside, ({ sensor }) => sensor)].map(([sensor, list]) => {
      const values = list.map(({ value }) => value)
      return {
        sensor,
        from: iso(from),
        to: iso(from + 30_000),
        readings: list.length,
        mean: values.reduce((a, b) => a + b, 0) / values.length,
        lowest: Math.min(...values),
        highest: Math.max(...values),
      }
    })
  })

  test.each([1, 3])('gives what a batch program gives, at parallelism %i', async parallelism => {
    const rows = (await rowsOf('windowed-aggregation', count, parallelism))('summaries').map(row => JSON.parse(row))
    const order = (row: { sensor: string; from: string }): string => `${row.from} ${row.sensor}`
    const inOrder = rows.toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
    const wanted = expected.toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
    expect(wanted.length).toBeGreaterThan(150)
    // Sums of decimals depend on their order, and with them the last digit of a rounded mean.
    expect(inOrder.map(row => ({ ...row, mean: 0 }))).toEqual(wanted.map(row => ({ ...row, mean: 0 })))
    for (const [i, { mean }] of inOrder.entries()) expect(Math.abs(mean - wanted[i].mean)).toBeLessThan(0.0501)
  })
})

describe('category-counter', () => {
  const count = 2_400
  const categories = ['books', 'garden', 'kitchen', 'music', 'toys']
  const sales = records(count, 13, (index, random) => ({
    category: categories[(Math.floor(index / 360) + Math.floor(random() ** 2 * 5)) % 5],
    time: START + Math.floor(index * 166.7),
  }))
  const groups = Map.groupBy(sales, ({ category, time }) => `${category}|${Math.floor(time / 30_000)}`)
  const expected = [...groups].map(([group, list]) => {
    const [category, window] = group.split('|')
    return { category, until: iso((Number(window) + 1) * 30_000), sold: list.length }
  })

  test.each([1, 3])('counts what a batch program counts, at parallelism %i', async parallelism => {
    expect(expected.length).toBeGreaterThan(50)
    expect((await rowsOf('category-counter', count, parallelism))('sold')).toEqual(sorted(expected))
  })
})

describe('trending-pages', () => {
  const count = 4_800
  const pages = ['/', '/news', '/sport', '/weather', '/recipes', '/jobs', '/travel', '/about']
  const clicks = records(count, 17, (index, random) => {
    const favourite = Math.floor(index / 600) % 8
    const page = random() < 0.4 ? favourite : Math.floor(random() ** 2 * 8)
    return { page: pages[page], time: START + index * 200 - Math.floor(random() * 5_000) }
  })
  const minute = ({ time }: { time: number }): number => Math.floor(time / 60_000)
  const [first, last] = [minute(clicks[0]), Math.max(...clicks.map(minute))]
  const trends = pages.flatMap(page => {
    const mine = Map.groupBy(
      clicks.filter(click => click.page === page),
      minute,
    )
    const clicksIn = (at: number): number => mine.get(at)?.length ?? 0
    const all: { page: string; minute: string; clicks: number; before: number; seenBefore: boolean }[] = []
    for (let at = first - 1; at <= last; at++) {
      if (clicksIn(at) === 0) continue
      const seenBefore = all.length > 0
      all.push({ page, minute: iso(at * 60_000), clicks: clicksIn(at), before: clicksIn(at - 1), seenBefore })
    }
    return all
  })
  const row = ({ seenBefore: _, ...rest }: (typeof trends)[number]): object => rest
  const trending = trends.filter(one => one.seenBefore && one.clicks >= 20 && one.clicks >= 2 * one.before)

  test.each([1, 3])('finds the trends that a batch program finds, at parallelism %i', async parallelism => {
    expect(trending.length).toBeGreaterThan(3)
    expect(trending.length).toBeLessThan(trends.length / 2)
    const rows = await rowsOf('trending-pages', count, parallelism)
    expect(rows('clicks of each page')).toEqual(sorted(trends.map(row)))
    expect(rows('trending')).toEqual(sorted(trending.map(row)))
  })
})

describe('visits', () => {
  const count = 4_000
  const pages = ['/', '/shop', '/cart', '/pay', '/help']
  const clicks = records(count, 19, (index, random) => {
    const visitor = (Math.floor(index / 400) * 7 + Math.floor(random() ** 2 * 10)) % 40
    const time = START + index * 200 - Math.floor(random() * 3_000)
    return { visitor: `visitor ${visitor + 1}`, page: pages[Math.floor(random() * 5)], time }
  })
  const expected = [...Map.groupBy(clicks, ({ visitor }) => visitor)].flatMap(([visitor, list]) => {
    const inOrder = list.toSorted((a, b) => a.time - b.time)
    const visits: (typeof list)[] = []
    for (const click of inOrder) {
      const current = visits.at(-1)
      if (current === undefined || click.time - (current.at(-1) as typeof click).time > 30_000) visits.push([click])
      else current.push(click)
    }
    return visits.map(visit => {
      const [entry, exit] = [visit[0], visit[visit.length - 1]]
      const seconds = (exit.time - entry.time) / 1_000
      return { visitor, from: iso(entry.time), seconds, clicks: visit.length, entry: entry.page, exit: exit.page }
    })
  })

  test.each([1, 3])('finds the visits that a batch program finds, at parallelism %i', async parallelism => {
    expect(expected.length).toBeGreaterThan(60)
    // No two clicks of a visitor come in one millisecond, so first and last are certain.
    expect(new Set(clicks.map(({ visitor, time }) => `${visitor} ${time}`)).size).toBe(count)
    expect((await rowsOf('visits', count, parallelism))('ended visits')).toEqual(sorted(expected))
  })
})

describe('iot-monitoring', () => {
  const count = 2_400
  const zones = ['boiler room', 'hall', 'cold store']
  const rounded = (value: number): number => Math.round(value * 10) / 10
  const readings = records(count, 23, (index, random) => {
    const turn = Math.floor(index / 200)
    const isBroken = turn % 2 === 1 && index % 12 === (turn * 5) % 12
    const number = (index + (isBroken ? 1 : 0)) % 12
    const celsius = rounded(60 - 30 * (number % 3) + 8 * random())
    return { machine: `machine ${number + 1}`, zone: zones[number % 3], celsius, time: START + index * 100 }
  })
  const groups = Map.groupBy(readings, ({ zone, time }) => `${zone}|${Math.floor(time / 60_000)}`)
  const means = [...groups].map(([group, list]) => {
    const [zone, minute] = group.split('|')
    const celsius = rounded(list.reduce((sum, reading) => sum + reading.celsius, 0) / list.length)
    return { zone, until: iso((Number(minute) + 1) * 60_000), celsius }
  })
  const failures = [...Map.groupBy(readings, ({ machine }) => machine)].flatMap(([machine, list]) =>
    list
      // The end of the input is a silence, too.
      .filter(({ time }, i) => i + 1 === list.length || list[i + 1].time - time >= 10_000)
      .map(({ zone, time }) => ({ alert: 'EQUIPMENT_FAILURE', machine, zone, lastHeardOf: iso(time) })),
  )

  test.each([1, 3])('gives means and failures as a batch program does, at parallelism %i', async parallelism => {
    expect(means).toHaveLength(12)
    // Five machines failed and came back, the sixth is silent at the end as all are.
    expect(failures).toHaveLength(5 + 12)
    const rows = await rowsOf('iot-monitoring', count, parallelism)
    expect(rows('zones')).toEqual(sorted(means))
    expect(rows('maintenance alerts')).toEqual(sorted(failures))
  })
})
