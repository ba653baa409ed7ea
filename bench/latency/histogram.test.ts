import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Histogram } from './histogram.ts'

it('gives the quantiles of a sorted list to a bucket, also when joined from parts', () => {
  const times = fc.array(fc.double({ min: 0, max: 9_999, noNaN: true }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(times, times, fc.double({ min: 0.001, max: 1, noNaN: true }), (some, others, share) => {
      const [one, other, joined] = [new Histogram(), new Histogram(), new Histogram()]
      for (const ms of some) one.add(ms)
      for (const ms of others) other.add(ms)
      joined.join(one.toJson())
      joined.join(other.toJson())
      const sorted = [...some, ...others].sort((a, b) => a - b)
      const exact = sorted[Math.ceil(share * sorted.length) - 1]!
      expect(joined.total).toBe(sorted.length)
      expect(joined.maxMs).toBe(sorted.at(-1))
      expect(joined.quantile(share) - exact).toBeGreaterThanOrEqual(-1e-9)
      expect(joined.quantile(share) - exact).toBeLessThanOrEqual(0.05 + 1e-9)
    }),
  )
})

it('keeps what is beyond its range in its ends', () => {
  const histogram = new Histogram()
  for (const ms of [-3, 20_000]) histogram.add(ms)
  expect([histogram.quantile(0.5), histogram.quantile(1), histogram.maxMs]).toEqual([0.05, 10_000, 20_000])
  expect(new Histogram().quantile(0.99)).toBeNaN()
})
