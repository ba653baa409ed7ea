import { expect, test } from 'vitest'
import { sentenceCase } from './sentence-case.ts'

test.each([
  ['checkpoints are not there in this version', 'Checkpoints are not there in this version'],
  ['operator "map": it has parallelism 9', 'Operator "map": it has parallelism 9'],
  ['attempt 1 failed', 'Attempt 1 failed'],
  ['already A Sentence', 'Already A Sentence'],
  ['Already one', 'Already one'],
])('%s begins as a sentence does', (message, shown) => {
  expect(sentenceCase(message)).toBe(shown)
})

test.each(['config.path: must not be empty', 'map(3): the argument', 'words.ts:3:1: x', '"x" is unknown', ''])(
  '%s begins with no word of a sentence, and stays',
  message => {
    expect(sentenceCase(message)).toBe(message)
  },
)
