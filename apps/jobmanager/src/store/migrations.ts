import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'

/**
 * Brings a database to the schema of this version, with Prisma's own bookkeeping (table `_prisma_migrations`, checksum =
 * sha256 of the file), so that `prisma migrate deploy` and `prisma migrate status` agree with what was done here.
 */

/** One connection to the database, nothing else running on it. */
export interface SqlConnection {
  /** Any number of statements, without parameters or results. */
  execute(script: string): Promise<void>
  query(sql: string, parameters: readonly unknown[]): Promise<readonly Record<string, unknown>[]>
}

interface Migration {
  readonly name: string
  readonly script: string
  readonly checksum: string
}

/** The lock that Prisma's migrate takes too. */
const PRISMA_LOCK_ID = 72_707_369
/** How long another process that migrates is waited for. */
const LOCK_WAIT_MS_MAX = 60_000

const CREATE_BOOK = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`

/**
 * Applies what is missing, each migration in a transaction of its own together with its entry in the book; returns the
 * names applied. Throws DATABASE when an applied migration's file has changed, when the database knows migrations that
 * this version does not have (it was used by a newer one), and when one failed before.
 */
export async function applyMigrations(connection: SqlConnection, folder: string): Promise<readonly string[]> {
  const migrations = readMigrations(folder)
  // Waits of the lock count as waits for locks; a wait without end would look like a start that hangs.
  await connection.execute(`SET lock_timeout = ${LOCK_WAIT_MS_MAX}`)
  await connection.query('SELECT pg_advisory_lock($1)', [PRISMA_LOCK_ID])
  try {
    await connection.execute(CREATE_BOOK)
    const applied = await readBook(connection)
    checkBook(applied, migrations)
    const missing = migrations.filter(migration => !applied.has(migration.name))
    for (const migration of missing) await apply(connection, migration)
    return missing.map(migration => migration.name)
  } finally {
    await connection.query('SELECT pg_advisory_unlock($1)', [PRISMA_LOCK_ID])
    await connection.execute('SET lock_timeout = 0')
  }
}

function readMigrations(folder: string): Migration[] {
  if (!existsSync(folder)) {
    throw new WeirError('DATABASE', `the folder of the database's migrations is missing: ${folder}; install Weir again`)
  }
  const names = readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort()
  if (names.length === 0) throw new WeirError('DATABASE', `${folder} holds no migration; install Weir again`)
  return names.map(name => {
    const bytes = readFileSync(join(folder, name, 'migration.sql'))
    return { name, script: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') }
  })
}

interface BookEntry {
  readonly checksum: string
  readonly finished: boolean
}

async function readBook(connection: SqlConnection): Promise<Map<string, BookEntry>> {
  const rows = await connection.query(
    `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished FROM _prisma_migrations
     WHERE rolled_back_at IS NULL`,
    [],
  )
  return new Map(
    rows.map(row => [String(row.migration_name), { checksum: String(row.checksum), finished: row.finished === true }]),
  )
}

function checkBook(applied: ReadonlyMap<string, BookEntry>, migrations: readonly Migration[]): void {
  const known = new Map(migrations.map(migration => [migration.name, migration]))
  for (const [name, entry] of applied) {
    if (!entry.finished) {
      throw new WeirError(
        'DATABASE',
        `the migration ${name} failed on this database before; mend it, then run "prisma migrate resolve --rolled-back ${name}"`,
      )
    }
    const migration = known.get(name)
    if (migration === undefined) {
      throw new WeirError(
        'DATABASE',
        `this database was used by a newer version of Weir: it has the migration ${name}, which this version does not know; start that version, or use another database`,
      )
    }
    if (migration.checksum !== entry.checksum) {
      throw new WeirError(
        'DATABASE',
        `the migration ${name} was applied to this database with another content (checksum ${entry.checksum}) than its file has now (${migration.checksum}); restore the file: a migration that has been applied must never change`,
      )
    }
  }
}

async function apply(connection: SqlConnection, migration: Migration): Promise<void> {
  await connection.execute('BEGIN')
  try {
    await connection.execute(migration.script)
    await connection.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    )
    await connection.execute('COMMIT')
  } catch (error) {
    await connection.execute('ROLLBACK')
    throw error
  }
}
