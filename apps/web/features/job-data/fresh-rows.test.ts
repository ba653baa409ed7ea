import { expect, test } from 'vitest'
import { type Arrivals, afterLook, FRESH_MS, freshAbove, freshUntilMs } from './fresh-rows.ts'

test('rows that were there when the page was opened are not new', () => {
  const arrivals = afterLook([], 10_000, 500)
  expect(freshAbove(arrivals, 10_000)).toBe(500)
  expect(freshUntilMs(arrivals, 10_000)).toBeNull()
})

test('rows are new for two seconds after they have come, each batch for itself', () => {
  let arrivals: Arrivals = afterLook([], 10_000, 500)
  arrivals = afterLook(arrivals, 11_000, 510)
  arrivals = afterLook(arrivals, 12_000, 520)
  expect(freshAbove(arrivals, 12_000)).toBe(500)
  expect(freshUntilMs(arrivals, 12_000)).toBe(13_000)
  expect(freshAbove(arrivals, 13_000)).toBe(510)
  expect(freshAbove(arrivals, 14_000)).toBe(520)
  expect(freshUntilMs(arrivals, 14_000)).toBeNull()
})

test('a sequence that begins anew has nothing new', () => {
  const arrivals = afterLook(afterLook([], 0, 500), 1_000, 3)
  expect(freshAbove(arrivals, 1_000)).toBe(3)
})

test('a day of rows leaves no trail', () => {
  let arrivals: Arrivals = []
  for (let second = 0; second < 86_400; second += 60) arrivals = afterLook(arrivals, second * 1_000, second)
  expect(arrivals.length).toBeLessThanOrEqual(3)
  let quick: Arrivals = []
  for (let at = 0; at < 100_000; at += 100) quick = afterLook(quick, at, at)
  expect(quick.length).toBeLessThanOrEqual(FRESH_MS / 100 + 2)
})
