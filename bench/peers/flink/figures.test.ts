import { expect, test } from 'vitest'
import { diskText, figure, geometricMean, rounded } from './figures.ts'

test('the median of an odd number of repeats is the middle one, of an even number the mean of the two', () => {
  expect(figure([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 })
  expect(figure([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 })
  expect(figure([7])).toEqual({ median: 7, min: 7, max: 7 })
})

test('figures are rounded to some digits', () => {
  expect(rounded({ median: 1.23456, min: 1, max: 2.9999 }, 2)).toEqual({ median: 1.23, min: 1, max: 3 })
})

test('the geometric mean of a ratio and its reciprocal is one', () => {
  expect(geometricMean([4, 0.25])).toBeCloseTo(1)
  expect(geometricMean([2, 8])).toBeCloseTo(4)
})

test('rows on disk are counted in full while they are few; where nobody looked there is a dash', () => {
  expect(diskText({ reads: 0, writes: 9_999 })).toBe('0, 9999')
  expect(diskText({ reads: 10_400, writes: 1_250_000 })).toBe('10 k, 1.25 M')
  expect(diskText(undefined)).toBe('–')
})
