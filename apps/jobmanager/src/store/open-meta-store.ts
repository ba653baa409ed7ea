import { join } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import type { DatabaseOptions } from './database.ts'
import { DatabaseThread } from './database-thread.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { META_STORE_METHODS, type MetaStore } from './meta-store.ts'

export interface OpenMetaStore extends MetaStore {
  /** Lets the calls that were made finish and closes the database. Later calls reject with DATABASE. Idempotent. */
  close(): Promise<void>
}

/** A crashed thread is started again by the next call, but not more often than this. */
const RESTART_PAUSE_MS = 1_000

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
    close: () => supervisor.close(),
  }
}

class DatabaseSupervisor {
  readonly #options: DatabaseOptions
  readonly #lock: FolderLock | null
  #thread: DatabaseThread | null = null
  #starting: Promise<DatabaseThread> | null = null
  #startedMs = Number.NEGATIVE_INFINITY
  #lastFailure: unknown = null
  #closing: Promise<void> | null = null

  constructor(options: DatabaseOptions) {
    this.#options = options
    const embedded = options.databaseUrl === undefined || options.databaseUrl === ''
    this.#lock = embedded ? lockFolder(join(options.dataFolder, 'in-use.lock')) : null
  }

  async open(): Promise<void> {
    try {
      await this.#start()
    } catch (error) {
      this.#lock?.release()
      throw error
    }
  }

  async call(part: keyof MetaStore, method: string, parameters: readonly unknown[]): Promise<unknown> {
    if (this.#closing !== null) throw new WeirError('DATABASE', 'the metadata store is closed')
    // No await where the thread stands: calls must arrive in the order in which they were made.
    if (this.#thread !== null && !this.#thread.hasEnded) return this.#thread.call(part, method, parameters)
    const thread = await this.#start()
    return thread.call(part, method, parameters)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    try {
      if (this.#starting !== null) await Promise.allSettled([this.#starting])
      await this.#thread?.close()
    } finally {
      this.#lock?.release()
    }
  }

  #start(): Promise<DatabaseThread> {
    this.#starting ??= this.#startOnce().finally(() => {
      this.#starting = null
    })
    return this.#starting
  }

  async #startOnce(): Promise<DatabaseThread> {
    const now = performance.now()
    if (now - this.#startedMs < RESTART_PAUSE_MS && this.#lastFailure !== null) throw this.#lastFailure
    this.#startedMs = now
    // The old thread must be gone before another opens the same folder.
    await this.#thread?.close()
    try {
      this.#thread = await DatabaseThread.start(this.#options)
      this.#lastFailure = null
      return this.#thread
    } catch (error) {
      this.#lastFailure = error
      throw error
    }
  }
}
