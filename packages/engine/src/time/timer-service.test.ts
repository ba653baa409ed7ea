import { expect, test } from 'vitest'
import { MAX_WATERMARK, MIN_WATERMARK } from '../record/stream-element.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { TimerService } from './timer-service.ts'

const service = (): TimerService<string> => new TimerService<string>(new ManualClock(), () => false)

test('a lower watermark than before fires nothing and changes nothing', () => {
  const timers = service()
  timers.registerEventTime('a', 'a', '', 50)
  const log: number[] = []
  timers.advanceWatermark(40, ({ time }) => log.push(time))
  timers.advanceWatermark(30, ({ time }) => log.push(time))
  expect(timers.watermark).toBe(40)
  expect(log).toEqual([])
})

test('event time and processing time are apart', () => {
  const timers = service()
  timers.registerEventTime('a', 'a', '', 10)
  timers.registerProcessingTime('a', 'a', '', 20)
  const log: string[] = []
  timers.advanceProcessingTime(1_000, ({ time }) => log.push(`clock ${time}`))
  expect(log).toEqual(['clock 20'])
  timers.advanceWatermark(MAX_WATERMARK, ({ time }) => log.push(`event ${time}`))
  expect(log).toEqual(['clock 20', 'event 10'])
  expect(timers.nextProcessingTime()).toBe(Infinity)
})

test('what a snapshot holds fires in the same order after it was restored', () => {
  const timers = service()
  for (const [key, at] of [
    ['b', 20],
    ['a', 20],
    ['c', 5],
  ] as const)
    timers.registerEventTime(key, key, '', at)
  timers.registerProcessingTime('p', 'p', 7, 1)
  const restored = service()
  for (const timer of timers.snapshot()) restored.restore(timer, timer.key as string)
  const log: unknown[] = []
  restored.advanceWatermark(100, ({ key }) => log.push(key))
  restored.advanceProcessingTime(100, ({ key, namespace }) => log.push([key, namespace]))
  expect(log).toEqual(['c', 'b', 'a', ['p', 7]])
})

test('of several snapshots the lowest watermark counts, and the end of an input that goes on does not', () => {
  const timers = service()
  timers.restoreWatermark([30, 10, MAX_WATERMARK])
  expect(timers.watermark).toBe(10)
  const drained = service()
  drained.restoreWatermark([MAX_WATERMARK])
  expect(drained.watermark).toBe(MIN_WATERMARK)
  const fresh = service()
  fresh.restoreWatermark([])
  expect(fresh.watermark).toBe(MIN_WATERMARK)
})

test('a time that is not a number is refused', () => {
  expect(() => service().registerEventTime('a', 'a', '', Number.NaN)).toThrow('needs a time in ms')
  expect(() => service().registerProcessingTime('a', 'a', '', new Date() as unknown as number)).toThrow(
    'needs a time in ms',
  )
})
