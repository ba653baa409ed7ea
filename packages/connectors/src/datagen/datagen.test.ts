import { ManualClock } from '@weir/engine/testing/manual-clock'
import { describe, expect, test } from 'vitest'
import { sorted, sourceConformance } from '../testing/source-conformance.ts'
import { ReaderHarness, readAll, type SourceCase } from '../testing/source-harness.ts'
import { datagenSource } from './datagen.ts'
import { datagenSourceRuntime } from './datagen-source.ts'
import { datagenSpec } from './datagen-spec.ts'

const datagen = (descriptor: ReturnType<typeof datagenSource>, platform?: SourceCase['platform']): SourceCase => ({
  source: datagenSourceRuntime,
  config: descriptor.config,
  functions: descriptor.functions,
  platform,
})

const square = datagenSource({
  count: 101,
  seed: 3,
  generator: (index, random) => ({ index, square: index ** 2, random: random() }),
})
/** Each record from its index alone. */
const squares = (await readAll(datagen(square))) as { index: number; square: number; random: number }[]

sourceConformance('datagen with a generator', () => ({ ...datagen(square), expected: squares }))

test('a generator is called once for each index from 0 on', () => {
  expect(squares.map(row => row.index)).toEqual(Array.from({ length: 101 }, (_, i) => i))
  expect(squares.every(row => row.square === row.index ** 2)).toBe(true)
})

const FIELDS = {
  n: 'sequence',
  id: 'uuid',
  int: { int: [-2, 3] },
  float: { float: [1.5, 2.5] },
  one: { oneOf: ['a', 'b', null] },
  text: { text: [0, 4] },
} as const

describe('fields', () => {
  const rows = (seed?: number) =>
    readAll(datagen(datagenSource<never>({ count: 2_000, seed, fields: FIELDS as never }))) as Promise<
      { n: number; id: string; int: number; float: number; one: string | null; text: string }[]
    >

  test('have the values that they describe, up to both bounds', async () => {
    const made = await rows()
    expect(made.map(row => row.n)).toEqual(Array.from({ length: 2_000 }, (_, i) => i))
    expect(new Set(made.map(row => row.int))).toEqual(new Set([-2, -1, 0, 1, 2, 3]))
    expect(made.every(row => row.float >= 1.5 && row.float < 2.5)).toBe(true)
    expect(new Set(made.map(row => row.one))).toEqual(new Set(['a', 'b', null]))
    expect(new Set(made.map(row => row.text.length))).toEqual(new Set([0, 1, 2, 3, 4]))
    expect(made.every(row => /^[a-z]*$/.test(row.text))).toBe(true)
    expect(made.every(row => /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(row.id))).toBe(
      true,
    )
    expect(new Set(made.map(row => row.id)).size).toBe(2_000)
  })

  test('are spread evenly', async () => {
    const made = await rows(11)
    const counts = Object.values(Object.groupBy(made, row => String(row.int))).map(group => group?.length ?? 0)
    for (const count of counts) expect(Math.abs(count - 2_000 / 6)).toBeLessThan(80)
  })

  test('are equal for equal seeds and different for different ones', async () => {
    expect(await rows(5)).toEqual(await rows(5))
    expect(await rows(5)).not.toEqual(await rows(6))
  })

  test('a timestamp is the wall clock', async () => {
    const clock = new ManualClock(1_700_000_000_000)
    const platform = { clock, timers: clock, random: { next: () => 0 } }
    const source = datagenSource<{ at: number }>({ count: 1, fields: { at: 'timestamp' } })
    expect(await readAll(datagen(source, platform))).toEqual([{ at: 1_700_000_000_000 }])
  })
})

test('the records do not depend on the parallelism', async () => {
  const source = datagen(datagenSource<never>({ count: 500, seed: 9, fields: FIELDS as never }))
  expect(sorted(await readAll(source, 7))).toEqual(sorted(await readAll(source, 1)))
})

describe('rowsPerSecond', () => {
  async function readers(options: object, parallelism: number) {
    const clock = new ManualClock()
    const platform = { clock, timers: clock, random: { next: () => 0 } }
    const which = datagen(datagenSource<number>({ generator: i => i, ...options }), platform)
    const splits = await datagenSourceRuntime.discoverSplits(which.config, { parallelism, workdir: '/' })
    const harnesses = splits.map(split => new ReaderHarness(which).add([split]))
    const poll = (): void => {
      for (const harness of harnesses) while (harness.reader.poll(harness) === 'emitted' && !harness.blocked);
    }
    return { clock, harnesses, poll, total: () => harnesses.reduce((sum, harness) => sum + harness.records.length, 0) }
  }

  test.each([1, 3, 8])('is the rate of all %i subtasks together', async parallelism => {
    const { clock, poll, total } = await readers({ rowsPerSecond: 100 }, parallelism)
    for (let ms = 0; ms < 5_000; ms += 5) {
      poll()
      expect(Math.abs(total() - (ms / 1_000) * 100)).toBeLessThanOrEqual(1.001)
      clock.advance(5)
    }
  })

  test('wakes the reader when the next record is due', async () => {
    const { clock, harnesses } = await readers({ rowsPerSecond: 4 }, 1)
    const [harness] = harnesses
    const times: number[] = []
    const run = harness?.run()
    for (let ms = 0; ms < 1_100; ms += 10) {
      await new Promise(resolve => setImmediate(resolve))
      while (times.length < (harness?.records.length ?? 0)) times.push(ms)
      clock.advance(10)
    }
    expect(times).toEqual([0, 250, 500, 750, 1_000])
    if (harness !== undefined) harness.room = 0
    clock.advance(1_000)
    await run
  })

  test('a reader that was held up for long makes up for one second at most', async () => {
    const { clock, harnesses, poll, total } = await readers({ rowsPerSecond: 100 }, 1)
    poll()
    clock.advance(60_000)
    poll()
    expect(total()).toBeLessThanOrEqual(103)
    clock.advance(1_000)
    poll()
    expect(total()).toBeGreaterThanOrEqual(200)
    harnesses[0]?.reader.close()
  })

  test('closing cancels the timer', async () => {
    const { clock, harnesses, poll, total } = await readers({ rowsPerSecond: 1 }, 1)
    poll()
    harnesses[0]?.reader.close()
    clock.advance(10_000)
    expect(total()).toBe(1)
  })
})

test('without a count it is endless', () => {
  expect(datagenSourceRuntime.isBounded(datagenSource({ generator: () => 1 }).config)).toBe(false)
})

test.each([
  [{}, /either fields or a generator/],
  [{ fields: { a: { int: [3, 1] } } }, /first bound must not be above/],
  [{ fields: { a: 'serial' } }, /must be .{1,2}sequence/],
  [{ fields: {}, rowsPerSecond: 0 }, /above 0/],
  [{ fields: {}, count: -1 }, /at least 0/],
])('the spec refuses %j', (config, message) => {
  const result = datagenSpec.config.safeParse(config)
  expect(result.success).toBe(false)
  expect(JSON.stringify(result.error?.issues)).toMatch(message)
})
