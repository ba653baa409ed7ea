import { expect, test } from 'vitest'
import { countAfter } from './count-after.ts'

test('the items after a number are counted, whether it is there or not', () => {
  const items = [1, 2, 3, 7].map(seq => ({ seq }))
  expect([0, 1, 3, 5, 7, 9].map(seq => countAfter(items, seq))).toEqual([4, 3, 1, 1, 0, 0])
  expect(countAfter([], 1)).toBe(0)
})
