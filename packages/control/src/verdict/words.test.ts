import { expect, test } from 'vitest'
import { ageWords, durationWords, oneLine, percentWords, rateWords, ratioWords, sentence } from './words.ts'

test('rates have three significant digits and their unit', () => {
  expect([0, 0.25, 0.7, 212, 999.4, 999.6, 1_940, 18_432, 999_499, 1_240_000, 3e9].map(rateWords)).toEqual([
    '0 /s',
    '0.25 /s',
    '0.7 /s',
    '212 /s',
    '999 /s',
    '1 k/s',
    '1.94 k/s',
    '18.4 k/s',
    '999 k/s',
    '1.24 M/s',
    '3 G/s',
  ])
})

test('a rate of less than one a second has two decimals, and is never said to be none', () => {
  expect([0.199, 0.994, 0.014, 0.003, 0].map(rateWords)).toEqual(['0.2 /s', '0.99 /s', '0.01 /s', '< 0.01 /s', '0 /s'])
})

test('only a ratio of 1 reads as 1', () => {
  expect([0, 0.82, 0.999, 1].map(percentWords)).toEqual(['0 %', '82 %', '99 %', '100 %'])
  expect([0, 0.004, 0.97, 0.999, 1].map(ratioWords)).toEqual(['0.00', '0.00', '0.97', '0.99', '1.00'])
})

test('durations name two units, and leave out what is nought', () => {
  expect(
    [0, 400, 9_949, 9_950, 59_900, 60_000, 184_900, 7_500_000, 86_400_000, 273_600_000].map(durationWords),
  ).toEqual(['0.1 s', '0.4 s', '9.9 s', '10 s', '59 s', '1 min', '3 min 4 s', '2 h 5 min', '1 d', '3 d 4 h'])
})

test('ages do not flicker: seconds, then whole minutes', () => {
  expect([0, 10_900, 59_999, 60_000, 125_000, 3_600_000].map(ageWords)).toEqual([
    '1 s',
    '10 s',
    '59 s',
    '1 min',
    '2 min',
    '1 h',
  ])
})

test('texts stand on one line of bounded length and end as sentences', () => {
  expect(oneLine('a\n  b', 10)).toBe('a b')
  expect(oneLine('abcdefghij', 5)).toBe('abcd…')
  expect([sentence('a'), sentence('a.'), sentence('a?'), sentence('a…')]).toEqual(['a.', 'a.', 'a?', 'a…'])
})
