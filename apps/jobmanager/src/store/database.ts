import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { PrismaPg } from '@prisma/adapter-pg'
import { WeirError } from '@weir/engine/base/errors'
import pg from 'pg'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import { PrismaClient } from '../generated/prisma/client.ts'
import { databaseError } from './database-error.ts'
import { type DatabaseName, type PostgresLocation, postgresLocation } from './database-location.ts'
import { applyMigrations, type SqlConnection } from './migrations.ts'

/** Where the metadata is, and what schema it must have. */
export interface DatabaseOptions {
  /** postgresql://…; absent: the embedded database in `dataFolder`. */
  readonly databaseUrl?: string
  /** Of the embedded database. The caller has locked it. */
  readonly dataFolder: string
  readonly migrationsFolder: string
}

/** An open database with the schema of this version. */
export interface Database extends DatabaseName {
  readonly prisma: PrismaClient
  /** How many calls may use it at once: 1, or at least 3. */
  readonly connections: number
  close(): Promise<void>
}

const CONNECTIONS = 4
const CONNECT_MS_MAX = 5_000
const QUERY_MS_MAX = 30_000
/**
 * The server ends a transaction whose owner is silent for so long. A leader that was frozen in the middle of a
 * transaction holds the lease's row: without this bound nobody could take over until it thaws.
 */
const IDLE_IN_TRANSACTION_MS_MAX = 5_000

export function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { databaseUrl, dataFolder, migrationsFolder } = options
  return databaseUrl === undefined || databaseUrl === ''
    ? openEmbedded(dataFolder, migrationsFolder)
    : openPostgres(postgresLocation(databaseUrl), migrationsFolder)
}

/** PGlite: Postgres as WebAssembly in this thread, with one connection. */
async function openEmbedded(dataFolder: string, migrationsFolder: string): Promise<Database> {
  const name: DatabaseName = {
    name: `embedded in ${dataFolder}`,
    remedy: 'Look for a full disk or missing rights there; another folder is set by WEIR_HOME.',
  }
  let lite: PGlite | null = null
  try {
    mkdirSync(dataFolder, { recursive: true })
    const opened = await PGlite.create({ dataDir: join(dataFolder, 'pgdata') })
    lite = opened
    // The adapter reads every time as if its zone were UTC.
    await opened.exec(`SET TIME ZONE 'UTC'`)
    const connection: SqlConnection = {
      execute: async script => void (await opened.exec(script)),
      query: async (sql, parameters) => (await opened.query<Record<string, unknown>>(sql, [...parameters])).rows,
    }
    await applyMigrations(connection, migrationsFolder)
    const prisma = new PrismaClient({ adapter: new PrismaPGlite(opened), errorFormat: 'minimal' })
    const close = async () => {
      await prisma.$disconnect()
      await opened.close()
    }
    return { ...name, prisma, connections: 1, close }
  } catch (thrown) {
    await lite?.close()
    throw databaseError(thrown, name)
  }
}

async function openPostgres(location: PostgresLocation, migrationsFolder: string): Promise<Database> {
  const configuration: pg.ClientConfig = {
    connectionString: location.url,
    application_name: 'weir-jobmanager',
    connectionTimeoutMillis: CONNECT_MS_MAX,
    keepAlive: true,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS_MAX,
  }
  try {
    await migratePostgres(configuration, location, migrationsFolder)
    const pool = new pg.Pool({
      ...configuration,
      statement_timeout: QUERY_MS_MAX,
      query_timeout: QUERY_MS_MAX,
      max: CONNECTIONS,
      onConnect: client => setSession(client, location.schema),
    })
    // An idle connection that the server ends is dropped by the pool; the next call opens another.
    const adapter = new PrismaPg(pool, {
      disposeExternalPool: true,
      ...(location.schema === null ? {} : { schema: location.schema }),
    })
    const prisma = new PrismaClient({ adapter, errorFormat: 'minimal' })
    return {
      name: location.name,
      remedy: location.remedy,
      prisma,
      connections: CONNECTIONS,
      close: () => prisma.$disconnect(),
    }
  } catch (thrown) {
    throw databaseError(thrown, location)
  }
}

/** What the adapter relies on: it reads every time as if its zone were UTC. */
async function setSession(client: pg.ClientBase, schema: string | null): Promise<void> {
  await client.query(`SET TIME ZONE 'UTC'`)
  if (schema !== null) await client.query(`SET search_path TO "${schema}"`)
}

/** On a connection of its own, since the advisory lock belongs to the session. */
async function migratePostgres(
  configuration: pg.ClientConfig,
  location: PostgresLocation,
  migrationsFolder: string,
): Promise<void> {
  const client = new pg.Client(configuration)
  // A connection that breaks while it is idle would be an uncaught 'error' event; the query in flight rejects anyway.
  let broken: Error | null = null
  client.on('error', error => {
    broken = error
  })
  try {
    await client.connect()
    await setSession(client, location.schema)
    if (location.schema !== null) await ensureSchema(client, location.schema)
    const connection: SqlConnection = {
      execute: async script => void (await client.query(script)),
      query: async (sql, parameters) => (await client.query(sql, [...parameters])).rows,
    }
    await applyMigrations(connection, migrationsFolder)
    if (broken !== null) throw new WeirError('DATABASE', (broken as Error).message, { cause: broken })
  } finally {
    await client.end()
  }
}

/** Asks first: CREATE SCHEMA needs a right that the user may not have when the schema is there. */
async function ensureSchema(client: pg.Client, schema: string): Promise<void> {
  const found = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema])
  if (found.rowCount === 0) await client.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`)
}
