import type { CanonicalKey } from '../record/canonical-key.ts'
import { detachValue } from './detach.ts'
import type { KeyedRow, KeyedTable, NamespacedTable } from './keyed-state-backend.ts'

class MemoryRow<V> implements KeyedRow<V> {
  readonly key: unknown
  value: V

  constructor(key: unknown, value: V) {
    this.key = key
    this.value = value
  }
}

/** A JS Map from canonical key to a row that is updated in place. */
export class MemoryTable<V> implements KeyedTable<V> {
  readonly #rows = new Map<CanonicalKey, MemoryRow<V>>()

  get size(): number {
    return this.#rows.size
  }

  get(canonicalKey: CanonicalKey): KeyedRow<V> | undefined {
    return this.#rows.get(canonicalKey)
  }

  insert(canonicalKey: CanonicalKey, key: unknown, value: V): KeyedRow<V> {
    const kept = detachValue(key)
    const row = new MemoryRow(kept, detachValue(value))
    this.#rows.set(canonicalKey === key ? (kept as CanonicalKey) : detachValue(canonicalKey), row)
    return row
  }

  update(row: KeyedRow<V>, value: V): void {
    const own = row as MemoryRow<V>
    own.value = value
  }

  touch(_row: KeyedRow<V>): void {
    // Rows are objects in memory: a change in place is all there is to it.
  }

  delete(canonicalKey: CanonicalKey): boolean {
    return this.#rows.delete(canonicalKey)
  }

  rows(): IterableIterator<KeyedRow<V>> {
    return this.#rows.values()
  }

  entries(): IterableIterator<[CanonicalKey, KeyedRow<V>]> {
    return this.#rows.entries()
  }
}

export class MemoryNamespacedTable<V> implements NamespacedTable<V> {
  readonly #tables = new Map<number, MemoryTable<V>>()

  at(namespace: number): KeyedTable<V> | undefined {
    return this.#tables.get(namespace)
  }

  ensure(namespace: number): KeyedTable<V> {
    let table = this.#tables.get(namespace)
    if (table === undefined) {
      table = new MemoryTable<V>()
      this.#tables.set(namespace, table)
    }
    return table
  }

  drop(namespace: number): void {
    this.#tables.delete(namespace)
  }

  namespaces(): Iterable<number> {
    return this.#tables.keys()
  }
}
