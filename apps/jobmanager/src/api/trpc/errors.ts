import { TRPCError } from '@trpc/server'
import { WeirError } from '@weir/engine/base/errors'
import type { WebError } from '@weir/proto/web/web-error'
import { z } from 'zod'
import { problemOf } from '../rest/problem.ts'

type TrpcCode = TRPCError['code']

/** The word of tRPC for an HTTP status: `problem.ts` holds the one table of statuses. */
const CODE_OF_STATUS: Readonly<Record<number, TrpcCode>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'UNPROCESSABLE_CONTENT',
  429: 'TOO_MANY_REQUESTS',
  501: 'NOT_IMPLEMENTED',
  503: 'SERVICE_UNAVAILABLE',
}

/** Anything thrown as the error of tRPC that carries it, with the HTTP status that REST would answer. */
export function toTrpcError(thrown: unknown): TRPCError {
  if (thrown instanceof TRPCError && !(thrown.cause instanceof WeirError)) return thrown
  const error = WeirError.from(thrown instanceof TRPCError ? thrown.cause : thrown)
  const { status, detail } = problemOf(error)
  return new TRPCError({ code: CODE_OF_STATUS[status] ?? 'INTERNAL_SERVER_ERROR', message: detail, cause: error })
}

/** What the web app gets to know of an error. Faults of the server keep their message to the log. */
export function webErrorOf(error: TRPCError): WebError {
  if (error.cause instanceof WeirError) return webError(error.cause)
  if (error.cause instanceof z.ZodError) return webError(invalidInput(error.cause))
  if (error.code === 'INTERNAL_SERVER_ERROR') return webError(WeirError.from(error.cause ?? error))
  return webError(new WeirError(error.code === 'NOT_FOUND' ? 'NOT_FOUND' : 'REQUEST_INVALID', error.message))
}

function webError(error: WeirError): WebError {
  const { code, detail, status, problems } = problemOf(error)
  const { operator = null, subtask = null, line = null, column = null } = error.place
  return { code, message: detail, status, place: { operator, subtask, line, column }, problems }
}

function invalidInput(error: z.ZodError): WeirError {
  const problems = error.issues.map(issue => ({
    message: `${issue.path.length === 0 ? 'input' : issue.path.join('.')}: ${issue.message}`,
  }))
  const messages = problems.map(problem => problem.message).join('; ')
  return new WeirError('REQUEST_INVALID', `the request is not valid: ${messages}`, { problems })
}
