import { WeirError } from '@weir/engine/base/errors'
import { expect, test } from 'vitest'
import { LogWords } from './log-words.ts'

const thrown = new WeirError('USER_FUNCTION', "operator 'check': seven is not allowed", {
  place: { operator: 'check', subtask: 1 },
})

test('an error of a subtask is told by its TaskManager, and only referred to afterwards', () => {
  const words = new LogWords()
  const lines = [
    words.exception(1, thrown),
    words.history('RESTARTING', `attempt 1 failed, the next comes in 500 ms: ${thrown.message}`),
    words.history('RUNNING', 'attempt 2 has started'),
    words.history('FAILED', thrown.message),
  ]
  expect(lines).toEqual([
    'attempt 1 fails by this error of its subtask (USER_FUNCTION)',
    'attempt 1 failed, the next comes in 500 ms',
    'attempt 2 has started',
    'the job has failed by the error above',
  ])
  expect(lines.join()).not.toContain('seven')
})

test('an error that nobody else tells is told in full, once', () => {
  const words = new LogWords()
  const lost = new WeirError('TASK_MANAGER_LOST', 'TaskManager tm-1 was lost')
  expect(words.exception(1, lost)).toBe(lost.message)
  expect(words.history('RESTARTING', `attempt 1 failed, the next comes in 1 s: ${lost.message}`)).toBe(
    'attempt 1 failed, the next comes in 1 s',
  )
})

test('what was not told before is told', () => {
  const words = new LogWords()
  expect(words.history('FAILED', thrown.message)).toBe(thrown.message)
  words.exception(1, thrown)
  expect(words.history('FAILED', 'another reason')).toBe('another reason')
})
