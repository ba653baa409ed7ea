import { describe, expect, it } from 'vitest'
import { ago, count, parseDuration, percent } from './texts.ts'

describe('texts', () => {
  it('tell how long ago something was', () => {
    const now = Date.parse('2026-01-10T00:00:00Z')
    const before = (ms: number) => ago(new Date(now - ms).toISOString(), now)
    expect([before(0), before(59_000), before(60_000), before(3_600_000), before(86_400_000 * 3)]).toEqual([
      '0 s ago',
      '59 s ago',
      '1 min ago',
      '1 h ago',
      '3 d ago',
    ])
    // The cluster's clock may be a little ahead of this machine's.
    expect(before(-5_000)).toBe('0 s ago')
    expect(ago(null, now)).toBe('—')
  })

  it('show what is not known as a dash, never as 0', () => {
    expect([count(null), count(0), count(1234567.6)]).toEqual(['—', '0', '1,234,568'])
    expect([percent(null), percent(0), percent(0.256)]).toEqual(['—', '0 %', '26 %'])
  })

  it('read times', () => {
    expect(['45s', '90min', '12h', '30d'].map(parseDuration)).toEqual([45_000, 5_400_000, 43_200_000, 2_592_000_000])
    expect(['', '12', 'h', '1m', '-1d', '1.5h', '1d2h', '9999999d'].map(parseDuration)).toEqual(Array(8).fill(null))
  })
})
