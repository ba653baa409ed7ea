import { expect, test } from 'vitest'
import { noFiguresWords } from './no-figures-words.ts'

test('a job that waits is said not to have begun, one that has just begun to be about to have figures', () => {
  expect(noFiguresWords({ status: 'CREATED', startedAt: null, finishedAt: null }).text).toContain('not begun')
  expect(noFiguresWords({ status: 'RUNNING', startedAt: 1, finishedAt: null }).text).toContain('first ones')
})

test('a job that failed at once is said to have run too short, and how long', () => {
  const words = noFiguresWords({ status: 'FAILED', startedAt: 1_000, finishedAt: 2_300 })
  expect(words).toEqual({
    title: 'The run was too short for charts',
    text: 'The job ended after 1.3 s. Its last figures stand above.',
  })
})

test('of a job that ran longer the range or what is kept is the reason', () => {
  const words = noFiguresWords({ status: 'FINISHED', startedAt: 0, finishedAt: 600_000 })
  expect(words.title).toBe('No figures are kept of this time')
})

test('a job that was canceled while it waited never ran', () => {
  const words = noFiguresWords({ status: 'CANCELED', startedAt: null, finishedAt: 5 })
  expect(words.text).toContain('before it began')
})
