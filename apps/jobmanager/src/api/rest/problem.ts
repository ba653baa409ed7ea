import { ERROR_CODES, type ErrorCode, type ErrorPlace, type Problem, WeirError } from '@weir/engine/base/errors'
import { z } from 'zod'

/** The media type of every error (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json'

export const problemPlaceSchema = z.object({
  operator: z.string().nullable(),
  line: z.int().nullable().describe('1-based, in the submitted file'),
  column: z.int().nullable().describe('0-based'),
  message: z.string(),
})

export const problemSchema = z.object({
  type: z.string().describe('Address of the description of the code'),
  title: z.string().describe('What the code means'),
  status: z.int(),
  code: z.string().describe('For programs: one of the codes of the documentation'),
  detail: z.string().describe('What was wrong, where, and what to do'),
  problems: z.array(problemPlaceSchema).describe('Everything that has a place in the job'),
})
export type ProblemBody = z.infer<typeof problemSchema>

/** The HTTP status of each error code: the one table. */
const STATUS_OF_CODE: Readonly<Record<ErrorCode, number>> = statusTable({
  REQUEST_INVALID: 400,
  SETTING_INVALID: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  JOB_TOO_LARGE: 413,
  RATE_LIMITED: 429,
  UNSUPPORTED: 501,
  NO_TASK_MANAGERS: 503,
  NO_SLOTS: 503,
  NOT_LEADER: 503,
  FENCED: 503,
  TASK_MANAGER_LOST: 503,
  CONNECTION_LOST: 503,
  DATABASE: 503,
  // The path or file is the one that a job names, so it is the submission that is wrong.
  FILE_ACCESS: 422,
})

/** Codes that are not named: what is wrong in a job is 422, anything else is a fault of the server. */
function statusTable(named: Readonly<Partial<Record<ErrorCode, number>>>): Readonly<Record<ErrorCode, number>> {
  const codes = Object.keys(ERROR_CODES) as ErrorCode[]
  const rows = codes.map(code => [code, named[code] ?? (ERROR_CODES[code].domain === 'user' ? 422 : 500)] as const)
  return Object.fromEntries(rows) as Record<ErrorCode, number>
}

export function statusOf(code: ErrorCode): number {
  return STATUS_OF_CODE[code]
}

/** An error of HTTP itself, which needs a status that its code alone does not give. */
export class HttpError extends WeirError {
  readonly status: number

  constructor(status: number, code: ErrorCode, message: string) {
    super(code, message)
    this.status = status
  }
}

/** What scripts wait for when a cluster has just started. */
const NO_TASK_MANAGERS_DETAIL = 'No available TaskManagers for scheduling'

/** The body of an error's answer. Faults of the server keep their message to the log: it may name its inside. */
export function problemOf(error: WeirError): ProblemBody {
  const status = error instanceof HttpError ? error.status : statusOf(error.code)
  return {
    type: `/docs#${error.code}`,
    title: ERROR_CODES[error.code].sentence,
    status,
    code: error.code,
    detail: detailOf(error, status),
    problems: placesOf(error).map(problem => ({
      operator: problem.operator ?? null,
      line: problem.line ?? null,
      column: problem.column ?? null,
      message: problem.message,
    })),
  }
}

function detailOf(error: WeirError, status: number): string {
  if (error.code === 'NO_TASK_MANAGERS') return NO_TASK_MANAGERS_DETAIL
  if (status === 500) return "an unexpected error inside Weir: the JobManager's log has it"
  return error.message
}

function placesOf(error: WeirError): readonly Problem[] {
  if (error.problems.length > 0) return error.problems
  return hasPlace(error.place) ? [{ ...error.place, message: error.message }] : []
}

function hasPlace(place: ErrorPlace): boolean {
  return place.operator !== undefined || place.line !== undefined
}
