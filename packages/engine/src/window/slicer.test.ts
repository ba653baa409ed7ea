import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Slicer } from './slicer.ts'

const sliding = (sizeMs: number, slideMs: number, offsetMs = 0): Slicer =>
  new Slicer({ type: 'sliding', sizeMs, slideMs, offsetMs, time: 'event' })

describe('slices', () => {
  test('of a size that is a multiple of the slide are as long as the slide', () => {
    expect(sliding(10, 2).slicesOf(10)).toEqual([2, 4, 6, 8, 10])
  })

  test('of another size end where windows start and where they end, and nowhere else', () => {
    expect(sliding(10_000, 3_333).slicesOf(10_000)).toEqual([1, 3_333, 3_334, 6_666, 6_667, 9_999, 10_000])
  })

  test('of tumbling windows are the windows', () => {
    const slicer = new Slicer({ type: 'tumbling', sizeMs: 10, offsetMs: 3, time: 'event' })
    expect(slicer.isShared).toBe(false)
    expect(slicer.slicesOf(13)).toEqual([13])
    expect([slicer.endOf(2), slicer.endOf(3), slicer.startOf(13), slicer.lastWindowEnd(13)]).toEqual([3, 13, 3, 13])
  })

  test('between windows that leave gaps are gaps', () => {
    const slicer = sliding(3, 10, 1)
    expect([1, 3, 4, 10, 11].map(time => slicer.isGap(slicer.endOf(time)))).toEqual([false, false, true, true, false])
  })
})

test('every time lies in the slices of exactly the windows that it belongs to', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -500, max: 500 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: -59, max: 59 }),
      (time, sizeMs, slideMs, offset) => {
        const offsetMs = offset % slideMs
        const slicer = sliding(sizeMs, slideMs, offsetMs)
        const ends: number[] = []
        for (let n = -1_200; n < 1_200; n++) {
          const start = offsetMs + n * slideMs
          if (start <= time && time < start + sizeMs) ends.push(start + sizeMs)
        }
        const sliceEnd = slicer.endOf(time)
        expect(slicer.startOf(sliceEnd)).toBeLessThanOrEqual(time)
        expect(sliceEnd).toBeGreaterThan(time)
        expect(slicer.isGap(sliceEnd)).toBe(ends.length === 0)
        if (ends.length === 0) return
        expect([slicer.firstWindowEnd(sliceEnd), slicer.lastWindowEnd(sliceEnd)]).toEqual([ends[0], ends.at(-1)])
        for (const end of ends) expect(slicer.slicesOf(end)).toContain(sliceEnd)
      },
    ),
  )
})
