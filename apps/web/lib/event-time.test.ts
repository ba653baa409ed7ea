import { expect, test } from 'vitest'
import { eventTimeOf, eventTimeWords, shortEventTime } from './event-time.ts'

const AT = new Date(2026, 0, 1, 0, 0, 25).getTime()

test('of data that is older than a day the event time is shown, of other data the lag', () => {
  expect(eventTimeOf({ watermark: AT, watermarkLagMs: null })).toBe(AT)
  expect(eventTimeOf({ watermark: AT, watermarkLagMs: 900 })).toBe(null)
  expect(eventTimeOf({ watermark: null, watermarkLagMs: null })).toBe(null)
})

test('an event time has its day', () => {
  expect(eventTimeWords(AT)).toBe('event time 2026-01-01 00:00:25')
  expect(shortEventTime(AT)).toBe('01-01 00:00:25')
})
