import { describe, expect, test } from 'vitest'
import { MIN_WATERMARK } from '../record/stream-element.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { SourceAlignment } from '../time/source-alignment.ts'
import { watermarkStrategy } from '../time/watermark-strategy.ts'
import { SplitWatermarks } from './split-watermarks.ts'

function tracker(idlenessMs?: number): { clock: ManualClock; watermarks: SplitWatermarks } {
  const clock = new ManualClock()
  const config = { strategy: 'bounded' as const, boundMs: 0, ...(idlenessMs === undefined ? {} : { idlenessMs }) }
  return { clock, watermarks: new SplitWatermarks(watermarkStrategy(config, {}), clock) }
}

function read(watermarks: SplitWatermarks, splitId: string, ...timestamps: number[]): void {
  const { generator, idleness } = watermarks.track(splitId)
  for (const timestamp of timestamps) {
    generator.onEvent('a record', timestamp)
    idleness?.active()
  }
}

/** The watermark is one below the highest timestamp, since the bound is 0. */
function reached(watermarks: SplitWatermarks): number {
  watermarks.update(false)
  return watermarks.watermark
}

describe('the watermark of a source', () => {
  test('stands still while a split is unread, however far the others are', () => {
    const { watermarks } = tracker()
    read(watermarks, 'a', 1_000)
    expect(reached(watermarks)).toBe(MIN_WATERMARK)
    watermarks.setUnread(false)
    expect(reached(watermarks)).toBe(999)
  })

  test('does not jump over a split that was assigned and has given nothing yet', () => {
    const { watermarks } = tracker()
    read(watermarks, 'a', 1_000)
    watermarks.track('b')
    watermarks.setUnread(false)
    expect(reached(watermarks)).toBe(MIN_WATERMARK)
    read(watermarks, 'b', 500)
    expect(reached(watermarks)).toBe(499)
  })

  test('is held again when new splits are found, and never goes back', () => {
    const { watermarks } = tracker()
    watermarks.setUnread(false)
    read(watermarks, 'a', 1_000)
    expect(reached(watermarks)).toBe(999)
    watermarks.setUnread(true)
    read(watermarks, 'a', 2_000)
    expect(reached(watermarks)).toBe(999)
    read(watermarks, 'b', 10)
    watermarks.setUnread(false)
    expect(reached(watermarks)).toBe(999)
    watermarks.finish('b')
    expect(reached(watermarks)).toBe(1_999)
  })

  test('remembers splits that were through before the first emission', () => {
    const { watermarks } = tracker()
    watermarks.setUnread(false)
    read(watermarks, 'a', 1_000)
    watermarks.finish('a')
    read(watermarks, 'b', 700)
    watermarks.finish('b')
    expect(reached(watermarks)).toBe(999)
  })

  test('is the minimum of the splits being read, not held back by those read to their end', () => {
    const { watermarks } = tracker()
    watermarks.setUnread(false)
    read(watermarks, 'early', 100)
    read(watermarks, 'late', 900)
    expect(reached(watermarks)).toBe(99)
    watermarks.finish('early')
    expect(reached(watermarks)).toBe(899)
  })
})

describe('a source is idle', () => {
  test('when every split has been quiet for the time-out, and active with the first record', () => {
    const { clock, watermarks } = tracker(1_000)
    watermarks.setUnread(false)
    read(watermarks, 'a', 100)
    read(watermarks, 'b', 200)
    watermarks.update(false)
    clock.advance(500)
    read(watermarks, 'b', 300)
    watermarks.update(false)
    clock.advance(500)
    // Only `a` is quiet: it holds back no longer.
    expect(reached(watermarks)).toBe(299)
    expect(watermarks.isIdle()).toBe(false)
    clock.advance(500)
    watermarks.update(false)
    expect(watermarks.isIdle()).toBe(true)
    read(watermarks, 'a', 400)
    expect(watermarks.isIdle()).toBe(false)
  })

  test('when there is nothing to read here or anywhere, once its last watermark is out', () => {
    const { watermarks } = tracker()
    watermarks.update(false)
    expect(watermarks.isIdle()).toBe(false)
    read(watermarks, 'a', 100)
    watermarks.finish('a')
    watermarks.setUnread(false)
    watermarks.update(false)
    expect(watermarks.watermark).toBe(99)
    expect(watermarks.isIdle()).toBe(false)
    watermarks.update(false)
    expect(watermarks.isIdle()).toBe(true)
    watermarks.track('b')
    expect(watermarks.isIdle()).toBe(false)
  })

  test('not while splits that nobody reads are known of', () => {
    const { watermarks } = tracker()
    watermarks.update(false)
    watermarks.update(false)
    expect(watermarks.isIdle()).toBe(false)
  })
})

describe('a split that waits for other sources', () => {
  test('is not idle, however long it waits: its records would be late', () => {
    const clock = new ManualClock()
    const alignment = new SourceAlignment({ group: 'g', maxDriftMs: 10 }, clock, () => undefined)
    const strategy = watermarkStrategy({ strategy: 'bounded', boundMs: 0, idlenessMs: 1_000 }, {})
    const watermarks = new SplitWatermarks(strategy, clock, alignment)
    watermarks.setUnread(false)
    read(watermarks, 'fast', 1_000)
    const aligned = watermarks.align('fast', alignment)
    alignment.announce(0)
    watermarks.update(false)
    expect(aligned.paused).toBe(true)
    clock.advance(5_000)
    watermarks.update(false)
    expect(watermarks.isIdle()).toBe(false)
    alignment.announce(2_000)
    clock.advance(1_000)
    watermarks.update(false)
    watermarks.update(false)
    expect(watermarks.isIdle()).toBe(true)
  })
})
