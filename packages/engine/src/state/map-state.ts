import type { Clock } from '../base/platform.ts'
import type { MapState } from '../functions/state.ts'
import { type CanonicalKey, canonicalKey } from '../record/canonical-key.ts'
import { detachValue } from './detach.ts'
import type { KeyedRow, KeyedStateBackend } from './keyed-state-backend.ts'
import type { TablesByKey } from './nested-tables.ts'
import type { StateTable } from './state-table.ts'

/** What a row of a map holds where the state has a time to live; else it holds the value itself. */
export interface ExpiringEntry<V> {
  value: V
  /** Wall-clock ms from which on the entry is gone. */
  expiresAtMs: number
}

/**
 * A map per key, each of its entries a row of its own. Each entry has its own time to live: expired ones are removed when
 * they are read, and passed by otherwise.
 */
export class TabledMapState<K, V> implements MapState<K, V> {
  readonly #backend: KeyedStateBackend
  readonly #tables: TablesByKey<unknown>
  readonly #clock: Clock
  readonly #ttlMs: number | undefined

  constructor(backend: KeyedStateBackend, tables: TablesByKey<unknown>, clock: Clock, ttlMs: number | undefined) {
    this.#backend = backend
    this.#tables = tables
    this.#clock = clock
    this.#ttlMs = ttlMs
  }

  get(key: K): V | undefined {
    const row = this.#live(canonicalKey(key))
    return row === undefined ? undefined : this.#valueOf(row)
  }

  has(key: K): boolean {
    return this.#live(canonicalKey(key)) !== undefined
  }

  put(key: K, value: V): void {
    const backend = this.#backend
    const table = this.#tables.ensure(backend.currentCanonicalKey(), backend.currentKey())
    const canonical = canonicalKey(key)
    const row = table.get(canonical)
    if (this.#ttlMs === undefined) {
      if (row === undefined) table.insert(canonical, key, value)
      // What came out of this row and was changed in place holds nothing that would have to be detached again.
      else table.update(row, value === row.value ? value : detachValue(value))
      return
    }
    const expiresAtMs = this.#clock.now() + this.#ttlMs
    if (row === undefined) {
      table.insert(canonical, key, { value: detachValue(value), expiresAtMs })
      return
    }
    const held = row.value as ExpiringEntry<V>
    if (held.value !== value) held.value = detachValue(value)
    held.expiresAtMs = expiresAtMs
    table.touch(row)
  }

  remove(key: K): void {
    const table = this.#table()
    if (table !== undefined) this.#delete(table, canonicalKey(key))
  }

  *keys(): Iterable<K> {
    for (const [key] of this.entries()) yield key
  }

  *values(): Iterable<V> {
    for (const [, value] of this.entries()) yield value
  }

  *entries(): Iterable<[K, V]> {
    for (const row of this.#table()?.rows() ?? []) {
      if (this.#isLive(row)) yield [row.key as K, this.#valueOf(row)]
    }
  }

  isEmpty(): boolean {
    for (const _ of this.entries()) return false
    return true
  }

  clear(): void {
    this.#tables.clear(this.#backend.currentCanonicalKey(), this.#backend.currentKey())
  }

  #table(): StateTable<unknown> | undefined {
    return this.#tables.at(this.#backend.currentCanonicalKey(), this.#backend.currentKey())
  }

  #live(canonical: CanonicalKey): KeyedRow<unknown> | undefined {
    const table = this.#table()
    const row = table?.get(canonical)
    if (table === undefined || row === undefined || this.#isLive(row)) return row
    this.#delete(table, canonical)
    return undefined
  }

  #isLive(row: KeyedRow<unknown>): boolean {
    return this.#ttlMs === undefined || (row.value as ExpiringEntry<V>).expiresAtMs > this.#clock.now()
  }

  #valueOf(row: KeyedRow<unknown>): V {
    return this.#ttlMs === undefined ? (row.value as V) : (row.value as ExpiringEntry<V>).value
  }

  #delete(table: StateTable<unknown>, canonical: CanonicalKey): void {
    if (table.delete(canonical)) this.#tables.letGo(this.#backend.currentCanonicalKey(), table)
  }
}
