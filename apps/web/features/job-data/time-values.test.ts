import { expect, test } from 'vitest'
import { isPlausibleTime, isTimeName, timeTitle, timeWords } from './time-values.ts'

test('names of bounds and moments are known in every way of writing them', () => {
  for (const name of [
    'start',
    'end',
    'windowStart',
    'window_end',
    'WINDOW-START',
    'createdAt',
    'startMs',
    'minute',
    'ts',
  ])
    expect([name, isTimeName(name)]).toEqual([name, true])
  for (const name of ['starts', 'count', 'weekend', 'stat', 'total', 'timeout', 'atoms', 'startCount', ''])
    expect([name, isTimeName(name)]).toEqual([name, false])
})

test('only whole milliseconds of our time are times', () => {
  expect(isPlausibleTime(Date.UTC(2026, 10, 22))).toBe(true)
  expect(isPlausibleTime(Date.UTC(2000, 0))).toBe(true)
  for (const value of [0, 60_000, Date.UTC(2000, 0) - 1, Date.UTC(2100, 0), 1.7e12 + 0.5, Number.NaN])
    expect([value, isPlausibleTime(value)]).toEqual([value, false])
})

test('a moment says only what is not known anyway', () => {
  const at = new Date(2026, 10, 21, 14, 5, 22).getTime()
  expect(timeWords(at, new Date(2026, 10, 21, 23, 0).getTime())).toBe('14:05:22')
  expect(timeWords(at, new Date(2026, 10, 22, 0, 30).getTime())).toBe('11-21 14:05:22')
  expect(timeWords(at, new Date(2027, 0, 1).getTime())).toBe('2026-11-21 14:05:22')
  expect(timeWords(at + 7, at)).toBe('14:05:22.007')
})

test('the number of the row stands beside the whole moment', () => {
  const at = new Date(2026, 10, 21, 14, 5, 22).getTime()
  expect(timeTitle(at)).toBe(`${at} = 2026-11-21 14:05:22.000`)
})
