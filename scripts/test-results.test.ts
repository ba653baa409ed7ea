import { expect, test } from 'vitest'
import { readVitestReport, skippedReason, summaryLine } from './test-results.mjs'

const file = (status: string, tests: [string, string][], message = '') => ({
  name: '/x/a.test.ts',
  status,
  message,
  assertionResults: tests.map(([fullName, status]) => ({ fullName, status })),
})
const report = (...files: object[]) => JSON.stringify({ testResults: files })
const good = { code: 0, failure: null }
const bad = { code: 1, failure: null }

test('passed, failed and skipped tests are counted, failures and skipped ones named', () => {
  const text = report(
    file('failed', [
      ['one', 'passed'],
      ['two', 'failed'],
      ['three', 'skipped'],
      ['four', 'pending'],
      ['five', 'todo'],
    ]),
  )
  expect(readVitestReport(text, bad)).toEqual({
    passed: 1,
    failed: 1,
    skipped: 3,
    failures: ['two (/x/a.test.ts)'],
    skippedTests: ['three', 'four', 'five'],
  })
})

test('a file that could not be loaded is a failure', () => {
  const text = report(file('failed', [], 'SyntaxError: x\n  at y'), file('passed', [['one', 'passed']]))
  expect(readVitestReport(text, bad)).toMatchObject({
    passed: 1,
    failed: 1,
    failures: ['/x/a.test.ts: SyntaxError: x'],
  })
})

test('a runner that leaves no report, is killed, ends badly, or runs nothing is a failure', () => {
  expect(readVitestReport(null, bad).failed).toBe(1)
  const one = report(file('passed', [['one', 'passed']]))
  expect(readVitestReport(one, { code: 1, failure: 'took longer than 5 s' })).toMatchObject({ passed: 1, failed: 1 })
  expect(readVitestReport(one, bad)).toMatchObject({ passed: 1, failed: 1 })
  expect(readVitestReport(report(), good)).toMatchObject({ failed: 1, failures: ['no test ran'] })
  expect(readVitestReport(one, good)).toMatchObject({ passed: 1, failed: 0 })
})

test('the line sums all suites; the exit code is bad when one failed or nothing passed', () => {
  const result = (passed: number, failed: number, skipped: number) => ({ passed, failed, skipped })
  expect(summaryLine([result(3, 0, 1), result(2, 0, 0)])).toEqual({
    line: '5 passed, 0 failed, 1 skipped',
    exitCode: 0,
  })
  expect(summaryLine([result(3, 1, 1)])).toEqual({ line: '3 passed, 1 failed, 1 skipped', exitCode: 1 })
  expect(summaryLine([result(0, 0, 4)]).exitCode).toBe(1)
})

test('reasons are found at the start of a line, in colour too', () => {
  expect(skippedReason('SKIPPED: no PostgreSQL on this machine')).toBe('no PostgreSQL on this machine')
  expect(skippedReason('\u001b[33mSKIPPED: x\u001b[0m')).toBe('x')
  expect(skippedReason('it was SKIPPED: x')).toBeNull()
  expect(skippedReason('SKIPPED:')).toBeNull()
})
