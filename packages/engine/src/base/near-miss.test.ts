import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { didYouMean, editDistance, nearMiss } from './near-miss.ts'

describe('editDistance', () => {
  test.each([
    ['', '', 0],
    ['map', 'map', 0],
    ['mpa', 'map', 1],
    ['fileSorce', 'fileSource', 1],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
  ])('of %j and %j is %d', (a, b, expected) => {
    expect(editDistance(a, b)).toBe(expected)
  })

  test('is symmetric, and zero for equal texts alone', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a))
        expect(editDistance(a, b) === 0).toBe(a === b)
      }),
    )
  })
})

describe('nearMiss', () => {
  const known = ['map', 'filter', 'flatMap', 'fileSource', 'fileSink']

  test.each([
    ['Map', 'map'],
    ['flatmap', 'flatMap'],
    ['fileSorce', 'fileSource'],
    ['fitler', 'filter'],
  ])('of %s is %s', (name, expected) => {
    expect(nearMiss(name, known)).toBe(expected)
    expect(didYouMean(name, known)).toBe(`; did you mean "${expected}"?`)
  })

  test.each(['teleport', 'xyz', '', 'a'])('of %j is nothing', name => {
    expect(nearMiss(name, known)).toBeUndefined()
    expect(didYouMean(name, known)).toBe('')
  })
})
