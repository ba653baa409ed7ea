import { expect, test } from 'vitest'
import { parallelismOf, slotSentence } from './slot-sentence.ts'

test('enough slots are free', () => {
  expect(slotSentence(4, 4, 8)).toEqual({ text: 'Needs 4 slots; 4 of 8 are free.', waits: false })
  expect(slotSentence(1, 3, 4).text).toBe('Needs 1 slot; 3 of 4 are free.')
})

test('too few are free now: the job waits', () => {
  expect(slotSentence(4, 0, 4)).toEqual({
    text: 'Needs 4 slots; none is free. The job waits until enough are.',
    waits: true,
  })
  expect(slotSentence(4, 1, 4).text).toContain('1 is free')
})

test('the cluster is too small: it says so, and what to do', () => {
  expect(slotSentence(8, 4, 4).text).toMatch(
    /^Needs 8 slots; 4 are free\. The cluster has 4 in all: .*lower parallelism/,
  )
})

test('parallelism is a whole number in its bounds, or nothing', () => {
  expect(parallelismOf(' ')).toEqual({ value: null, error: null })
  expect(parallelismOf('4')).toEqual({ value: 4, error: null })
  for (const wrong of ['0', '-1', '1.5', '1e3', 'two', '32769']) expect(parallelismOf(wrong).error).not.toBeNull()
})
