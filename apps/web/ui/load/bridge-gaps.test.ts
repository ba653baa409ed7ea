import { expect, test } from 'vitest'
import { bridgeGaps } from './bridge-gaps.ts'

test('a few missing points lie on the line between their neighbours', () => {
  expect(bridgeGaps([1, null, 3])).toEqual([1, 2, 3])
  expect(bridgeGaps([0, null, null, null, 8, null, 4])).toEqual([0, 2, 4, 6, 8, 6, 4])
})

test('a longer gap stays a gap', () => {
  expect(bridgeGaps([1, null, null, null, null, 1])).toEqual([1, null, null, null, null, 1])
})

test('nothing is made up before the first value and behind the last', () => {
  expect(bridgeGaps([null, 5, null])).toEqual([null, 5, null])
  expect(bridgeGaps([null, null])).toEqual([null, null])
  expect(bridgeGaps([])).toEqual([])
})
