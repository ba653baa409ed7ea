import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LazyTimers } from './lazy-timers.ts'

const never = (): boolean => false

test('timers fire in order of time, those of one time in order of registration', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          { weight: 9, arbitrary: fc.integer({ min: -50, max: 300 }) },
          // Fractions, and times so far apart that they are sorted another way.
          { weight: 1, arbitrary: fc.constantFrom(7.5, 8.25, -0, 2 ** 52, -(2 ** 52)) },
        ),
        { maxLength: 60 },
      ),
      fc.constantFrom(1, 7, 100, 2 ** 60),
      fc.integer({ min: -60, max: 310 }),
      (times, bucketMs, upTo) => {
        const timers = new LazyTimers(bucketMs)
        const all = times.map((time, i) => [time, `${time} ${i}`] as const)
        for (const [time, key] of all) timers.register(time, key)
        const sorted = all.toSorted((a, b) => a[0] - b[0])
        expect(timers.nextTime()).toBe(sorted[0]?.[0] ?? Infinity)
        const fired: unknown[] = []
        expect(timers.fireUpTo(upTo, key => fired.push(key), never)).toBe(true)
        expect(fired).toEqual(sorted.filter(([time]) => time <= upTo).map(([, key]) => key))
        timers.fireUpTo(Infinity, key => fired.push(key), never)
        expect(fired).toEqual(sorted.map(([, key]) => key))
        expect(timers.nextTime()).toBe(Infinity)
      },
    ),
  )
})

test('a timer that is put off takes its place among those to come, in the same pass', () => {
  const timers = new LazyTimers(10)
  const ends = new Map([
    ['a', 7],
    ['b', 5],
    ['c', 30],
    ['d', 8],
  ]) // what has become of them
  for (const key of ends.keys()) timers.register(3, key)
  const fired: string[] = []
  timers.fireUpTo(
    100,
    (key, time) => {
      const end = ends.get(key as string) as number
      if (end > time) timers.register(end, key)
      else fired.push(`${key} ${time}`)
    },
    never,
  )
  expect(fired).toEqual(['b 5', 'a 7', 'd 8', 'c 30'])
})

test('firing stops between two timers, and goes on there', () => {
  const timers = new LazyTimers(10)
  for (const time of [1, 2, 11]) timers.register(time, `${time}`)
  const fired: unknown[] = []
  const once = () =>
    timers.fireUpTo(
      20,
      key => fired.push(key),
      () => fired.length % 2 === 1,
    )
  expect(once()).toBe(false)
  expect(fired).toEqual(['1'])
  fired.push('between')
  expect(once()).toBe(false)
  expect(fired).toEqual(['1', 'between', '2'])
  fired.push('between')
  expect(once()).toBe(true)
  expect(fired).toEqual(['1', 'between', '2', 'between', '11'])
})
