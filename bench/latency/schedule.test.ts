import fc from 'fast-check'
import { expect, it } from 'vitest'
import { dueAt, dueBy, passes, type Schedule } from './schedule.ts'

const schedules = fc.record({
  startAt: fc.integer({ min: 1_700_000_000_000, max: 1_700_000_100_000 }),
  rate: fc.integer({ min: 1, max: 5_000 }),
  parallelism: fc.integer({ min: 1, max: 4 }),
})

/** By looking at every record. */
function passesByLooking(schedule: Schedule, end: number): number {
  const { parallelism } = schedule
  const firsts = Array.from({ length: parallelism }, (_, subtask) => {
    let n = subtask
    while (Math.floor(dueAt(schedule, n)) < end) n += parallelism
    return dueAt(schedule, n)
  })
  return Math.max(...firsts)
}

it('finds the record that lets the watermark pass, as looking at each record does', () => {
  fc.assert(
    fc.property(schedules, fc.integer({ min: -100, max: 3_000 }), (schedule, after) => {
      const end = schedule.startAt + after
      // Times in ms since the epoch have a resolution of a quarter of a microsecond.
      expect(passes(schedule, end)).toBeCloseTo(passesByLooking(schedule, end), 2)
    }),
  )
})

it('counts a record as due from its time on', () => {
  const schedule = { startAt: 1_000, rate: 100, parallelism: 2 }
  expect([0, 999.9, 1_000, 1_009.9, 1_010, 2_000].map(now => dueBy(schedule, now))).toEqual([0, 0, 1, 1, 2, 101])
})
