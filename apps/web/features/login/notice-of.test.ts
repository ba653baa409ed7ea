import { expect, test } from 'vitest'
import { noticeOf } from './notice-of.ts'

test.each([
  ['', null],
  ['next=/jobs', 'stranger'],
  ['next=/jobs&ended=1', 'ended'],
  ['ended=1', 'ended'],
  ['out=1', 'out'],
  ['link=refused', 'refused'],
  ['link=unreachable', 'unreachable'],
  ['link=nonsense', null],
])('the address /login?%s says why one is there: %s', (search, notice) => {
  expect(noticeOf(new URLSearchParams(search))).toBe(notice)
})
