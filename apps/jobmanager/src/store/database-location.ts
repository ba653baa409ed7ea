import { WeirError } from '@weir/engine/base/errors'

/** How messages speak of a database: never with a password. */
export interface DatabaseName {
  /** `PostgreSQL at 10.0.0.5:5432, database "weir"`. */
  readonly name: string
  /** What a person can do when it does not answer, as a sentence. */
  readonly remedy: string
}

export interface PostgresLocation extends DatabaseName {
  readonly url: string
  /** From `?schema=` as Prisma writes it; null: the server's search path. */
  readonly schema: string | null
}

/** Checks and takes apart DATABASE_URL. Throws SETTING_INVALID, without the password. */
export function postgresLocation(databaseUrl: string): PostgresLocation {
  let parsed: URL
  try {
    parsed = new URL(databaseUrl)
  } catch {
    throw new WeirError(
      'SETTING_INVALID',
      'DATABASE_URL is not a URL; write postgresql://user:password@host:5432/database, with special characters of the password percent-encoded',
    )
  }
  if (parsed.protocol !== 'postgresql:' && parsed.protocol !== 'postgres:') {
    throw new WeirError(
      'SETTING_INVALID',
      `DATABASE_URL begins with ${parsed.protocol}// but only PostgreSQL is supported: postgresql://user:password@host:5432/database`,
    )
  }
  const schema = parsed.searchParams.get('schema')
  if (schema !== null && !/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(schema)) {
    throw new WeirError('SETTING_INVALID', `schema=${JSON.stringify(schema)} in DATABASE_URL is not a plain name`)
  }
  parsed.searchParams.delete('schema')
  const host = parsed.searchParams.get('host') ?? (parsed.hostname || 'localhost')
  const database = decodeURIComponent(parsed.pathname.slice(1)) || parsed.username || 'postgres'
  return {
    url: parsed.href,
    schema,
    name: `PostgreSQL at ${host}:${parsed.port || 5432}, database "${database}"`,
    remedy: 'Start it, or correct DATABASE_URL; the JobManager connects again by itself.',
  }
}
