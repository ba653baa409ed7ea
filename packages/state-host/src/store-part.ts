/// <reference path="./rocksdb-native.d.ts" />
import { assert } from '@weir/engine/base/assert'
import type { WeirError } from '@weir/engine/base/errors'
import {
  endOfPrefix,
  OWNER_BYTES,
  readKeys,
  readScan,
  readWrites,
  SpillAnswer,
  type SpillWrites,
} from '@weir/engine/state/spill-store'
import type RocksDB from 'rocksdb-native'
import { readMany } from './rocks-read.ts'
import type { RocksStore } from './rocks-store.ts'

/** What one write of a small row takes up in a request: from this the number of writes is guessed. */
const WRITE_BYTES_TYPICAL = 32

/** The requests of one slot, on keys that begin with its number. One at a time. */
export class StorePart {
  readonly #owner = Buffer.alloc(OWNER_BYTES)
  /** Of the request at hand. */
  readonly #answer = new SpillAnswer()
  readonly #views = new Map<number, RocksDB>()
  readonly #store: RocksStore

  constructor(number: number, store: RocksStore) {
    this.#owner.writeUInt32BE(number)
    this.#store = store
  }

  async write(request: Uint8Array): Promise<void> {
    const db = await this.#store.open()
    const { cache } = this.#store
    const batch = db.write({ capacity: Math.max(Math.ceil(request.length / WRITE_BYTES_TYPICAL), 8) })
    try {
      const to: SpillWrites = {
        put: (key, value) => {
          batch.tryPut(key, value)
          if (!cache.isOff) cache.put(latin1(key), latin1(value))
        },
        delete: key => {
          batch.tryDelete(key)
          if (!cache.isOff) cache.delete(latin1(key))
        },
        deletePrefix: prefix => {
          const end = endOfPrefix(prefix)
          if (end !== undefined) batch.tryDeleteRange(prefix, end)
          if (!cache.isOff) cache.deletePrefix(latin1(prefix))
        },
      }
      readWrites(request, to, this.#owner)
      await batch.flush()
    } finally {
      batch.destroy()
    }
  }

  async get(request: Uint8Array): Promise<Uint8Array> {
    const db = await this.#store.open()
    const keys = readKeys(request, this.#owner)
    if (!this.#store.cache.isOff) return await this.#getCached(db, keys)
    return this.#answerOf(await readMany(db, keys))
  }

  async #getCached(db: RocksDB, keys: readonly Uint8Array[]): Promise<Uint8Array> {
    const { cache } = this.#store
    const names = keys.map(latin1)
    const cached = names.map(name => cache.get(name))
    const missing = keys.filter((_, i) => cached[i] === undefined)
    const values = missing.length === 0 ? [] : await readMany(db, missing)
    const answer = this.#answer
    answer.reset()
    let next = 0
    for (let i = 0; i < keys.length; i++) {
      const text = cached[i]
      if (text !== undefined) {
        answer.value(Buffer.from(text, 'latin1'))
        continue
      }
      const value = values[next++]
      const bytes = value === null || value === undefined ? undefined : new Uint8Array(value)
      if (bytes !== undefined) cache.put(names[i]!, latin1(bytes))
      answer.value(bytes)
    }
    return answer.request
  }

  #answerOf(values: readonly (ArrayBuffer | null)[]): Uint8Array {
    const answer = this.#answer
    answer.reset()
    for (const value of values) answer.value(value === null ? undefined : new Uint8Array(value))
    return answer.request
  }

  scan(request: Uint8Array): Promise<Uint8Array> {
    return this.#store.open().then(db => this.#scan(db, request))
  }

  async openView(view: number): Promise<void> {
    this.#views.set(view, (await this.#store.open()).snapshot())
  }

  async closeView(view: number): Promise<void> {
    const db = this.#views.get(view)
    this.#views.delete(view)
    await db?.close()
  }

  /** Past the cache, which knows of rows as they are by now. */
  async getIn(view: number, request: Uint8Array): Promise<Uint8Array> {
    return this.#answerOf(await readMany(this.#view(view), readKeys(request, this.#owner)))
  }

  async scanIn(view: number, request: Uint8Array): Promise<Uint8Array> {
    return await this.#scan(this.#view(view), request)
  }

  #view(view: number): RocksDB {
    const db = this.#views.get(view)
    assert(db !== undefined, `there is no view ${view} of the state on disk`)
    return db
  }

  async #scan(db: RocksDB, request: Uint8Array): Promise<Uint8Array> {
    const { prefix, after, limit } = readScan(request)
    const own = this.#own(prefix)
    const end = endOfPrefix(own)
    const entries: { readonly key: Uint8Array; readonly value: Uint8Array }[] = []
    const range = {
      ...(after === null ? { gte: own } : { gt: this.#own(after) }),
      ...(end === undefined ? {} : { lt: end }),
    }
    for await (const entry of db.iterator(range, { limit, capacity: limit })) entries.push(entry)
    const answer = this.#answer
    answer.reset()
    for (const { key, value } of entries) answer.entry(key.subarray(OWNER_BYTES), value)
    return answer.request
  }

  /** Everything of the slot is thrown away. */
  async leave(): Promise<void> {
    for (const view of [...this.#views.keys()]) await this.closeView(view)
    await this.#store.leave(this.#owner)
  }

  failed(error: unknown): WeirError {
    return this.#store.failed(error)
  }

  #own(key: Uint8Array): Buffer {
    const own = Buffer.allocUnsafe(OWNER_BYTES + key.length)
    own.set(this.#owner)
    own.set(key, OWNER_BYTES)
    return own
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
