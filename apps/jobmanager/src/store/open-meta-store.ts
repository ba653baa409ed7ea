import type { DatabaseOptions } from './database.ts'
import { DatabaseSupervisor } from './database-supervisor.ts'
import { META_STORE_METHODS, type MetaStore } from './meta-store.ts'

export interface OpenMetaStore extends MetaStore {
  /** Lets the calls that were made finish and closes the database. Later calls reject with DATABASE. Idempotent. */
  close(): Promise<void>
}

/**
 * Opens the metadata store: PostgreSQL where `databaseUrl` is given, else the embedded database in `dataFolder`, which is
 * locked against other processes. Applies the migrations first. Rejects with DATABASE (not reachable, in use, newer than
 * this version, …) or SETTING_INVALID (DATABASE_URL); the message says what to do and never holds the password.
 *
 * The database lives in a thread of its own. Should that thread crash, the calls in flight reject and the next call
 * starts another.
 */
export async function openMetaStore(options: DatabaseOptions): Promise<OpenMetaStore> {
  const supervisor = new DatabaseSupervisor(options)
  await supervisor.open()
  const part = <Part extends keyof MetaStore>(name: Part): MetaStore[Part] => {
    const methods = Object.keys(META_STORE_METHODS[name]).map(method => [
      method,
      (...parameters: unknown[]) => supervisor.call(name, method, parameters),
    ])
    // The table of methods is checked against the interface where it stands.
    return Object.fromEntries(methods) as MetaStore[Part]
  }
  return {
    jobs: part('jobs'),
    cluster: part('cluster'),
    leases: part('leases'),
    auth: part('auth'),
    drafts: part('drafts'),
    close: () => supervisor.close(),
  }
}
