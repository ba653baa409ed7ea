import { expect, test } from 'vitest'
import { ManualClock } from '../testing/manual-clock.ts'
import { IdlenessDetector } from './idleness.ts'

function detector(timeoutMs: number): { clock: ManualClock; detector: IdlenessDetector } {
  const clock = new ManualClock(50_000)
  return { clock, detector: new IdlenessDetector(clock, timeoutMs) }
}

test('a stream is idle once it has given nothing for the time-out, to the millisecond', () => {
  const { clock, detector: idleness } = detector(1_000)
  clock.advance(999)
  expect(idleness.check(false)).toBe(false)
  clock.advance(1)
  expect(idleness.check(false)).toBe(true)
  expect(idleness.idle).toBe(true)
})

test('a record ends idleness at once, and the time starts anew', () => {
  const { clock, detector: idleness } = detector(1_000)
  clock.advance(5_000)
  idleness.check(false)
  idleness.active()
  expect(idleness.idle).toBe(false)
  expect(idleness.check(false)).toBe(false)
  clock.advance(999)
  expect(idleness.check(false)).toBe(false)
  clock.advance(1)
  expect(idleness.check(false)).toBe(true)
})

test('time under backpressure does not count', () => {
  const { clock, detector: idleness } = detector(1_000)
  for (let i = 0; i < 10; i++) {
    clock.advance(500)
    expect(idleness.check(true)).toBe(false)
  }
  clock.advance(999)
  expect(idleness.check(false)).toBe(false)
  clock.advance(1)
  expect(idleness.check(false)).toBe(true)
})

test('what is idle stays idle while outputs are full', () => {
  const { clock, detector: idleness } = detector(1_000)
  clock.advance(1_000)
  idleness.check(false)
  clock.advance(1)
  expect(idleness.check(true)).toBe(true)
})

test('a jump of the wall clock makes nothing idle', () => {
  const clock = new ManualClock(50_000)
  const idleness = new IdlenessDetector({ now: () => 1e15, monotonicMs: () => clock.monotonicMs() }, 1_000)
  expect(idleness.check(false)).toBe(false)
})
