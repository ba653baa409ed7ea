import type { MapState } from '../functions/state.ts'
import { type CanonicalKey, canonicalKey } from '../record/canonical-key.ts'
import type { Cell } from '../state/cell.ts'
import { detachValue } from '../state/detach.ts'

/** Entries by the canonical form of their keys. */
export type MapCell<K, V> = Map<CanonicalKey, { readonly key: K; readonly value: V }>

/** Map state of a trigger: one Map in the pane that is current. */
export class PaneMapState<K, V> implements MapState<K, V> {
  readonly #cell: Cell<MapCell<K, V>>

  constructor(cell: Cell<MapCell<K, V>>) {
    this.#cell = cell
  }

  get(key: K): V | undefined {
    return this.#cell.get()?.get(canonicalKey(key))?.value
  }

  has(key: K): boolean {
    return this.#cell.get()?.has(canonicalKey(key)) ?? false
  }

  put(key: K, value: V): void {
    const map = this.#cell.get() ?? new Map()
    map.set(detachValue(canonicalKey(key)), { key: detachValue(key), value: detachValue(value) })
    this.#cell.set(map)
  }

  remove(key: K): void {
    const map = this.#cell.get()
    if (map === undefined || !map.delete(canonicalKey(key))) return
    if (map.size === 0) this.#cell.clear()
    else this.#cell.set(map)
  }

  *keys(): Iterable<K> {
    for (const [key] of this.entries()) yield key
  }

  *values(): Iterable<V> {
    for (const [, value] of this.entries()) yield value
  }

  *entries(): Iterable<[K, V]> {
    for (const { key, value } of this.#cell.get()?.values() ?? []) yield [key, value]
  }

  isEmpty(): boolean {
    return this.#cell.get() === undefined
  }

  clear(): void {
    this.#cell.clear()
  }
}
