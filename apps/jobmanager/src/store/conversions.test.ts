import { expect, test } from 'vitest'
import { cleanText, exactJson, exactText, pageOf, toTime } from './conversions.ts'

test('clean text has no NUL and no half of a surrogate pair, and leaves whole ones alone', () => {
  expect(cleanText('a\0b\ud83c🌊\udf0a')).toBe('a\ufffdb\ufffd🌊\ufffd')
})

test('text at its bound is whole, one character more is cut and says so', () => {
  expect(cleanText('abcd', 4)).toBe('abcd')
  expect(cleanText('abcde', 4)).toBe('abcd … (1 more characters)')
  // The cut never leaves half of a pair.
  expect(cleanText('abc🌊', 4)).toBe('abc\ufffd … (1 more characters)')
})

test('exact text is refused with the line of what cannot be stored', () => {
  expect(exactText('fine 🌊', 'job.ts')).toBe('fine 🌊')
  expect(() => exactText('1\n2\n3 \udc00', 'job.ts')).toThrow('job.ts holds half of a surrogate pair in line 3')
  expect(() => exactText('\0', 'job.ts')).toThrow('job.ts holds a NUL character in line 1')
})

test('an exact document may hold the escape of a half as text, but not the half', () => {
  expect(exactJson({ fn: '"\\ud800"' }, 'the graph')).toEqual({ fn: '"\\ud800"' })
  expect(() => exactJson({ deep: [{ '\ud800': 1 }] }, 'the graph')).not.toThrow(TypeError)
  expect(() => exactJson({ deep: [{ '\ud800': 1 }] }, 'the graph')).toThrow('the graph holds half of a surrogate pair')
})

test('what is no time is a mistake of ours, fractions of a ms are dropped', () => {
  expect(toTime(1.9).getTime()).toBe(1)
  for (const at of [Number.NaN, Number.POSITIVE_INFINITY, 8.65e15]) expect(() => toTime(at)).toThrow('is not a time')
})

test('a page has a next only when there are more rows', () => {
  const page = (rows: number[]) =>
    pageOf(
      rows,
      2,
      row => row * 10,
      row => row,
    )
  expect(page([])).toEqual({ rows: [], next: null })
  expect(page([9, 8])).toEqual({ rows: [90, 80], next: null })
  expect(page([9, 8, 7])).toEqual({ rows: [90, 80], next: 80 })
})
