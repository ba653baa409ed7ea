// What the runs of the test suites amount to: pure, so that the counting itself is tested.
import { stripVTControlCharacters } from 'node:util'

/** The reason in a line `SKIPPED: <reason>` that a test prints, or null. */
export function skippedReason(line) {
  const match = /^\s*SKIPPED:\s*(\S.*?)\s*$/.exec(stripVTControlCharacters(line))
  return match === null ? null : match[1]
}

/**
 * The counts of one vitest run from its JSON report. Nothing that went wrong is lost: a file that could not be loaded, a
 * run that was killed, an error outside of any test and a suite without a single test each count as one failure.
 */
export function readVitestReport(text, { code, failure }) {
  const result = { passed: 0, failed: 0, skipped: 0, failures: [], skippedTests: [] }
  const fail = what => {
    result.failed++
    result.failures.push(what)
  }
  if (text === null) {
    fail(failure ?? `the test runner ended with exit code ${code} and left no report`)
    return result
  }
  for (const file of JSON.parse(text).testResults) {
    const failedBefore = result.failed
    for (const test of file.assertionResults) {
      if (test.status === 'passed') result.passed++
      else if (test.status === 'failed') fail(`${test.fullName} (${file.name})`)
      else {
        result.skipped++
        result.skippedTests.push(test.fullName)
      }
    }
    if (file.status === 'failed' && result.failed === failedBefore) {
      fail(`${file.name}: ${(file.message || 'could not be run').split('\n')[0]}`)
    }
  }
  if (failure !== null) fail(failure)
  else if (result.passed + result.failed === 0 && result.skipped === 0) fail('no test ran')
  else if (code !== 0 && result.failed === 0)
    fail(`the test runner ended with exit code ${code}: an error outside of the tests`)
  return result
}

/** The line that ends a run, and the exit code: bad when anything failed, or nothing passed at all. */
export function summaryLine(results) {
  const sum = key => results.reduce((total, result) => total + result[key], 0)
  const passed = sum('passed')
  const failed = sum('failed')
  return {
    line: `${passed} passed, ${failed} failed, ${sum('skipped')} skipped`,
    exitCode: failed > 0 || passed === 0 ? 1 : 0,
  }
}
