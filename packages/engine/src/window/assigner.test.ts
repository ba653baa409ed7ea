import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SlidingAssigner, TumblingAssigner } from './assigner.ts'

const tumbling = (sizeMs: number, offsetMs = 0): TumblingAssigner =>
  new TumblingAssigner({ type: 'tumbling', sizeMs, offsetMs, time: 'event' })

test.each([
  ['at its start', 0, 10],
  ['inside', 7, 10],
  ['a millisecond before its end', 9, 10],
  ['at its end, in the next one', 10, 20],
  ['just before 1970', -1, 0],
  ['at a negative start', -10, 0],
  ['a millisecond before a negative start', -11, -10],
])('a record %s', (_, time, windowEnd) => {
  expect(tumbling(10).firstEnd(time)).toBe(windowEnd)
})

test.each([
  [3, 3, 13],
  [3, 2, 3],
  [3, -7, 3],
  [3, -8, -7],
  [-4, 6, 16],
  [-4, 5, 6],
])('with the offset %i the window of %i ends at %i', (offsetMs, time, windowEnd) => {
  expect(tumbling(10, offsetMs).firstEnd(time)).toBe(windowEnd)
})

test('every time lies in exactly the window that it is given', () => {
  fc.assert(
    fc.property(
      fc.maxSafeInteger().map(time => Math.floor(time / 16)),
      fc.integer({ min: 1, max: 1e10 }),
      fc.integer({ min: -1e10, max: 1e10 }),
      (time, sizeMs, offset) => {
        const offsetMs = offset % sizeMs
        const windowEnd = tumbling(sizeMs, offsetMs).firstEnd(time)
        expect(time).toBeLessThan(windowEnd)
        expect(time).toBeGreaterThanOrEqual(windowEnd - sizeMs)
        expect(Math.abs((windowEnd - offsetMs) % sizeMs)).toBe(0)
      },
    ),
  )
})

test('the first window of a time is the lowest that holds it, or the next one where windows leave gaps', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -500, max: 500 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: -59, max: 59 }),
      (time, sizeMs, slideMs, offset) => {
        const offsetMs = offset % slideMs
        const assigner = new SlidingAssigner({ type: 'sliding', sizeMs, slideMs, offsetMs, time: 'event' })
        let end = offsetMs - 1_200 * slideMs + sizeMs
        while (end <= time) end += slideMs
        expect(assigner.firstEnd(time)).toBe(end)
      },
    ),
  )
})
