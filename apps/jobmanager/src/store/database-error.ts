import { type ErrorCode, WeirError } from '@weir/engine/base/errors'
import type { DatabaseName } from './database-location.ts'

/** Prisma's codes that tell of the data rather than of the database. */
const DATA_ERRORS: Readonly<Record<string, ErrorCode>> = {
  P2002: 'CONFLICT', // a unique value is taken
  P2003: 'NOT_FOUND', // a foreign key names nothing
  P2025: 'NOT_FOUND', // the row to change is not there
}

interface ThrownLike {
  readonly name?: unknown
  readonly message?: unknown
  readonly code?: unknown
  readonly cause?: unknown
  readonly errors?: unknown
}

/** Whatever a query, a connection or Prisma threw, as a WeirError whose message says which database and what to do. */
export function databaseError(thrown: unknown, database: DatabaseName): WeirError {
  if (thrown instanceof WeirError) return thrown
  const error: ThrownLike = typeof thrown === 'object' && thrown !== null ? thrown : { message: String(thrown) }
  const what = whatHappened(error)
  const code = typeof error.code === 'string' ? DATA_ERRORS[error.code] : undefined
  if (code !== undefined) return new WeirError(code, `the metadata database refused a row: ${what}`, { cause: thrown })
  if (error.name === 'PrismaClientValidationError') {
    return new WeirError('ASSERTION', `a query of the metadata store is malformed: ${what}`, { cause: thrown })
  }
  return new WeirError('DATABASE', `metadata database, ${database.name}: ${what}. ${database.remedy}`, {
    cause: thrown,
  })
}

/** The embedded database has crashed inside its WebAssembly (a trap, or an exit): nothing but a new one helps. */
export function isFatal(thrown: unknown): boolean {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 10; error = error.cause, depth++) {
    if (error.name === 'RuntimeError' || error.name === 'ExitStatus') return true
  }
  return false
}

/**
 * The one line that says what happened. Prisma's messages begin with the call in several lines, and end with the reason;
 * a refused connection to a name with two addresses is an AggregateError without a message.
 */
function whatHappened(error: ThrownLike): string {
  if (Array.isArray(error.errors) && error.errors.length > 0) {
    return [...new Set(error.errors.map(inner => whatHappened(inner as ThrownLike)))].join('; ')
  }
  const message = typeof error.message === 'string' ? error.message : ''
  const lines = message.split('\n').filter(line => line.trim() !== '')
  const last = lines.at(-1)?.trim().replace(/\.$/, '')
  if (last) return last
  if (typeof error.code === 'string') return error.code
  return typeof error.name === 'string' ? error.name : 'unknown error'
}
