import { describe, expect, it } from 'vitest'
import { paletteScore } from './palette-filter.ts'

describe('the palette', () => {
  it('puts a name that begins with the search before one that only has it', () => {
    const scores = [['Word count'], ['my-word-list'], ['swordfish'], ['Demo', 'words']].map(words =>
      paletteScore('word', words),
    )
    expect(scores).toEqual([...scores].sort((a, b) => b - a))
    expect(new Set(scores).size).toBe(4)
  })

  it('wants every word of the search, wherever it stands', () => {
    expect(paletteScore('count run', ['Word count', 'Running'])).toBeGreaterThan(0)
    expect(paletteScore('count failed', ['Word count', 'Running'])).toBe(0)
  })

  it('takes a search as text, not as a pattern', () => {
    expect(paletteScore('a.c', ['abc'])).toBe(0)
    expect(paletteScore('(x', ['f(x)'])).toBeGreaterThan(0)
  })

  it('does not scatter the letters of a search over a name', () => {
    expect(paletteScore('word', ['slow-scoring', 'job_0d'])).toBe(0)
  })
})
