import { assert } from '../base/assert.ts'
import { WeirError } from '../base/errors.ts'
import type { Clock } from '../base/platform.ts'
import { type CanonicalKey, canonicalKey } from '../record/canonical-key.ts'
import { decodeKey } from '../record/key-encoding.ts'
import { keyGroupOf } from '../record/key-group.ts'
import { decodeValue } from '../record/value-codec.ts'
import { StateColumnTable } from './column-table.ts'
import { readCountedKey, readNamespacedEntryKey } from './entry-key.ts'
import type {
  CacheRoom,
  ChangeSource,
  Columns,
  ColumnTable,
  KeyedSnapshotEntry,
  KeyedStateBackend,
  KeyedTable,
  NamespacedTable,
  NumberTable,
  TableOptions,
} from './keyed-state-backend.ts'
import type { ExpiringEntry } from './map-state.ts'
import { NamespacedStateTable, statePrefix, TablesByKey } from './nested-tables.ts'
import { TypedNumberTable } from './number-table.ts'
import { entriesOf, type Fetching, type RegisteredState } from './registered-state.ts'
import { RestoredState } from './restored-state.ts'
import type { SegmentChain } from './segments/segment-chain.ts'
import type { SnapshotPass } from './snapshot-pass.ts'
import type { SpillKeys } from './spill-store.ts'
import { type RoomShare, StateRoom } from './state-room.ts'
import { StateTable } from './state-table.ts'
import { type StateDescriptor, UserStates, userStateNames } from './user-states.ts'

export interface MemoryTierOptions {
  readonly maxParallelism: number
  readonly ownsKeyGroup: (keyGroup: number) => boolean
  /** Its wall clock is what time-to-live is measured on. */
  readonly clock: Clock
  /**
   * The room that the state shares with all other state of its slot, with the way to disk; without it everything stays
   * in memory.
   */
  readonly room?: StateRoom
  /** What errors call the state: the operator and the subtask. */
  readonly name?: string
  /** Whether snapshots go into segments: `freeze` makes them, and `snapshot` gives nothing. */
  readonly inSegments?: boolean
}

/**
 * Keyed state: in JS Maps, values updated in place, and on disk what there is no room for in memory.
 *
 * Invariant: what was restored is either in a table or waits, as bytes, for the table of its name to be asked for; both
 * are in the next snapshot. So state of a function that does not ask for it any more is carried on, not lost.
 */
export class MemoryTier implements KeyedStateBackend {
  readonly #options: MemoryTierOptions
  readonly #share: RoomShare
  readonly #registered = new Map<string, RegisteredState>()
  readonly #userStates: UserStates
  readonly #restored: RestoredState
  #hasKey = false
  #key: unknown
  #canonicalKey: CanonicalKey | undefined

