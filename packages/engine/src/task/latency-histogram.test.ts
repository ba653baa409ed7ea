import { describe, expect, it } from 'vitest'
import { LATENCY_BOUNDS_SECONDS, LatencyHistogram } from './latency-histogram.ts'

describe('a latency histogram', () => {
  it('counts every record of a slice with the mean of the slice', () => {
    const histogram = new LatencyHistogram()
    histogram.add(0.004, 4)
    expect(histogram.counts[LATENCY_BOUNDS_SECONDS.indexOf(1e-3)]).toBe(4)
    expect(histogram.sumSeconds).toBe(0.004)
  })

  it('keeps what is above all bounds, and what is exactly a bound below it', () => {
    const histogram = new LatencyHistogram()
    histogram.add(11, 1)
    histogram.add(10, 1)
    expect(histogram.counts.slice(-2)).toEqual([1, 1])
  })

  it('passes over slices without records', () => {
    const histogram = new LatencyHistogram()
    histogram.add(1, 0)
    expect(histogram.counts.every(count => count === 0)).toBe(true)
    expect(histogram.sumSeconds).toBe(0)
  })
})
