import { assert } from '../base/assert.ts'
import { WeirError } from '../base/errors.ts'
import type { Clock } from '../base/platform.ts'
import type {
  AggregatingStateDescriptor,
  ListStateDescriptor,
  MapStateDescriptor,
  ReducingStateDescriptor,
  ValueStateDescriptor,
} from '../functions/state-descriptors.ts'
import { type CanonicalKey, canonicalKey } from '../record/canonical-key.ts'
import { decodeKey, encodeKey } from '../record/key-encoding.ts'
import { keyGroupOf, keyGroupOfBytes } from '../record/key-group.ts'
import { decodeValue, encodeValue } from '../record/value-codec.ts'
import { AggregatingStateInMemory } from './aggregating-state.ts'
import { type Cell, ExpiringCell, PlainCell } from './cell.ts'
import { namespacedEntryKey, readNamespacedEntryKey } from './entry-key.ts'
import { estimateBytes } from './estimate-bytes.ts'
import type {
  KeyedSnapshotEntry,
  KeyedStateBackend,
  KeyedTable,
  NamespacedTable,
  TableOptions,
} from './keyed-state-backend.ts'
import { type ListCell, ListStateInMemory } from './list-state.ts'
import { type MapCell, MapStateInMemory } from './map-state.ts'
import { MemoryNamespacedTable, MemoryTable } from './memory-table.ts'
import { ReducingStateInMemory } from './reducing-state.ts'
import { ValueStateInMemory } from './value-state.ts'

export interface MemoryTierOptions {
  readonly maxParallelism: number
  readonly ownsKeyGroup: (keyGroup: number) => boolean
  /** Its wall clock is what time-to-live is measured on. */
  readonly clock: Clock
}

type AnyDescriptor =
  | ValueStateDescriptor<unknown>
  | ListStateDescriptor<unknown>
  | MapStateDescriptor<unknown, unknown>
  | ReducingStateDescriptor<unknown>
  | AggregatingStateDescriptor<unknown, unknown, unknown>

interface RegisteredTable {
  readonly table: MemoryTable<unknown>
  readonly options: TableOptions<unknown>
}

/** Names of states that users chose stand apart from those of operators. */
const USER_STATE_PREFIX = 'user/'
/** Rows of a table that are looked at for the estimate of its size. */
const SAMPLE_ROWS = 16
/** What a row costs beside its key and value: the entry of the Map and the row object. */
const ROW_BYTES = 72

/**
 * Keyed state in JS Maps, values updated in place.
 *
 * Invariant: what was restored is either in a table or waits, as bytes, for the table of its name to be asked for; both
 * are in the next snapshot. So state of a function that does not ask for it any more is carried on, not lost.
 */
export class MemoryTier implements KeyedStateBackend {
  readonly #options: MemoryTierOptions
  readonly #tables = new Map<string, RegisteredTable>()
  readonly #namespaced = new Map<string, MemoryNamespacedTable<unknown>>()
  readonly #states = new Map<string, { kind: string; state: unknown }>()
  readonly #waiting = new Map<string, KeyedSnapshotEntry[]>()
  #hasKey = false
  #key: unknown
  #canonicalKey: CanonicalKey | undefined

  constructor(options: MemoryTierOptions) {
    this.#options = options
  }

  setCurrentKey(key: unknown): void {
    this.#canonicalKey = canonicalKey(key)
    this.#key = key
    this.#hasKey = true
  }

  selectKey(canonical: CanonicalKey, key: unknown): void {
    this.#canonicalKey = canonical
    this.#key = key
    this.#hasKey = true
  }

