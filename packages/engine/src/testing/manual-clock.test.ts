import { expect, test } from 'vitest'
import { ManualClock } from './manual-clock.ts'

test('timers call back in order of their times, each at its own time', () => {
  const clock = new ManualClock(1_000)
  const log: number[] = []
  clock.after(30, () => log.push(clock.now()))
  clock.after(10, () => {
    log.push(clock.now())
    clock.after(5, () => log.push(clock.now()))
  })
  clock.after(31, () => log.push(-1))
  clock.after(20, () => log.push(-2)).cancel()
  clock.advance(30)
  expect(log).toEqual([1_010, 1_015, 1_030])
  expect(clock.now()).toBe(1_030)
  expect(clock.monotonicMs()).toBe(30)
})

test('the wall clock may go back, the monotonic one does not', () => {
  const clock = new ManualClock(1_000)
  clock.advance(10)
  clock.set(500)
  expect(clock.now()).toBe(500)
  expect(clock.monotonicMs()).toBe(10)
})
