import { expect, test } from 'vitest'
import { skewOf } from './skew.ts'

test('the busiest rate divided by the median of the others', () => {
  expect(skewOf([100, 100, 230])).toBe(2.3)
  expect(skewOf([50, 100, 150, 300])).toBe(3)
  expect(skewOf([100, 200])).toBe(2)
  expect(skewOf([100, 199])).toBe(null)
})

test('there is none for one subtask, for what is not known, and for a trickle', () => {
  expect(skewOf([500])).toBe(null)
  expect(skewOf([500, null])).toBe(null)
  expect(skewOf([])).toBe(null)
  expect(skewOf([0.5, 0.1])).toBe(null)
})

test('one subtask that does everything has a factor that can be shown', () => {
  expect(skewOf([500, 0, 0])).toBe(999)
})
