import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseOptions } from '../src/store/database.ts'
import { type OpenMetaStore, openMetaStore } from '../src/store/open-meta-store.ts'
import type { NewJob, NewJobVersion } from '../src/store/records.ts'
import { type PostgresServer, skipWithoutPostgres, startPostgres } from './postgres-server.ts'

export const migrationsFolder = join(import.meta.dirname, '../../../prisma/migrations')

/** One kind of database, for suites that run over each. */
export interface DatabaseKind {
  readonly name: string
  readonly skip: boolean
  setUp(): Promise<void>
  /** A new and empty one. */
  options(): Promise<DatabaseOptions>
  tearDown(): Promise<void>
}

export function databaseKinds(suite: string): readonly DatabaseKind[] {
  let folder = ''
  let server: PostgresServer
  return [
    {
      name: 'embedded',
      skip: false,
      async setUp() {
        folder = mkdtempSync(join(tmpdir(), 'weir-store-'))
        // Making one takes seconds: it is made once and then copied.
        const store = await openMetaStore({ dataFolder: join(folder, 'template'), migrationsFolder })
        await store.close()
      },
      async options() {
        const dataFolder = mkdtempSync(join(folder, 'database-'))
        cpSync(join(folder, 'template'), dataFolder, { recursive: true })
        return { dataFolder, migrationsFolder }
      },
      async tearDown() {
        rmSync(folder, { recursive: true, force: true })
      },
    },
    {
      name: 'PostgreSQL',
      skip: skipWithoutPostgres(`${suite} over PostgreSQL`),
      async setUp() {
        server = await startPostgres()
      },
      options: async () => ({ databaseUrl: await server.createDatabase(), dataFolder: '', migrationsFolder }),
      tearDown: () => server.stop(),
    },
  ]
}

/** Leads at once, as the first and only JobManager. */
export async function lead(store: OpenMetaStore, holder = 'test'): Promise<number> {
  const answer = await store.leases.acquireLease({ holder, address: '127.0.0.1:6123', ttlMs: 60_000 })
  if (!answer.acquired) throw new Error(`${answer.holder} leads`)
  return answer.epoch
}

export function newJob(fields: Partial<NewJob> = {}): NewJob {
  const id = `job_${randomBytes(4).toString('hex')}`
  return { id, name: 'words', parallelism: 2, maxParallelism: 128, owner: null, submittedAt: 1_000, ...fields }
}

export const version: NewJobVersion = {
  sourceKind: 'ts',
  fileName: 'words.ts',
  sourceText: `export default env // "quotes", \\escapes, ünïcödé, 🌊\r\n\t`,
  bundleText: 'var env;export{env as default}',
  graph: {
    name: 'words',
    parallelism: 2,
    maxParallelism: 128,
    nodes: [
      { uid: 'source', type: 'fromElements', name: 'source', config: { zebra: 1, apple: ['a\0b', null, 1e300, {}] } },
      { uid: 'sink', type: 'print', name: 'sink', config: {} },
    ],
    edges: [{ from: 'source', to: 'sink', partitioner: 'forward', output: null, input: 0 }],
  },
  graphHash: 'c0ffee',
  settings: {
    parallelism: 2,
    checkpointing: { intervalMs: 10_000, mode: 'exactly-once' },
    restart: { type: 'fixed-delay', attempts: 3, delayMs: 1_000 },
    stateBackend: null,
  },
  places: { source: { line: 3, column: 8 }, sink: { line: 4, column: 4 } },
  createdAt: 1_000,
}
