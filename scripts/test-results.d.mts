export interface SuiteResult {
  passed: number
  failed: number
  skipped: number
  failures: string[]
  skippedTests: string[]
}
export function skippedReason(line: string): string | null
export function readVitestReport(text: string | null, run: { code: number | null; failure: string | null }): SuiteResult
export function summaryLine(results: readonly { passed: number; failed: number; skipped: number }[]): {
  line: string
  exitCode: number
}
