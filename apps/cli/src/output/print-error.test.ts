import { WeirError } from '@weir/engine/base/errors'
import { describe, expect, it } from 'vitest'
import { CliContext } from '../context.ts'
import { InterruptedError, NotReachableError, UsageError } from '../exit-codes.ts'
import { placeText, reportError } from './print-error.ts'

function report(thrown: unknown, { json = false, env = {}, isTTY = false } = {}) {
  const written: string[] = []
  const stream = { write: (text: string) => written.push(text), isTTY } as unknown as NodeJS.WriteStream
  const context = new CliContext({ stdout: stream, stderr: stream, env, interrupted: new AbortController().signal })
  const code = reportError(thrown, context, json)
  return { code, text: written.join('') }
}

const problems = [
  { message: '"nope" is no operator', operator: 'split' },
  { message: 'Unexpected "}"', file: 'job.ts', line: 3, column: 4 },
]

describe('an error', () => {
  it('has the exit code of what went wrong', () => {
    expect(report(new UsageError('x')).code).toBe(2)
    expect(report(new WeirError('SETTING_INVALID', 'x')).code).toBe(2)
    expect(report(new NotReachableError('x')).code).toBe(3)
    expect(report(new WeirError('UNAUTHENTICATED', 'x')).code).toBe(4)
    expect(report(new WeirError('FORBIDDEN', 'x')).code).toBe(4)
    expect(report(new InterruptedError('x')).code).toBe(130)
    expect(report(new WeirError('JOB_SYNTAX', 'x')).code).toBe(1)
    expect(report(new TypeError('x')).code).toBe(1)
    expect(report('thrown text')).toEqual({ code: 1, text: 'error: thrown text\n' })
  })

  it('is told with every place, columns counted from 1', () => {
    expect(report(new WeirError('JOB_GRAPH', 'two things are wrong', { problems })).text).toBe(
      'error: two things are wrong\n  operator split  "nope" is no operator\n  job.ts:3:5  Unexpected "}"\n',
    )
  })

  it('does not say the same twice', () => {
    const place = { file: 'job.ts', line: 3, column: 4 }
    const [, problem] = problems
    const told = new WeirError('JOB_SYNTAX', 'job.ts:3:5: Unexpected "}"', { place, problems: [problem!] })
    expect(report(told).text).toBe('error: job.ts:3:5: Unexpected "}"\n')
    const untold = new WeirError('USER_FUNCTION', 'x is not a function', { place: { operator: 'split', subtask: 2 } })
    expect(report(untold).text).toBe('error: x is not a function\n  operator split[2]\n')
  })

  it('shows the record at which it happened, cut to a few lines, and to programs whole', () => {
    const record = `{"id": 1, "text": "${'x'.repeat(1_000)}"}`
    const failed = new WeirError('USER_FUNCTION', 'not this one', { place: { operator: 'split', subtask: 0, record } })
    expect(report(failed).text).toMatch(
      /^error: not this one\n {2}operator split\[0\]\n {2}at the record \{"id": 1, "text": "x{480}…\n$/,
    )
    expect(JSON.parse(report(failed, { json: true }).text).error.problems[0].record).toBe(record)
    const short = new WeirError('USER_FUNCTION', 'no', { place: { operator: 'split', record: '\u001b[2J' } })
    expect(report(short, { isTTY: true }).text).toContain('at the record \\u001b[2J')
  })

  it('is one line of JSON for programs', () => {
    const { text } = report(new WeirError('JOB_GRAPH', 'two things', { problems }), { json: true })
    const { error } = JSON.parse(text)
    expect(error).toMatchObject({ code: 'JOB_GRAPH', detail: 'two things' })
    expect(error.problems[1]).toEqual({
      operator: null,
      subtask: null,
      file: 'job.ts',
      line: 3,
      column: 4,
      message: 'Unexpected "}"',
    })
  })

  it('that quotes a record with control characters has no effect on a terminal, and is exact elsewhere', () => {
    const error = new WeirError('USER_FUNCTION', 'cannot parse "\u001b[2J"', { place: { operator: 'a\rb' } })
    expect(report(error, { isTTY: true, env: { NO_COLOR: '1' } }).text).not.toContain('\u001b[2J')
    expect(report(error, { isTTY: true }).text).toContain('cannot parse "\\u001b[2J"')
    expect(report(error, { isTTY: true }).text).toContain('operator a\\u000db')
    expect(report(error).text).toContain('cannot parse "\u001b[2J"')
    expect(JSON.parse(report(error, { isTTY: true, json: true }).text).error.detail).toBe('cannot parse "\u001b[2J"')
  })

  it('is not told again when the person has been told', () => {
    const error = new InterruptedError('x was stopped', { isTold: true })
    expect(report(error)).toEqual({ code: 130, text: '' })
  })

  it('of a job with endless mistakes fits on a screen', () => {
    const many = Array.from({ length: 100 }, (_, line) => ({ message: `mistake ${line}`, line }))
    const { text } = report(new WeirError('JOB_GRAPH', 'many', { problems: many }))
    expect(text.split('\n')).toHaveLength(23)
    expect(text).toContain('… and 80 more')
  })

  it('shows its stack and its causes with WEIR_DEBUG alone', () => {
    const error = new WeirError('INTERNAL', 'broken', { cause: new Error('the reason') })
    expect(report(error).text).toBe('error: broken\n')
    expect(report(error, { env: { WEIR_DEBUG: '1' } }).text).toMatch(/at .*\n[\s\S]*caused by Error: the reason/)
  })
})

describe('a place', () => {
  it('is written as far as it is known', () => {
    expect(placeText({})).toBe('')
    expect(placeText({ file: 'a.ts' })).toBe('a.ts')
    expect(placeText({ line: 2 })).toBe('line 2')
    expect(placeText({ file: 'a.ts', line: 2, column: 0, operator: 'map' })).toBe('a.ts:2:1, operator map')
  })
})
