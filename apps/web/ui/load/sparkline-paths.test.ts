import { describe, expect, it } from 'vitest'
import { sparklinePaths } from './sparkline-paths.ts'

describe('a sparkline', () => {
  it('goes from its ground to its top', () => {
    expect(sparklinePaths([0, 10], 100, 20)).toEqual({
      line: 'M0,19 100,1',
      area: 'M0,19 100,1 L100,20 L0,20Z',
    })
  })

  it('has a gap where nothing is known', () => {
    expect(sparklinePaths([1, 1, null, 1, 1], 40, 20).line).toBe('M0,1 10,1 M30,1 40,1')
  })

  it('shows a lone point as a short dash', () => {
    expect(sparklinePaths([null, 5, null], 40, 20).line).toBe('M19,1 21,1')
  })

  it('of zeros lies on the ground, and of nothing is nothing', () => {
    expect(sparklinePaths([0, 0], 10, 20).line).toBe('M0,19 10,19')
    expect(sparklinePaths([], 10, 20)).toEqual({ line: '', area: '' })
    expect(sparklinePaths([null], 10, 20)).toEqual({ line: '', area: '' })
  })
})
