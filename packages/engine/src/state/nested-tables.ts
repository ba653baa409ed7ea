import { assert } from '../base/assert.ts'
import { type CanonicalKey, canonicalKey } from '../record/canonical-key.ts'
import { decodeKey, encodeKey } from '../record/key-encoding.ts'
import { murmur3 } from '../record/murmur3.ts'
import type { SnapshotNumbers } from './change-log.ts'
import { StateColumnTable } from './column-table.ts'
import { detachValue } from './detach.ts'
import { countedKey, namespaceBytes, readCountedKey } from './entry-key.ts'
import { KeyFilter } from './key-filter.ts'
import type { Columns, NamespacedTable } from './keyed-state-backend.ts'
import type { RoomShare } from './state-room.ts'
import { StateTable } from './state-table.ts'

/** What a table costs beside its rows. */
const TABLE_BYTES = 400
/** Entries that are looked at together for the keys that have entries on disk alone. */
const SCAN_ENTRIES = 512

/** The key of everything of one state on disk begins with its number. */
export function statePrefix(number: number): Uint8Array {
  const prefix = new Uint8Array(4)
  new DataView(prefix.buffer).setUint32(0, number)
  return prefix
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}

type TableOfNamespace<V> = StateTable<V> | StateColumnTable<V>

/** One table per namespace. A table lives until its namespace is dropped, whether its rows are in memory or on disk. */
export class NamespacedStateTable<V> implements NamespacedTable<V>, SnapshotNumbers {
  readonly #tables = new Map<number, TableOfNamespace<V>>()
  readonly #share: RoomShare
  readonly #prefix: Uint8Array
  readonly #columns: Columns<V> | undefined
  #frozen: StateColumnTable<V>[] = []

  /** With `columns` each is a StateColumnTable. */
  constructor(share: RoomShare, prefix: Uint8Array, columns?: Columns<V>) {
    this.#share = share
    this.#prefix = prefix
    this.#columns = columns
  }

  at(namespace: number): TableOfNamespace<V> | undefined {
    return this.#tables.get(namespace)
  }

  ensure(namespace: number): TableOfNamespace<V> {
    let table = this.#tables.get(namespace)
    if (table === undefined) {
      const place = { prefix: joined(this.#prefix, namespaceBytes(namespace)) }
      table =
        this.#columns === undefined
          ? new StateTable<V>(this.#share, place)
          : new StateColumnTable<V>(this.#share, place, this.#columns)
      this.#tables.set(namespace, table)
      this.#share.add(TABLE_BYTES)
    }
    return table
  }

  drop(namespace: number): void {
    const table = this.#tables.get(namespace)
    if (table === undefined) return
    this.#tables.delete(namespace)
    table.drop()
    this.#share.add(-TABLE_BYTES)
  }

  namespaces(): Iterable<number> {
    return this.#tables.keys()
  }

  tables(): Iterable<TableOfNamespace<V>> {
    return this.#tables.values()
  }

  freeze(): void {
    if (this.#columns === undefined) return
    this.#frozen = [...this.#tables.values()] as StateColumnTable<V>[]
    for (const table of this.#frozen) table.freeze()
  }

  /** A table that is dropped meanwhile has captured what it held. */
  *capturePending(all: boolean): Generator<undefined, void, void> {
    for (const table of this.#frozen) yield* table.capturePending(all)
    this.#frozen = []
  }
}

/**
 * One table per key of a record: the entries of map state, each a row of its own, so that a map may be larger than memory,
 * and that there may be more keys than tables fit into memory. A table whose rows are all on disk is let go; one filter
 * for all of them knows which keys to look for there.
 */
export class TablesByKey<V> {
  readonly #tables = new Map<CanonicalKey, StateTable<V>>()
  readonly #share: RoomShare
  readonly #prefix: Uint8Array
  readonly #filter = new KeyFilter()

  constructor(share: RoomShare, prefix: Uint8Array) {
    this.#share = share
    this.#prefix = prefix
  }

  /** undefined where the key has no entries for sure. */
  at(canonical: CanonicalKey, key: unknown): StateTable<V> | undefined {
    const table = this.#tables.get(canonical)
    if (table !== undefined || this.#filter.sizeBytes === 0) return table
    const prefix = this.#prefixOf(key)
    return this.#filter.has(murmur3(prefix, prefix.length)) ? this.#create(canonical, prefix) : undefined
  }

  ensure(canonical: CanonicalKey, key: unknown): StateTable<V> {
    return this.#tables.get(canonical) ?? this.#create(detachValue(canonical), this.#prefixOf(key))
  }

  clear(canonical: CanonicalKey, key: unknown): void {
    const table = this.at(canonical, key)
    if (table === undefined) return
    table.clear()
    this.letGo(canonical, table)
  }

  /** To be called when an entry was removed. */
  letGo(canonical: CanonicalKey, table: StateTable<V>): void {
    if (table.rowsInMemory > 0 || table.isBeingIterated || this.#tables.get(canonical) !== table) return
    this.#tables.delete(canonical)
    table.leave()
    this.#share.add(-TABLE_BYTES)
  }

  /** Those that have rows in memory. */
  tables(): Iterable<StateTable<V>> {
    return this.#tables.values()
  }

  /** Keys that may have entries, each once. */
  *keys(): Iterable<[CanonicalKey, unknown, StateTable<V>]> {
    const met = new Set<CanonicalKey>()
    for (const [canonical, table] of this.#tables) {
      met.add(canonical)
      yield [canonical, decodeKey(readCountedKey(table.prefix, this.#prefix.length).key), table]
    }
    if (this.#filter.sizeBytes === 0) return
    let after: Uint8Array | null = null
    for (;;) {
      const entries = this.#share.scan(this.#prefix, after, SCAN_ENTRIES)
      for (const entry of entries) {
        const key = decodeKey(readCountedKey(entry.key, this.#prefix.length).key)
        const canonical = canonicalKey(key)
        if (met.has(canonical)) continue
        met.add(canonical)
        yield [canonical, key, this.ensure(canonical, key)]
      }
      if (entries.length < SCAN_ENTRIES) return
      after = entries[entries.length - 1]!.key
    }
  }

  #prefixOf(key: unknown): Uint8Array {
    return joined(this.#prefix, countedKey(encodeKey(key)))
  }

  #create(canonical: CanonicalKey, prefix: Uint8Array): StateTable<V> {
    const table: StateTable<V> = new StateTable<V>(this.#share, {
      prefix,
      shared: {
        filter: this.#filter,
        prefixHash: murmur3(prefix, prefix.length),
        onEmpty: () => this.letGo(canonical, table),
        onUsedAgain: () => {
          assert(!this.#tables.has(canonical), 'two tables of one key of map state')
          this.#tables.set(canonical, table)
          this.#share.add(TABLE_BYTES)
        },
      },
    })
    this.#tables.set(canonical, table)
    this.#share.add(TABLE_BYTES)
    return table
  }
}
