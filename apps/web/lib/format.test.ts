import { describe, expect, it } from 'vitest'
import {
  countOf,
  formatAge,
  formatAgo,
  formatBytes,
  formatCount,
  formatDateTime,
  formatDuration,
  formatInteger,
  formatPercent,
  formatRate,
  formatTime,
  percentOf,
  rateParts,
  UNKNOWN,
} from './format.ts'

describe('a rate', () => {
  it.each([
    [0, '0 /s'],
    [3, '3 /s'],
    [20.04, '20 /s'],
    [212.4, '212 /s'],
    [1.944, '1.94 /s'],
    [999.6, '1.00 k/s'],
    [18_432, '18.4 k/s'],
    [999_999, '1.00 M/s'],
    [2_400_000_000, '2.40 G/s'],
    [0.001, '< 0.01 /s'],
    [0.05, '0.05 /s'],
  ])('of %d reads %s', (value, text) => {
    expect(formatRate(value)).toBe(text)
  })

  it('that is not known is a dash, and has no unit', () => {
    expect(rateParts(null)).toEqual({ number: UNKNOWN, unit: '' })
    expect(formatRate(undefined)).toBe(UNKNOWN)
    expect(formatRate(Number.NaN)).toBe(UNKNOWN)
    expect(formatRate(Number.POSITIVE_INFINITY)).toBe(UNKNOWN)
  })

  it('comes in two parts', () => {
    expect(rateParts(18_432)).toEqual({ number: '18.4', unit: 'k/s' })
  })
})

describe('a count', () => {
  it.each([
    [0, '0'],
    [1_904, '1,904'],
    [9_999, '9,999'],
    [10_000, '10.0 k'],
    [1_240_011, '1.24 M'],
    [-12_345, '−12.3 k'],
  ])('of %d reads %s', (value, text) => {
    expect(formatCount(value)).toBe(text)
  })

  it('in full has its thousands apart', () => {
    expect(formatInteger(1_240_011)).toBe('1,240,011')
    expect(formatInteger(null)).toBe(UNKNOWN)
  })

  it('agrees with its noun', () => {
    expect(countOf(1, 'slot')).toBe('1 slot')
    expect(countOf(0, 'slot')).toBe('0 slots')
    expect(countOf(2, 'entry', 'entries')).toBe('2 entries')
  })
})

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [512, '512 B'],
    [1024, '1.00 KB'],
    [1023.9 * 1024, '1.00 MB'],
    [149_000_000, '142 MB'],
    [2_147_483_648, '2.00 GB'],
  ])('of %d read %s', (value, text) => {
    expect(formatBytes(value)).toBe(text)
  })
})

describe('a ratio', () => {
  it('above nothing is never 0 %, below all never 100 %', () => {
    expect(formatPercent(0)).toBe('0%')
    expect(formatPercent(0.0001)).toBe('1%')
    expect(formatPercent(0.9999)).toBe('99%')
    expect(formatPercent(1)).toBe('100%')
    expect(formatPercent(0.824)).toBe('82%')
  })

  it('outside of its bounds is taken as the bound', () => {
    expect(percentOf(1.3)).toBe(100)
    expect(percentOf(-0.1)).toBe(0)
    expect(percentOf(null)).toBeNull()
  })
})

describe('a length of time', () => {
  it.each([
    [0, '0 ms'],
    [310.4, '310 ms'],
    [8_449, '8.4 s'],
    [59_999, '59 s'],
    [66_000, '1 min 06 s'],
    [4 * 3_600_000 + 12 * 60_000, '4 h 12 min'],
    [3 * 86_400_000 + 4 * 3_600_000, '3 d 04 h'],
    [-66_000, '−1 min 06 s'],
  ])('of %d ms reads %s', (value, text) => {
    expect(formatDuration(value)).toBe(text)
  })

  it('ago is one unit', () => {
    expect(formatAge(900)).toBe('just now')
    expect(formatAge(40_000)).toBe('40 s')
    expect(formatAge(3 * 60_000)).toBe('3 min')
    expect(formatAge(47 * 3_600_000)).toBe('47 h')
    expect(formatAge(11 * 86_400_000)).toBe('11 d')
    expect(formatAgo(3 * 60_000)).toBe('3 min ago')
    expect(formatAgo(0)).toBe('just now')
    expect(formatAgo(null)).toBe(UNKNOWN)
  })

  it('of a clock that is a little ahead is just now', () => {
    expect(formatAge(-300)).toBe('just now')
  })
})

describe('a moment', () => {
  const at = new Date(2026, 10, 21, 4, 5, 9, 7).getTime()

  it('is shown in the time of the reader', () => {
    expect(formatTime(at)).toBe('04:05:09')
    expect(formatTime(at, { milliseconds: true })).toBe('04:05:09.007')
    expect(formatDateTime(at)).toBe('2026-11-21 04:05:09')
  })

  it('that is not known is a dash', () => {
    expect(formatTime(null)).toBe(UNKNOWN)
    expect(formatDateTime(Number.POSITIVE_INFINITY)).toBe(UNKNOWN)
  })
})
