import type { Clock } from '../base/platform.ts'
import type { MapState } from '../functions/state.ts'
import { type CanonicalKey, canonicalKey } from '../record/canonical-key.ts'
import type { Cell } from './cell.ts'
import { detachValue } from './detach.ts'

interface MapEntry<K, V> {
  readonly key: K
  value: V
  /** Wall-clock ms; Infinity without a time to live. */
  expiresAtMs: number
}

export type MapCell<K, V> = Map<CanonicalKey, MapEntry<K, V>>

/** Each entry has its own time to live: expired ones are removed when they are read or passed by. */
export class MapStateInMemory<K, V> implements MapState<K, V> {
  readonly #cell: Cell<MapCell<K, V>>
  readonly #clock: Clock
  readonly #ttlMs: number | undefined

  constructor(cell: Cell<MapCell<K, V>>, clock: Clock, ttlMs: number | undefined) {
    this.#cell = cell
    this.#clock = clock
    this.#ttlMs = ttlMs
  }

  get(key: K): V | undefined {
    return this.#live(canonicalKey(key))?.value
  }

  has(key: K): boolean {
    return this.#live(canonicalKey(key)) !== undefined
  }

  put(key: K, value: V): void {
    const expiresAtMs = this.#ttlMs === undefined ? Number.POSITIVE_INFINITY : this.#clock.now() + this.#ttlMs
    let map = this.#cell.get()
    if (map === undefined) {
      map = new Map()
      this.#cell.set(map)
    }
    const canonical = canonicalKey(key)
    const entry = map.get(canonical)
    if (entry === undefined) {
      map.set(detachValue(canonical), { key: detachValue(key), value: detachValue(value), expiresAtMs })
    } else {
      if (entry.value !== value) entry.value = detachValue(value)
      entry.expiresAtMs = expiresAtMs
    }
    this.#cell.touch()
  }

  remove(key: K): void {
    this.#remove(canonicalKey(key))
  }

  *keys(): Iterable<K> {
    for (const [key] of this.entries()) yield key
  }

  *values(): Iterable<V> {
    for (const [, value] of this.entries()) yield value
  }

  *entries(): Iterable<[K, V]> {
    const nowMs = this.#ttlMs === undefined ? Number.NEGATIVE_INFINITY : this.#clock.now()
    for (const entry of this.#cell.get()?.values() ?? []) {
      if (entry.expiresAtMs > nowMs) yield [entry.key, entry.value]
    }
  }

  isEmpty(): boolean {
    for (const _ of this.entries()) return false
    return true
  }

  clear(): void {
    this.#cell.clear()
  }

  #live(canonical: CanonicalKey): MapEntry<K, V> | undefined {
    const entry = this.#cell.get()?.get(canonical)
    if (entry === undefined || this.#ttlMs === undefined || entry.expiresAtMs > this.#clock.now()) return entry
    this.#remove(canonical)
    return undefined
  }

  #remove(canonical: CanonicalKey): void {
    const map = this.#cell.get()
    if (map === undefined || !map.delete(canonical)) return
    if (map.size === 0) this.#cell.clear()
    else this.#cell.touch()
  }
}
