import { Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { ERROR_CODES, type ErrorCode, WeirError, type WeirErrorJson } from '@weir/engine/base/errors'
import { MESSAGE_BYTES_MAX } from './channel-options.ts'

/** A WeirError on its way through a gRPC status: its JSON stands in this trailer. */
const ERROR_METADATA = 'weir-error-bin'
/** Trailers count as headers, whose size peers limit. */
const ERROR_BYTES_MAX = 4_000

/** For a server's callback. An error that is no WeirError becomes INTERNAL. */
export function toServiceError(thrown: unknown): Partial<ServiceError> {
  const error = WeirError.from(thrown)
  const metadata = new Metadata()
  metadata.set(ERROR_METADATA, encodeWithin({ ...error.toJson(), stack: undefined }))
  return { code: statusOf(error), details: error.message.slice(0, ERROR_BYTES_MAX / 4), metadata }
}

/**
 * For a client: what the server threw, CONNECTION_LOST for a failure of the connection itself (no server there, no
 * answer within the deadline), or JOB_TOO_LARGE for a message above the limit.
 */
export function fromServiceError(error: ServiceError, peer: string): WeirError {
  const sent = error.metadata?.get(ERROR_METADATA)[0]
  if (Buffer.isBuffer(sent)) {
    const decoded = decodeError(sent)
    if (decoded !== null) return decoded
  }
  const what =
    error.code === status.DEADLINE_EXCEEDED ? 'did not answer in time' : `cannot be reached: ${error.details}`
  if (error.code === status.UNAUTHENTICATED) {
    return new WeirError('PROTOCOL', `${peer} refused the call: ${error.details}; do both have the same WEIR_HOME?`)
  }
  // By gRPC itself, at either end: nothing of ours uses this status. Sent again it would be as large.
  if (error.code === status.RESOURCE_EXHAUSTED) {
    return new WeirError(
      'JOB_TOO_LARGE',
      `a message to ${peer} is larger than the limit of ${MESSAGE_BYTES_MAX / 1024 / 1024} MiB (${error.details}); make the job, its number of splits or of files that it commits at once smaller`,
      { cause: error },
    )
  }
  return new WeirError('CONNECTION_LOST', `${peer} ${what}`, { cause: error })
}

/** The error in an `Ack`, `DeployResponse`, `CommitResponse` or `SlotFailed`; null when the field is empty. */
export function decodeError(bytes: Uint8Array): WeirError | null {
  if (bytes.byteLength === 0) return null
  try {
    const json: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    if (isErrorJson(json)) return WeirError.fromJson(json)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return new WeirError('PROTOCOL', 'a peer sent an error that cannot be read')
}

export function encodeError(thrown: unknown): Buffer {
  return Buffer.from(JSON.stringify(WeirError.from(thrown).toJson()))
}

function isErrorJson(value: unknown): value is WeirErrorJson {
  if (typeof value !== 'object' || value === null) return false
  const { code, message, place, problems } = value as Partial<Record<keyof WeirErrorJson, unknown>>
  return (
    typeof code === 'string' &&
    typeof message === 'string' &&
    typeof place === 'object' &&
    place !== null &&
    Array.isArray(problems)
  )
}

function encodeWithin(json: WeirErrorJson): Buffer {
  const whole = Buffer.from(JSON.stringify(json))
  if (whole.byteLength <= ERROR_BYTES_MAX) return whole
  return Buffer.from(JSON.stringify({ ...json, message: json.message.slice(0, ERROR_BYTES_MAX / 4), problems: [] }))
}

function statusOf(error: WeirError): status {
  const named: Partial<Record<ErrorCode, status>> = {
    STALE_ATTEMPT: status.FAILED_PRECONDITION,
    FENCED: status.UNAVAILABLE,
    NOT_LEADER: status.UNAVAILABLE,
    PROTOCOL: status.INVALID_ARGUMENT,
    NOT_FOUND: status.NOT_FOUND,
  }
  return named[error.code] ?? (ERROR_CODES[error.code].domain === 'external' ? status.UNAVAILABLE : status.INTERNAL)
}