  currentKey(): unknown {
    if (!this.#hasKey) throw noCurrentKey()
    return this.#key
  }

  currentCanonicalKey(): CanonicalKey {
    if (!this.#hasKey) throw noCurrentKey()
    return this.#canonicalKey as CanonicalKey
  }

  clearCurrentKey(): void {
    this.#hasKey = false
    this.#key = undefined
    this.#canonicalKey = undefined
  }

  forEachKey(stateName: string, apply: (key: unknown) => void): void {
    for (const [canonical, row] of this.#tables.get(USER_STATE_PREFIX + stateName)?.table.entries() ?? []) {
      this.selectKey(canonical, row.key)
      apply(row.key)
    }
    this.clearCurrentKey()
  }

  keyGroupOf(key: unknown): number {
    return keyGroupOf(key, this.#options.maxParallelism)
  }

  ownsKeyGroup(keyGroup: number): boolean {
    return this.#options.ownsKeyGroup(keyGroup)
  }

  getState = ((descriptor: AnyDescriptor): unknown => {
    const known = this.#states.get(descriptor.name)
    if (known === undefined) {
      const state = this.#createState(descriptor)
      this.#states.set(descriptor.name, { kind: descriptor.kind, state })
      return state
    }
    if (known.kind === descriptor.kind) return known.state
    throw new WeirError(
      'USER_FUNCTION',
      `the state '${descriptor.name}' is used both as ${known.kind} state and as ${descriptor.kind} state; give each its own name`,
    )
  }) as KeyedStateBackend['getState']

  table<V>(name: string, options: TableOptions<V> = {}): KeyedTable<V> {
    const known = this.#tables.get(name)
    if (known !== undefined) return known.table as MemoryTable<unknown> as MemoryTable<V>
    const table = new MemoryTable<V>()
    this.#tables.set(name, {
      table: table as MemoryTable<unknown>,
      options: options as TableOptions<unknown>,
    })
    for (const entry of this.#takeWaiting(name)) {
      const key = decodeKey(entry.key)
      table.insert(canonicalKey(key), key, decodeValue(entry.value) as V)
    }
    return table
  }

  namespacedTable<V>(name: string): NamespacedTable<V> {
    const known = this.#namespaced.get(name)
    if (known !== undefined) return known as MemoryNamespacedTable<unknown> as MemoryNamespacedTable<V>
    const table = new MemoryNamespacedTable<V>()
    this.#namespaced.set(name, table as MemoryNamespacedTable<unknown>)
    for (const entry of this.#takeWaiting(name)) {
      const { namespace, key } = readNamespacedEntryKey(entry.key)
      table.ensure(namespace).insert(canonicalKey(key), key, decodeValue(entry.value) as V)
    }
    return table
  }

  snapshot(): KeyedSnapshotEntry[] {
    const entries: KeyedSnapshotEntry[] = []
    const { maxParallelism } = this.#options
    for (const [state, { table, options }] of this.#tables) {
      for (const { key, value } of table.rows()) {
        if (options.expired?.(value)) continue
        const bytes = encodeKey(key)
        entries.push({ keyGroup: keyGroupOfBytes(bytes, maxParallelism), state, key: bytes, value: encodeValue(value) })
      }
    }
    for (const [state, namespaced] of this.#namespaced) {
      for (const namespace of namespaced.namespaces()) {
        for (const { key, value } of namespaced.at(namespace)?.rows() ?? []) {
          const bytes = encodeKey(key)
          const keyGroup = keyGroupOfBytes(bytes, maxParallelism)
          entries.push({ keyGroup, state, key: namespacedEntryKey(namespace, bytes), value: encodeValue(value) })
        }
      }
    }
    for (const waiting of this.#waiting.values()) entries.push(...waiting)
    return entries
  }

  restore(entries: Iterable<KeyedSnapshotEntry>): void {
    for (const entry of entries) {
      if (!this.ownsKeyGroup(entry.keyGroup)) continue
      assert(
        !this.#tables.has(entry.state) && !this.#namespaced.has(entry.state),
        `state '${entry.state}' was restored after its first use`,
      )
      const waiting = this.#waiting.get(entry.state)
      if (waiting === undefined) this.#waiting.set(entry.state, [entry])
      else waiting.push(entry)
    }
  }

  sizeBytes(): number {
    let bytes = 0
    for (const { table } of this.#tables.values()) bytes += tableBytes(table)
    for (const namespaced of this.#namespaced.values()) {
      for (const namespace of namespaced.namespaces()) {
        const table = namespaced.at(namespace)
        if (table !== undefined) bytes += tableBytes(table)
      }
    }
    for (const waiting of this.#waiting.values()) {
      for (const entry of waiting) bytes += entry.key.byteLength + entry.value.byteLength
    }
    return bytes
  }

  #createState(descriptor: AnyDescriptor): unknown {
    switch (descriptor.kind) {
      case 'value':
        return new ValueStateInMemory(this.#cell(descriptor), descriptor.default)
      case 'list':
        return new ListStateInMemory(this.#cell<ListCell<unknown>>(descriptor))
      case 'map':
        // Entries of a map expire each by itself.
        return new MapStateInMemory(
          this.#cell<MapCell<unknown, unknown>>({ name: descriptor.name }),
          this.#options.clock,
          descriptor.ttlMs,
        )
      case 'reducing':
        return new ReducingStateInMemory(this.#cell(descriptor), descriptor.reduce)
      case 'aggregating':
        return new AggregatingStateInMemory(this.#cell(descriptor), descriptor.aggregator)
    }
  }

  #cell<V>(descriptor: { readonly name: string; readonly ttlMs?: number }): Cell<V> {
    const name = USER_STATE_PREFIX + descriptor.name
    if (descriptor.ttlMs === undefined) return new PlainCell(this, this.table<V>(name))
    return new ExpiringCell(this, name, this.#options.clock, descriptor.ttlMs)
  }

  #takeWaiting(name: string): KeyedSnapshotEntry[] {
    const waiting = this.#waiting.get(name) ?? []
    this.#waiting.delete(name)
    return waiting
  }
}

function tableBytes(table: KeyedTable<unknown>): number {
  let sampled = 0
  let bytes = 0
  for (const { key, value } of table.rows()) {
    if (sampled === SAMPLE_ROWS) break
    sampled++
    bytes += ROW_BYTES + estimateBytes(key) + estimateBytes(value)
  }
  return sampled === 0 ? 0 : Math.round((bytes / sampled) * table.size)
}

function noCurrentKey(): WeirError {
  return new WeirError(
    'USER_FUNCTION',
    'keyed state was used where there is no current key, such as in open(); use it in processElement or onTimer',
  )
}
