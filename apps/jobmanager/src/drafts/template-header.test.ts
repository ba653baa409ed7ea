import { expect, it } from 'vitest'
import { templateHeader } from './template-header.ts'

it('gives title, sentence and tags of the comment at the head', () => {
  const source = '// Book words: a running count.\n// Shows: files, running totals\n\nimport x from "y"\n// not: this\n'
  expect(templateHeader(source, 'book-words')).toEqual({
    title: 'Book words',
    sentence: 'A running count.',
    tags: ['files', 'running totals'],
  })
})

it('takes a sentence over several lines, and the title from the name of the file where there is none', () => {
  const source = '// Counts words. Slowly: one by one,\n// until the end.\nimport x from "y"\n'
  expect(templateHeader(source, 'slow-count')).toEqual({
    title: 'Slow count',
    sentence: 'Counts words. Slowly: one by one, until the end.',
    tags: [],
  })
})

it('does without a comment', () => {
  expect(templateHeader('import x from "y"\n', 'one-two')).toEqual({ title: 'One two', sentence: '', tags: [] })
})
