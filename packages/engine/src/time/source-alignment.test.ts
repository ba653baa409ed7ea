import { describe, expect, test } from 'vitest'
import { MAX_WATERMARK, MIN_WATERMARK } from '../record/stream-element.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { SourceAlignment } from './source-alignment.ts'

function setUp(maxDriftMs = 100) {
  const clock = new ManualClock()
  const reports: number[] = []
  const alignment = new SourceAlignment({ group: 'g', maxDriftMs, intervalMs: 1_000 }, clock, watermark =>
    reports.push(watermark),
  )
  return { clock, reports, alignment }
}

describe('a split', () => {
  test('is paused one millisecond beyond the drift, and goes on when the slowest has come so far', () => {
    const { alignment } = setUp(100)
    const split = alignment.begin()
    alignment.announce(1_000)
    alignment.advance(split, 1_100)
    expect(split.paused).toBe(false)
    alignment.advance(split, 1_101)
    expect(split.paused).toBe(true)
    expect(alignment.announce(1_000)).toBe(false)
    expect(alignment.announce(1_001)).toBe(true)
    expect(split.paused).toBe(false)
  })

  test('may go as far as the drift from where it began before anything is announced', () => {
    const { alignment } = setUp(100)
    const split = alignment.begin()
    alignment.advance(split, 5_000)
    alignment.advance(split, 5_100)
    expect(split.paused).toBe(false)
    alignment.advance(split, 5_101)
    expect(split.paused).toBe(true)
  })

  test('is paused by itself, beside another one that goes on', () => {
    const { alignment } = setUp(100)
    const [fast, slow] = [alignment.begin(), alignment.begin()]
    alignment.announce(0)
    alignment.advance(slow, 0)
    alignment.advance(fast, 101)
    expect([fast.paused, slow.paused, alignment.allPaused]).toEqual([true, false, false])
    alignment.advance(slow, 200)
    expect(alignment.allPaused).toBe(true)
    alignment.end(fast)
    alignment.end(slow)
    expect(alignment.allPaused).toBe(false)
  })

  test('waits for a source that has no watermark yet, and for nobody when nobody holds the others back', () => {
    const { alignment } = setUp()
    const split = alignment.begin()
    alignment.announce(MIN_WATERMARK)
    expect(split.paused).toBe(false)
    alignment.advance(split, 0)
    expect(split.paused).toBe(true)
    alignment.announce(MAX_WATERMARK)
    alignment.advance(split, 1e12)
    expect(split.paused).toBe(false)
  })
})

describe('a report', () => {
  test('names the slowest split that is not idle', () => {
    const { clock, alignment, reports } = setUp()
    const [a, b] = [alignment.begin(), alignment.begin()]
    alignment.advance(a, 10)
    alignment.advance(b, 20)
    alignment.tick(false)
    alignment.advance(a, 10, true)
    clock.advance(1_000)
    alignment.tick(false)
    alignment.advance(b, 20, true)
    clock.advance(1_000)
    alignment.tick(false)
    expect(reports).toEqual([10, 20, MAX_WATERMARK])
  })

  test('comes at most once per interval, and only when it says something new', () => {
    const { clock, alignment, reports } = setUp()
    const split = alignment.begin()
    for (let ms = 0; ms < 3_000; ms += 100) {
      if (ms < 1_500) alignment.advance(split, ms)
      alignment.tick(false)
      clock.advance(100)
    }
    expect(reports).toEqual([0, 1_000, 1_400])
  })

  test('that there is no watermark yet is made after an interval, since records may be on their way', () => {
    const { clock, alignment, reports } = setUp()
    alignment.begin()
    alignment.tick(false)
    clock.advance(999)
    alignment.tick(false)
    expect(reports).toEqual([])
    clock.advance(1)
    alignment.tick(false)
    expect(reports).toEqual([MIN_WATERMARK])
  })

  test('of a source between two splits is what it was, and of one without splits that it holds nobody back', () => {
    const { clock, alignment, reports } = setUp()
    const split = alignment.begin()
    alignment.advance(split, 10)
    alignment.tick(true)
    alignment.end(split)
    clock.advance(1_000)
    alignment.tick(true)
    expect(reports).toEqual([10])
    alignment.tick(false)
    expect(reports).toEqual([10, MAX_WATERMARK])
  })

  test('of a source that begins its next split is what it was, until the first record of that', () => {
    const { clock, alignment, reports } = setUp()
    const first = alignment.begin()
    alignment.advance(first, 1_000)
    alignment.tick(true)
    alignment.end(first)
    const next = alignment.begin()
    clock.advance(1_000)
    alignment.tick(true)
    expect(reports).toEqual([1_000])
    alignment.advance(next, 400)
    alignment.tick(true)
    expect(reports).toEqual([1_000, 400])
  })

  test('of the end comes at once', () => {
    const { alignment, reports } = setUp()
    const split = alignment.begin()
    alignment.advance(split, 10)
    alignment.tick(false)
    alignment.finish()
    expect(reports).toEqual([10, MAX_WATERMARK])
    expect(alignment.view()).toMatchObject({ splits: 0, pausedSplits: 0 })
  })
})

test('the view tells how far ahead the furthest split is and how long all of them waited', () => {
  const { clock, alignment } = setUp(100)
  const split = alignment.begin()
  expect(alignment.view()).toEqual({ group: 'g', splits: 1, pausedSplits: 0, pausedMs: 0, aheadMs: null })
  alignment.announce(0)
  alignment.advance(split, 150)
  clock.advance(30)
  expect(alignment.view()).toEqual({ group: 'g', splits: 1, pausedSplits: 1, pausedMs: 30, aheadMs: 150 })
  alignment.announce(200)
  clock.advance(30)
  expect(alignment.view()).toEqual({ group: 'g', splits: 1, pausedSplits: 0, pausedMs: 30, aheadMs: 0 })
})
