import { join } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import type { DatabaseOptions } from './database.ts'
import { DatabaseThread } from './database-thread.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import type { MetaStore } from './meta-store.ts'

/** A crashed thread is started again by the next call, but not more often than this. */
const RESTART_PAUSE_MS = 1_000

/**
 * Keeps one thread with an open database: starts it, starts another after a crash, ends it. Holds the lock of the
 * embedded database's folder all the while, so that no other process slips in between two threads.
 */
export class DatabaseSupervisor {
  readonly #options: DatabaseOptions
  readonly #startThread: (options: DatabaseOptions) => Promise<DatabaseThread>
  readonly #lock: FolderLock | null
  #thread: DatabaseThread | null = null
  #starting: Promise<DatabaseThread> | null = null
  #startedMs = Number.NEGATIVE_INFINITY
  #lastFailure: unknown = null
  #closing: Promise<void> | null = null

  constructor(options: DatabaseOptions, startThread = DatabaseThread.start) {
    this.#options = options
    this.#startThread = startThread
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
      this.#thread = await this.#startThread(this.#options)
      this.#lastFailure = null
      return this.#thread
    } catch (error) {
      this.#lastFailure = error
      throw error
    }
  }
}
