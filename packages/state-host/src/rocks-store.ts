// A project outside this repository that refers to these sources does not see the declaration by itself.
/// <reference path="./rocksdb-native.d.ts" />
import { mkdirSync, rmSync } from 'node:fs'
import { WeirError } from '@weir/engine/base/errors'
import { endOfPrefix } from '@weir/engine/state/spill-store'
import type RocksDB from 'rocksdb-native'
import { RowCache } from './row-cache.ts'
import { StorePart } from './store-part.ts'

export interface RocksStoreOptions {
  /** Belongs to the store alone: emptied when it opens, and gone when it is closed. */
  readonly folder: string
  readonly writeBufferBytes: number
  readonly writeBuffersMax: number
  /** Of the cache in front of the database. */
  readonly cacheBytes: number
}

/**
 * The database of all slots of a TaskManager. It opens with the first request, so that a folder that cannot be written
 * fails the job that needs it, and only that; and when the last slot has gone, it is thrown away with its files.
 */
export class RocksStore {
  readonly #options: RocksStoreOptions
  #db: Promise<RocksDB> | undefined
  #cache: RowCache
  #owners = 0
  /** Through when the slot that left last is gone from disk. */
  #leaving: Promise<unknown> = Promise.resolve()
  /** Through when the database before this one is closed and its files are removed. */
  #closing: Promise<unknown> = Promise.resolve()

  constructor(options: RocksStoreOptions) {
    this.#options = options
    this.#cache = new RowCache(options.cacheBytes)
  }

  /** A slot's part of the database; `number` is never used twice. */
  part(number: number): StorePart {
    this.#owners++
    return new StorePart(number, this)
  }

  /** Throws STATE_DISK. */
  async open(): Promise<RocksDB> {
    this.#db ??= this.#open()
    try {
      return await this.#db
    } catch (error) {
      // The next request tries again: somebody may have made room.
      this.#db = undefined
      throw error
    }
  }

  get cache(): RowCache {
    return this.#cache
  }

  /**
   * A slot's part is thrown away. Slots leave one after the other: the binding may close the database between two requests
   * of another one that is leaving, and its next request would then end the process.
   */
  leave(prefix: Uint8Array): Promise<void> {
    this.#owners--
    const left = this.#leaving.then(() => this.#remove(prefix))
    this.#leaving = settled(left)
    return left
  }

  async close(): Promise<void> {
    const opening = this.#db
    this.#db = undefined
    this.#cache = new RowCache(this.#options.cacheBytes)
    if (opening === undefined) {
      await this.#closing
      return
    }
    const ended = this.#end(opening)
    // The next database begins in the same folder, whether or not this one could be closed.
    this.#closing = settled(ended)
    await ended
  }

  async #remove(prefix: Uint8Array): Promise<void> {
    if (this.#db === undefined) return
    if (this.#owners === 0) {
      await this.close()
      return
    }
    this.#cache.deletePrefix(Buffer.from(prefix).toString('latin1'))
    const end = endOfPrefix(prefix)
    if (end === undefined) return
    const db = await this.#db
    const batch = db.write()
    batch.tryDeleteRange(prefix, end)
    await batch.flush()
    batch.destroy()
    // Gives the space on disk back.
    await db.compactRange(prefix, end)
  }

  async #end(opening: Promise<RocksDB>): Promise<void> {
    try {
      const db = await opening
      await db.close({ force: true })
    } finally {
      rmSync(this.#options.folder, { recursive: true, force: true })
    }
  }

  async #open(): Promise<RocksDB> {
    const { folder, writeBufferBytes, writeBuffersMax } = this.#options
    await this.#closing
    const { default: Database } = await loadBinding()
    try {
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(folder, { recursive: true })
      const db = new Database(folder, {
        writeBufferSize: writeBufferBytes,
        maxWriteBufferNumber: writeBuffersMax,
        tableBlockSize: 4096,
        maxBackgroundJobs: 2,
        maxOpenFiles: 256,
        avoidFlushDuringShutdown: true,
      })
      await db.ready()
      return db
    } catch (error) {
      throw diskError(error, folder)
    }
  }

  failed(error: unknown): WeirError {
    return error instanceof WeirError ? error : diskError(error, this.#options.folder)
  }
}

/** Loaded with the first row that leaves memory: where it cannot be, jobs whose state fits into memory run all the same. */
async function loadBinding(): Promise<typeof import('rocksdb-native')> {
  try {
    return await import('rocksdb-native')
  } catch (error) {
    throw new WeirError(
      'STATE_DISK',
      `state that does not fit into memory could not be kept on disk, since the library for it cannot be loaded: ${textOf(error)}. ` +
        'Install the packages again ("npm ci"), raise MEMORY_SIZE, or use STATE_BACKEND=memory where the state fits.',
      { cause: error },
    )
  }
}

/** Resolves when the promise is through; whoever made it is told of its error. */
function settled(promise: Promise<unknown>): Promise<unknown> {
  return Promise.allSettled([promise])
}

/** What went wrong on disk, with what to do about it. */
function diskError(error: unknown, folder: string): WeirError {
  const text = textOf(error)
  const remedy = /no space|ENOSPC|quota/i.test(text)
    ? 'The disk is full: make room on it, or point WEIR_HOME to another one'
    : /permission|EACCES|EPERM|EROFS|read-only/i.test(text)
      ? 'The folder cannot be written by the user that runs this process: give it the right, or point WEIR_HOME to another one'
      : 'Check the disk'
  return new WeirError(
    'STATE_DISK',
    `state that does not fit into memory could not be kept in ${folder}: ${text}. ${remedy}, raise MEMORY_SIZE, or use STATE_BACKEND=memory where the state fits.`,
    { cause: error },
  )
}

function textOf(error: unknown): string {
  const texts: string[] = []
  for (let at: unknown = error; at instanceof Error && texts.length < 4; at = at.cause) texts.push(at.message)
  return texts.length === 0 ? String(error) : texts.join(': ')
}
