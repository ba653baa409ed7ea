import type { LogItem } from '@weir/proto/web/job-details'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { levelOf, logFilterOf } from './log-level.ts'
import { logText, markedParts, originOf } from './log-text.ts'

const item = (overrides: Partial<LogItem>): LogItem => ({
  seq: 1,
  at: Date.UTC(2026, 10, 21, 14, 5, 22, 7),
  level: 'info',
  process: 'tm-1',
  operator: 'parse',
  subtask: 2,
  attempt: 3,
  message: 'hello',
  ...overrides,
})

describe('a line as text', () => {
  it('says when, how bad, where and what', () => {
    expect(logText([item({})])).toBe('2026-11-21T14:05:22.007Z INFO  tm-1 parse[2] attempt 3: hello\n')
    expect(logText([item({ operator: null, subtask: null, attempt: null, level: 'error' })])).toBe(
      '2026-11-21T14:05:22.007Z ERROR tm-1: hello\n',
    )
  })

  it('of several lines is one entry, and safe in a terminal', () => {
    expect(logText([item({ message: 'a\nb\u001b[2J' })])).toContain(': a\n    b\\x1b[2J\n')
  })

  it('stands also when its time cannot be read', () => {
    expect(logText([item({ at: Number.NaN })])).toMatch(/^- INFO/)
  })

  it('names the operator alone where the subtask is not known', () => {
    expect(originOf(item({ subtask: null }))).toBe('parse')
  })
})

test('every message begins one line, and only its first line begins at the margin', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), messages => {
      const lines = logText(messages.map(message => item({ message }))).split('\n')
      expect(lines.pop()).toBe('')
      expect(lines.filter(line => !line.startsWith('    '))).toHaveLength(messages.length)
    }),
  )
})

test('what was searched for is marked in any case, and nothing of the text is lost', () => {
  expect(markedParts('An error, ERROR.', 'error')).toEqual([
    { text: 'An ', isMarked: false },
    { text: 'error', isMarked: true },
    { text: ', ', isMarked: false },
    { text: 'ERROR', isMarked: true },
    { text: '.', isMarked: false },
  ])
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, wanted) => {
      const parts = markedParts(text, wanted)
      expect(parts.map(part => part.text).join('')).toBe(text)
      if (wanted !== '')
        expect(parts.some(({ isMarked }) => isMarked)).toBe(text.toLowerCase().includes(wanted.toLowerCase()))
    }),
  )
})

test('an address that names no level means all', () => {
  expect(['warn', 'error', 'nonsense', null].map(logFilterOf)).toEqual(['warn', 'error', 'all', 'all'])
})

test('a level that is not known is shown by its name', () => {
  expect(levelOf('odd')).toMatchObject({ word: 'odd', tone: 'quiet' })
  expect(levelOf('toString')).toMatchObject({ word: 'toString', tone: 'quiet' })
})
