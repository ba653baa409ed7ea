import { expect, test } from 'vitest'
import { roundLag } from './rounding.ts'

test('a lag has no digits that nobody can see, and is none for data that is older than a day', () => {
  expect([12.4, 9_999.6, 12_345, null].map(roundLag)).toEqual([12, 10_000, 12_300, null])
  expect(roundLag(86_400_000)).toBe(86_400_000)
  expect(roundLag(86_400_001)).toBe(null)
  expect(roundLag(324 * 86_400_000)).toBe(null)
  expect(roundLag(-2 * 86_400_000)).toBe(null)
})