  constructor(options: MemoryTierOptions) {
    this.#options = options
    this.#share = (options.room ?? new StateRoom(Number.POSITIVE_INFINITY)).share(options.name ?? 'an operator')
    this.#restored = new RestoredState(options.ownsKeyGroup)
    this.#userStates = new UserStates({
      backend: this,
      mapTables: (stateName, expires) => this.#mapTables(stateName, expires),
      isRestored: stateName => this.#restored.has(stateName),
      clock: options.clock,
    })
    this.#share.log.setUp(options.maxParallelism, () => options.clock.now())
  }

  get inSegments(): boolean {
    return this.#options.inSegments === true
  }

  get room(): CacheRoom {
    return this.#share.room
  }

  addSource(source: ChangeSource): void {
    this.#share.log.addSource(source)
  }

  /**
   * Everything that has changed since the last freeze, at the first time everything that there is, as it is now. What it
   * answers is encoded in slices, by its `step`, and must be at its end before the next freeze.
   */
  freeze(): SnapshotPass {
    assert(this.inSegments, 'state was frozen that does not go into segments')
    const { log, room } = this.#share
    const view = this.#share.diskWrites > 0 && log.wantsDisk ? room.openView() : undefined
    return log.freeze({ view, waiting: log.isOn ? [] : this.#restored.entries() })
  }

  /** Takes over what segments hold of the key groups of this subtask. To be called first. */
  restoreChain(chain: SegmentChain): void {
    assert(this.inSegments, 'segments were given to state that does not go into segments')
    assert(this.#registered.size === 0, 'segments were restored after the first use of state')
    this.#restored.addChain(chain)
    this.#share.log.begin()
  }

  takeRestored(state: string): Generator<KeyedSnapshotEntry, void, void> {
    return this.#restored.take(state)
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
    for (const name of userStateNames(stateName)) {
      const registered = this.#registered.get(name)
      if (registered?.form === 'table') {
        for (const [canonical, { key }] of registered.table.entries()) {
          this.selectKey(canonical, key)
          apply(key)
        }
      } else if (registered?.form === 'map') {
        for (const [canonical, key, table] of registered.tables.keys()) {
          if (isEmpty(table)) continue
          this.selectKey(canonical, key)
          apply(key)
        }
      }
    }
    this.clearCurrentKey()
  }

  keyGroupOf(key: unknown): number {
    return keyGroupOf(key, this.#options.maxParallelism)
  }

  ownsKeyGroup(keyGroup: number): boolean {
    return this.#options.ownsKeyGroup(keyGroup)
  }

  readonly getState = ((descriptor: StateDescriptor): unknown =>
    this.#userStates.get(descriptor)) as KeyedStateBackend['getState']

  table<V>(name: string, options: TableOptions<V> = {}): KeyedTable<V> {
    const known = this.#registered.get(name)
    if (known !== undefined) {
      assert(known.form === 'table', `'${name}' is not a plain table`)
      return known.table as KeyedTable<unknown> as KeyedTable<V>
    }
    const prefix = this.#nextPrefix()
    const table = new StateTable<V>(this.#share, { prefix })
    const expiresAtMs = options.expiresAtMs as TableOptions<unknown>['expiresAtMs']
    this.#registered.set(name, { form: 'table', table: table as StateTable<unknown>, expiresAtMs })
    this.#share.log.addState(prefix, { name, form: 'table', expiresAtMs, tables: () => [table] })
    for (const entry of this.takeRestored(name)) {
      const key = decodeKey(entry.key)
      table.load(canonicalKey(key), key, decodeValue(entry.value) as V)
    }
    return table
  }

  columnTable<V>(name: string, columns: Columns<V>): ColumnTable<V> {
    const known = this.#registered.get(name)
    if (known !== undefined) {
      assert(known.form === 'table' && known.table instanceof StateColumnTable, `'${name}' is not a table of columns`)
      return known.table as StateColumnTable<unknown> as StateColumnTable<V>
    }
    const prefix = this.#nextPrefix()
    const table = new StateColumnTable<V>(this.#share, { prefix }, columns)
    this.#registered.set(name, {
      form: 'table',
      table: table as StateColumnTable<unknown>,
      expiresAtMs: undefined,
    })
    this.#share.log.addState(prefix, { name, form: 'table', tables: () => [table], numbers: table })
    for (const entry of this.takeRestored(name)) {
      const key = decodeKey(entry.key)
      table.load(canonicalKey(key), key, decodeValue(entry.value) as V)
    }
    return table
  }

  numberTable(name: string): NumberTable {
    const known = this.#registered.get(name)
    if (known !== undefined) {
      assert(known.form === 'numbers', `'${name}' is not a table of numbers`)
      return known.table
    }
    const prefix = this.#nextPrefix()
    const behind = new StateTable<number>(this.#share, { prefix })
    const table = new TypedNumberTable(this.#share, behind)
    this.#registered.set(name, { form: 'numbers', table })
    this.#share.log.addState(prefix, { name, form: 'numbers', tables: () => [], numbers: table })
    for (const entry of this.takeRestored(name)) {
      table.load(canonicalKey(decodeKey(entry.key)), decodeValue(entry.value) as number)
    }
    return table
  }

  namespacedTable<V>(name: string, columns?: Columns<V>): NamespacedTable<V> {
    const known = this.#registered.get(name)
    if (known !== undefined) {
      assert(known.form === 'namespaced', `'${name}' is not a table with namespaces`)
      return known.tables as NamespacedStateTable<unknown> as NamespacedStateTable<V>
    }
    const prefix = this.#nextPrefix()
    const tables = new NamespacedStateTable<V>(this.#share, prefix, columns)
    this.#registered.set(name, { form: 'namespaced', tables: tables as NamespacedStateTable<unknown> })
    this.#share.log.addState(prefix, { name, form: 'namespaced', tables: () => tables.tables(), numbers: tables })
    for (const entry of this.takeRestored(name)) {
      const { namespace, key } = readNamespacedEntryKey(entry.key)
      tables.ensure(namespace).load(canonicalKey(key), key, decodeValue(entry.value) as V)
    }
    return tables
  }

  /** Entries of a map for each key; those that expire hold an ExpiringEntry. */
  #mapTables(name: string, expires: boolean): TablesByKey<unknown> {
    const prefix = this.#nextPrefix()
    const tables = new TablesByKey<unknown>(this.#share, prefix)
    this.#registered.set(name, { form: 'map', tables, expires })
    this.#share.log.addState(prefix, {
      name,
      form: 'map',
      expiresAtMs: expires ? value => (value as ExpiringEntry<unknown>).expiresAtMs : undefined,
      tables: () => tables.tables(),
    })
    for (const entry of this.takeRestored(name)) {
      const parts = readCountedKey(entry.key)
      const key = decodeKey(parts.key)
      const mapKey = decodeKey(parts.rest)
      tables.ensure(canonicalKey(key), key).load(canonicalKey(mapKey), mapKey, decodeValue(entry.value))
    }
    return tables
  }

  snapshot(): KeyedSnapshotEntry[] {
    if (this.inSegments) return []
    const { maxParallelism, clock } = this.#options
    const now = clock.now()
    const entries: KeyedSnapshotEntry[] = []
    for (const [state, registered] of this.#registered) {
      for (const entry of entriesOf(state, registered, { maxParallelism, now })) entries.push(entry)
    }
    for (const entry of this.#restored.entries()) entries.push(entry)
    return entries
  }

  restore(entries: Iterable<KeyedSnapshotEntry>): void {
    for (const entry of entries) {
      if (!this.ownsKeyGroup(entry.keyGroup)) continue
      assert(!this.#registered.has(entry.state), `state '${entry.state}' was restored after its first use`)
      this.#restored.add(entry)
    }
  }

  sizeBytes(): number {
    return Math.round(this.#share.usedBytes + this.#share.awayBytes + this.#restored.sizeBytes)
  }

  /** Rows read from disk and written there so far, and the estimate of what is on disk alone, in bytes. */
  get disk(): { readonly reads: number; readonly writes: number; readonly bytes: number } {
    const { diskReads, diskWrites, awayBytes } = this.#share
    return { reads: diskReads, writes: diskWrites, bytes: Math.round(awayBytes) }
  }

  /** Whether anything is on disk, so that it is worth asking for keys before they are used. */
  get mayHaveSpilled(): boolean {
    return this.#share.awayBytes > 0
  }

  /**
   * Fetches what is on disk under the keys that are about to be used, by one question for all of them: from the plain
   * tables, and of tables with namespaces from those that had to wait for the disk lately.
   */
  prefetch(keys: readonly CanonicalKey[], count: number): void {
    const asked: CanonicalKey[] = []
    const tables: { readonly table: Fetching; readonly to: number }[] = []
    const request: SpillKeys = this.#share.room.newRequest()
    const ask = (table: Fetching): void => {
      const before = asked.length
      table.askFor(keys, count, request, asked)
      if (asked.length > before) tables.push({ table, to: asked.length })
    }
    for (const registered of this.#registered.values()) {
      if (registered.form === 'table' || registered.form === 'numbers') ask(registered.table)
      else if (registered.form === 'namespaced') {
        for (const table of registered.tables.tables()) if (table.isWaitedFor) ask(table)
      }
    }
    if (asked.length === 0) return
    const values = this.#share.getMany(request)
    // What comes in may push other rows out: the answer is read to its end before anything else is asked for.
    const fetched: { table: Fetching; key: CanonicalKey; value: Uint8Array | undefined }[] = []
    let at = 0
    for (const { table, to } of tables) {
      for (; at < to; at++) fetched.push({ table, key: asked[at]!, value: values.next() })
    }
    for (const { table, key, value } of fetched) table.takeFetched(key, value)
  }

  #nextPrefix(): Uint8Array {
    return statePrefix(this.#share.room.nextTable())
  }
}

function isEmpty(table: KeyedTable<unknown>): boolean {
  for (const _ of table.rows()) return false
  return true
}

function noCurrentKey(): WeirError {
  return new WeirError(
    'USER_FUNCTION',
    'keyed state was used where there is no current key, such as in open(); use it in processElement or onTimer',
  )
}
