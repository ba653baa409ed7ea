import type { MetricSeries } from '@weir/proto/web/job-details'
import { describe, expect, test } from 'vitest'
import { extendSeries, highest, RANGE_MS, type Sample, summaryOf } from './metric-series.ts'

const history: MetricSeries = { from: 10_000, stepMs: 1_000, values: { rate: [1, null, 3] } }

function sample(at: number, rate: number | null): Sample {
  return { at, values: { rate } }
}

describe('a history that the page continues', () => {
  test('takes the samples that come after it, one point per step', () => {
    const { values, from } = extendSeries(history, [sample(13_100, 4), sample(14_900, 5)], '5m', ['rate'])
    expect(from).toBe(10_000)
    expect(values.rate).toEqual([1, null, 3, 4, 5])
  })

  test('keeps its own points where samples overlap it', () => {
    expect(extendSeries(history, [sample(12_500, 99)], '5m', ['rate']).values.rate).toEqual([1, null, 3])
  })

  test('gets a point that the server did not know yet', () => {
    const early: MetricSeries = { from: 10_000, stepMs: 1_000, values: { rate: [1, 2, null] } }
    expect(extendSeries(early, [sample(12_500, 3), sample(9_000, 99)], '5m', ['rate']).values.rate).toEqual([1, 2, 3])
  })

  test('has a gap where no sample fell', () => {
    expect(extendSeries(history, [sample(15_000, 6)], '5m', ['rate']).values.rate).toEqual([1, null, 3, null, null, 6])
  })

  test('has the mean of several samples in one step, without those that knew nothing', () => {
    const { values } = extendSeries(history, [sample(13_000, 2), sample(13_400, null), sample(13_800, 4)], '5m', [
      'rate',
    ])
    expect(values.rate).toEqual([1, null, 3, 3])
  })

  test('has a gap, not a zero, where all samples of a step knew nothing', () => {
    expect(extendSeries(history, [sample(13_000, null)], '5m', ['rate']).values.rate).toEqual([1, null, 3, null])
  })

  test('gets a series that it did not know, with a gap before', () => {
    const busy = { at: 13_000, values: { 'busy/a': 0.5 } }
    expect(extendSeries(history, [busy], '5m', ['busy/a']).values['busy/a']).toEqual([null, null, null, 0.5])
  })

  test('is never longer than its range: the oldest points go, and it begins later', () => {
    const long: MetricSeries = { from: 0, stepMs: 1_000, values: { rate: Array.from({ length: 300 }, (_, at) => at) } }
    const { values, from } = extendSeries(long, [sample(301_000, 7)], '5m', ['rate'])
    expect(values.rate).toHaveLength(RANGE_MS['5m'] / 1_000)
    expect(from).toBe(2_000)
    expect(values.rate?.[0]).toBe(2)
    expect(values.rate?.at(-1)).toBe(7)
  })

  test('that has no points begins where the page began to look', () => {
    const empty: MetricSeries = { from: 0, stepMs: 1_000, values: {} }
    const { from, values } = extendSeries(empty, [sample(1_795_000_000_500, 4)], '5m', ['rate'])
    expect(from).toBe(1_795_000_000_000)
    expect(values.rate).toEqual([4])
    expect(extendSeries(empty, [], '5m', ['rate']).values.rate).toEqual([])
  })

  test('after a long pause of the page keeps its range and no more', () => {
    const { from, values } = extendSeries(history, [sample(10_000 + 86_400_000, 5)], '5m', ['rate'])
    expect(values.rate).toHaveLength(300)
    expect(values.rate?.at(-1)).toBe(5)
    expect(from).toBe(10_000 + 86_400_000 - 299_000)
  })

  test('without samples is itself', () => {
    expect(extendSeries(history, [], '5m', ['rate'])).toEqual(history)
  })
})

describe('a summary', () => {
  test('leaves gaps out', () => {
    expect(summaryOf([null, 2, null, 4])).toEqual({ min: 2, mean: 3, max: 4, last: 4 })
  })

  test('of a series that ends in a gap does not know the last', () => {
    expect(summaryOf([2, null]).last).toBeNull()
  })

  test('of nothing knows nothing', () => {
    expect(summaryOf([null])).toEqual({ min: null, mean: null, max: null, last: null })
  })
})

test('the highest series come first, unknown ones last', () => {
  const series: MetricSeries = { from: 0, stepMs: 1, values: { a: [0.1], b: [0.9], c: [null], d: [0] } }
  expect(highest(series, ['a', 'b', 'c', 'd'], 3)).toEqual(['b', 'a', 'd'])
  expect(highest(series, ['c', 'd'], 2)).toEqual(['d', 'c'])
})
