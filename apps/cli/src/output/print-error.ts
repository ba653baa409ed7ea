import { type ErrorPlace, type Problem, WeirError } from '@weir/engine/base/errors'
import { CommanderError } from 'commander'
import type { CliContext } from '../context.ts'
import { exitCodeOf, InterruptedError } from '../exit-codes.ts'

/** No more problems than a screen holds. */
const PROBLEMS_SHOWN_MAX = 20
/** Characters of a record. */
const RECORD_SHOWN_MAX = 500

/**
 * Tells the person, or with `json` a program, what went wrong; gives the exit code. Stacks are shown with WEIR_DEBUG
 * alone. The parser of the command line has printed its own errors already.
 */
export function reportError(thrown: unknown, context: CliContext, json: boolean): number {
  const exitCode = exitCodeOf(thrown)
  if (thrown instanceof CommanderError || (thrown instanceof InterruptedError && thrown.isTold)) return exitCode
  if (json) context.note(JSON.stringify({ error: errorJson(thrown) }))
  else for (const line of errorLines(thrown, context)) context.note(line)
  if (context.debug && thrown instanceof Error) context.note(stackOf(thrown))
  return exitCode
}

function errorLines(thrown: unknown, context: CliContext): string[] {
  const colors = context.errColors
  const message = messageOf(thrown)
  const lines = [`${colors.red('error:')} ${context.errText(message)}`]
  const problems = problemsOf(thrown)
  for (const problem of problems.slice(0, PROBLEMS_SHOWN_MAX)) {
    const place = placeText(problem)
    // With a single problem the message says it all; its place may still be missing there.
    const text = problems.length === 1 && message.includes(problem.message) ? '' : problem.message
    if (place !== '' && !(text === '' && message.includes(place))) {
      lines.push(`  ${colors.cyan(context.errText(place))}${text === '' ? '' : `  ${context.errText(text)}`}`)
    } else if (text !== '') lines.push(`  ${context.errText(text)}`)
  }
  const record = recordOf(thrown)
  if (record !== undefined) lines.push(`  at the record ${context.errText(record)}`)
  if (problems.length > PROBLEMS_SHOWN_MAX) lines.push(`  … and ${problems.length - PROBLEMS_SHOWN_MAX} more`)
  return lines
}

function errorJson(thrown: unknown): object {
  const problems = problemsOf(thrown).map(({ operator, subtask, file, line, column, message, record }) => ({
    operator: operator ?? null,
    subtask: subtask ?? null,
    file: file ?? null,
    line: line ?? null,
    column: column ?? null,
    message,
    ...(record === undefined ? {} : { record }),
  }))
  return { code: thrown instanceof WeirError ? thrown.code : null, detail: messageOf(thrown), problems }
}

/** The record at which a running job failed, cut to a few lines; `--json` has all that is kept of it. */
function recordOf(thrown: unknown): string | undefined {
  const record = thrown instanceof WeirError ? thrown.place.record : undefined
  return record === undefined || record.length <= RECORD_SHOWN_MAX
    ? record
    : `${record.slice(0, RECORD_SHOWN_MAX - 1)}…`
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message || thrown.name : String(thrown)
}

function problemsOf(thrown: unknown): readonly Problem[] {
  if (!(thrown instanceof WeirError)) return []
  if (thrown.problems.length > 0) return thrown.problems
  return placeText(thrown.place) === '' ? [] : [{ ...thrown.place, message: thrown.message }]
}

/** `job.ts:3:5 (split[1])`: as editors and terminals read it, columns from 1. */
export function placeText(place: ErrorPlace): string {
  const { file, line, column, operator, subtask } = place
  const column1 = column === undefined ? '' : `:${column + 1}`
  const where =
    line === undefined ? (file ?? '') : file === undefined ? `line ${line}${column1}` : `${file}:${line}${column1}`
  const who = operator === undefined ? '' : `operator ${operator}${subtask === undefined ? '' : `[${subtask}]`}`
  return [where, who].filter(part => part !== '').join(', ')
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : ''
  return `${error.stack ?? error.message}${cause}`
}
