import { WeirError } from '@weir/engine/base/errors'
import type { Logger } from '@weir/process/logging'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { notMultipart } from './job-upload.ts'
import { HttpError, PROBLEM_TYPE, type ProblemBody, problemOf } from './problem.ts'

/** Bodies of JSON requests: names and numbers, so small. */
export const JSON_BODY_BYTES_MAX = 64 * 1024

/** Turns anything that a route or the server throws into problem+json. */
export function problemHandler(logger: Logger) {
  return (thrown: FastifyError | WeirError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    // Parsers of other bodies have looked at it first, and complain of their own rules.
    const otherBody = request.routeOptions.config?.upload === true && !request.isMultipart() && isParserError(thrown)
    const error = otherBody ? notMultipart() : toWeirError(thrown)
    const problem = problemOf(error)
    if (problem.status >= 500 && problem.status !== 501) {
      logger.error({ err: error, method: request.method, route: request.routeOptions.url }, error.message)
    }
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="weir"')
    if (problem.status === 429 || problem.status === 503) reply.header('retry-after', '1')
    return sendProblem(reply, problem)
  }
}

function isParserError(thrown: object): boolean {
  return 'code' in thrown && typeof thrown.code === 'string' && thrown.code.startsWith('FST_ERR_CTP_')
}

/** Sends it past the serializer of the route, which knows the bodies of its good answers only. */
export function sendProblem(reply: FastifyReply, problem: ProblemBody): FastifyReply {
  return reply
    .code(problem.status)
    .type(PROBLEM_TYPE)
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problem)
}

export function toWeirError(thrown: FastifyError | WeirError | Error): WeirError {
  if (thrown instanceof WeirError) return thrown
  if (hasZodFastifySchemaValidationErrors(thrown)) return invalidRequest(thrown)
  const code = 'code' in thrown ? thrown.code : undefined
  const status = 'statusCode' in thrown ? thrown.statusCode : undefined
  switch (code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new HttpError(415, 'REQUEST_INVALID', 'the Content-Type of the body is not one that this path takes')
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new HttpError(400, 'REQUEST_INVALID', 'the body is not valid JSON, though its Content-Type says so')
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new HttpError(413, 'REQUEST_INVALID', `the body is larger than ${JSON_BODY_BYTES_MAX} bytes`)
    default:
      // What else the framework refuses (a bad URL, a wrong Content-Length) carries a 4xx status and a sound message.
      if (status !== undefined && status >= 400 && status < 500) {
        return new HttpError(status, 'REQUEST_INVALID', thrown.message)
      }
      return WeirError.from(thrown)
  }
}

interface ValidationFailure {
  readonly validationContext?: string
  readonly validation: readonly { readonly instancePath: string; readonly message?: string }[]
}

function invalidRequest(error: ValidationFailure): WeirError {
  const where = error.validationContext ?? 'request'
  const problems = error.validation.map(issue => {
    const field = issue.instancePath.replace(/^\//, '').replaceAll('/', '.')
    return { message: `${field === '' ? where : `${where}.${field}`}: ${issue.message ?? 'not valid'}` }
  })
  const messages = problems.map(problem => problem.message).join('; ')
  return new WeirError('REQUEST_INVALID', `the request is not valid: ${messages}`, { problems })
}

/** The bytes of an answer to what is not even HTTP: the connection has no request to answer through. */
export function malformedHttpAnswer(error: Error & { code?: string }): string {
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW'
  const tooSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
  const status = tooLarge ? 431 : tooSlow ? 408 : 400
  const detail = tooLarge
    ? 'the headers of the request are too large'
    : tooSlow
      ? 'the request did not arrive in time'
      : 'the request is not valid HTTP'
  const reason = tooLarge ? 'Request Header Fields Too Large' : tooSlow ? 'Request Timeout' : 'Bad Request'
  const body = JSON.stringify(problemOf(new HttpError(status, 'REQUEST_INVALID', detail)))
  return [
    `HTTP/1.1 ${status} ${reason}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n')
}
