import { expect, test } from 'vitest'
import { type LogLine, LogLines } from './log-lines.ts'

const line = (process: string, level: string, msg: string): LogLine => ({
  time: '2026-01-02T03:04:05.000Z',
  level,
  process,
  msg,
})

function shown(lines: readonly LogLine[]): (string | null)[] {
  const log = new LogLines()
  return lines.map(next => log.message(next))
}

test('an error is shown once, with its stack, and then what follows from it', () => {
  const stack = "USER_FUNCTION: operator 'shout': no: really\nError: no: really\n    at fails.ts:3:71"
  expect(
    shown([
      line('jobmanager', 'info', 'attempt 1 has started'),
      line('tm-1', 'error', stack),
      line('jobmanager', 'error', "operator 'shout': no: really"),
      line(
        'jobmanager',
        'info',
        "attempt 1 failed and there is no other (an error of the job): operator 'shout': no: really",
      ),
      line('jobmanager', 'info', "operator 'shout': no: really"),
    ]),
  ).toEqual([
    'attempt 1 has started',
    stack,
    null,
    'attempt 1 failed and there is no other (an error of the job)',
    'the job has failed',
  ])
})

test('an error that only the JobManager tells of is shown', () => {
  const lost = 'TaskManager tm-1 was lost: its connection was closed'
  expect(
    shown([
      line('jobmanager', 'error', lost),
      line('jobmanager', 'info', `attempt 1 failed, the next comes in 1000 ms: ${lost}`),
    ]),
  ).toEqual([lost, 'attempt 1 failed, the next comes in 1000 ms'])
})

test('each attempt that fails is shown, and what functions log is never left out', () => {
  const error = line('tm-1', 'error', 'USER_FUNCTION: x\nError: x')
  expect(shown([error, error, line('tm-1', 'info', 'x')])).toEqual([error.msg, error.msg, 'x'])
})
