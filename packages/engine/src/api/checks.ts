import { WeirError } from '../base/errors.ts'
import type { JobDraft, StreamNode } from './stream-node.ts'

/** Checks of what a job passes to the API: each throws JOB_GRAPH that names the operator or job, the value and what to do. */

/** Highest parallelism, as in `graph/job-graph.ts` (which carries a schema library that jobs do not need). */
export const PARALLELISM_LIMIT = 32_768

/** What a wrong value was given to: an operator, by its name, or the job itself. */
export type Where = string | Pick<JobDraft, 'name'>

export function checkParallelism(call: string, value: number, where: Where): number {
  return checkNumber(call, value, where, {
    min: 1,
    max: PARALLELISM_LIMIT,
    whole: true,
    what: 'the parallelism',
  })
}

export interface NumberRule {
  readonly min: number
  readonly max?: number
  readonly whole?: boolean
  /** What the number is, for the message. */
  readonly what: string
}

export function checkNumber(call: string, value: number, where: Where, rule: NumberRule): number {
  const { min, max = 1e15, whole = false, what } = rule
  const fits = typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value))
  if (fits) return value
  const kind = whole ? 'a whole number' : 'a number'
  const bounds = max === 1e15 ? `from ${min} on` : `from ${min} to ${max}`
  throw misuse(where, `${call}(${shown(value)}): ${what} has to be ${kind} ${bounds}`)
}

export function checkText(call: string, value: string, where: Where, what: string): string {
  const isText = typeof value === 'string' && value.trim() !== '' && value.length <= 200
  if (!isText) throw misuse(where, `${call}(${shown(value)}): ${what} has to be a text of 1 to 200 characters`)
  // Names stand in terminals and logs, where such a character could rewrite what stands around it.
  if (/\p{Cc}/u.test(value)) {
    throw misuse(where, `${call}(${shown(value)}): ${what} must not contain control characters such as line breaks`)
  }
  return value
}

export function checkFunction(call: string, value: unknown, where: Where): void {
  if (typeof value !== 'function') throw misuse(where, `${call}(${shown(value)}): the argument has to be a function`)
}

/** An object with all of `methods`. */
export function checkObject(call: string, value: unknown, methods: readonly string[], where: Where): void {
  const missing = methods.filter(
    method => typeof value !== 'object' || value === null || typeof Reflect.get(value, method) !== 'function',
  )
  if (missing.length === 0) return
  throw misuse(
    where,
    `${call}(${shown(value)}): the argument has to be an object with the functions ${methods.join(', ')}; missing: ${missing.join(', ')}`,
  )
}

export function checkField(call: string, field: string, where: Where): string {
  if (typeof field === 'string' && field !== '') return field
  throw misuse(where, `${call}(${shown(field)}): the argument has to be the name of a field, e.g. ${call}("amount")`)
}

export function checkSameJob(call: string, a: StreamNode, b: StreamNode): void {
  if (a.job !== b.job) {
    throw misuse(
      a.name,
      `${call}(): the streams belong to two jobs, "${a.job.name}" and "${b.job.name}"; build both from one environment`,
    )
  }
}

export function misuse(where: Where, message: string): WeirError {
  if (typeof where !== 'string') return new WeirError('JOB_GRAPH', `job "${where.name}": ${message}`)
  return new WeirError('JOB_GRAPH', `operator "${where}": ${message}`, { place: { operator: where } })
}

export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return String(value)
}
