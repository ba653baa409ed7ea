import type { Clock } from '../base/platform.ts'
import { detachValue } from './detach.ts'
import type { KeyedStateBackend, KeyedTable } from './keyed-state-backend.ts'

/** The value of one state for the current key: what all kinds of state are made of. */
export interface Cell<V> {
  get(): V | undefined
  /** Also for the value itself, changed in place. */
  set(value: V): void
  clear(): void
}

export class PlainCell<V> implements Cell<V> {
  readonly #backend: KeyedStateBackend
  readonly #table: KeyedTable<V>

  constructor(backend: KeyedStateBackend, table: KeyedTable<V>) {
    this.#backend = backend
    this.#table = table
  }

  get(): V | undefined {
    return this.#table.get(this.#backend.currentCanonicalKey())?.value
  }

  set(value: V): void {
    const canonicalKey = this.#backend.currentCanonicalKey()
    const row = this.#table.get(canonicalKey)
    if (row === undefined) this.#table.insert(canonicalKey, this.#backend.currentKey(), value)
    // What came out of this row and was changed in place holds nothing that would have to be detached again.
    else this.#table.update(row, value === row.value ? value : detachValue(value))
  }

  clear(): void {
    this.#table.delete(this.#backend.currentCanonicalKey())
  }
}

interface Expiring<V> {
  value: V
  /** Wall-clock ms from which on the value is gone. */
  expiresAtMs: number
}

/** A cell whose value is gone `ttlMs` after its last write. It is removed when it is next read, or in a snapshot. */
export class ExpiringCell<V> implements Cell<V> {
  readonly #backend: KeyedStateBackend
  readonly #table: KeyedTable<Expiring<V>>
  readonly #clock: Clock
  readonly #ttlMs: number

  constructor(backend: KeyedStateBackend, name: string, clock: Clock, ttlMs: number) {
    this.#backend = backend
    this.#table = backend.table<Expiring<V>>(name, { expiresAtMs: held => held.expiresAtMs })
    this.#clock = clock
    this.#ttlMs = ttlMs
  }

  get(): V | undefined {
    const canonicalKey = this.#backend.currentCanonicalKey()
    const row = this.#table.get(canonicalKey)
    if (row === undefined) return undefined
    if (row.value.expiresAtMs > this.#clock.now()) return row.value.value
    this.#table.delete(canonicalKey)
    return undefined
  }

  set(value: V): void {
    const expiresAtMs = this.#clock.now() + this.#ttlMs
    const canonicalKey = this.#backend.currentCanonicalKey()
    const row = this.#table.get(canonicalKey)
    if (row === undefined) {
      this.#table.insert(canonicalKey, this.#backend.currentKey(), { value: detachValue(value), expiresAtMs })
    } else {
      if (value !== row.value.value) row.value.value = detachValue(value)
      row.value.expiresAtMs = expiresAtMs
      this.#table.touch(row)
    }
  }

  clear(): void {
    this.#table.delete(this.#backend.currentCanonicalKey())
  }
}
