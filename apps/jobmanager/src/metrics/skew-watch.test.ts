import { expect, test } from 'vitest'
import { SkewWatch } from './skew-watch.ts'

/** A report of each subtask every second; `taken`: what a subtask has taken in after so many seconds. */
function watched(seconds: number, ...taken: ((second: number) => number)[]): SkewWatch {
  const watch = new SkewWatch()
  for (let s = 0; s <= seconds; s++) {
    taken.forEach((count, subtask) => {
      watch.report(subtask, count(s), false, s * 1000)
    })
  }
  return watch
}

const steadily = (perSecond: number) => (second: number) => second * perSecond

test('a subtask that does lastingly more than the others is told with its factor', () => {
  expect(watched(40, steadily(700), steadily(100), steadily(100)).factor(40_000)).toBeCloseTo(7, 5)
})

test('nothing is said before it has lasted for half a minute', () => {
  expect(watched(20, steadily(700), steadily(100)).factor(20_000)).toBe(null)
})

test('credit that comes in bursts, once to the one and once to the other subtask, is no skew', () => {
  // Each gets 10,000 records at once every 8 seconds, four seconds after the other.
  const inBursts = (offset: number) => (second: number) => 10_000 * Math.floor((second + offset) / 8)
  for (let seconds = 30; seconds < 60; seconds++) {
    expect(watched(seconds, inBursts(0), inBursts(4)).factor(seconds * 1000), `after ${seconds} s`).toBe(null)
  }
})

test('a difference that is over, or that has changed sides, is no skew', () => {
  const once = (second: number) => (second < 20 ? second * 700 : 14_000 + (second - 20) * 100)
  const later = (second: number) => (second < 20 ? second * 100 : 2_000 + (second - 20) * 700)
  expect(watched(40, once, steadily(100)).factor(40_000)).toBe(null)
  expect(watched(42, once, later).factor(42_000)).toBe(null)
})

test('one that has finished, and those that have been silent, are no measure', () => {
  const watch = watched(40, steadily(700), steadily(100))
  expect(watch.factor(60_000)).toBe(null)
  watch.report(1, 4_000, true, 41_000)
  expect(watch.factor(41_000)).toBe(null)
})
