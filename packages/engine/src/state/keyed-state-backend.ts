import type { RuntimeContext } from '../functions/process-function.ts'
import type { CanonicalKey } from '../record/canonical-key.ts'

/** One entry of keyed state in a snapshot. Encoded key, namespace and value are in the state's own format. */
export interface KeyedSnapshotEntry {
  readonly keyGroup: number
  /** Name of the state; timers have names of their own. */
  readonly state: string
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** What a snapshot in segments says of one key of one state; encoded as in `KeyedSnapshotEntry`. */
export interface KeyedChange {
  readonly state: string
  readonly keyGroup: number
  readonly key: Uint8Array
  /** undefined: it is gone. */
  readonly value: Uint8Array | undefined
}

/** Keyed state that stands outside of tables, such as timers, and keeps account of its changes. */
export interface ChangeSource {
  /** Segments hold all that is there now: from here on changes count. */
  begin(): void
  /**
   * What has changed since `begin` or the last freeze, or all there is, as it is now; from here on changes count for the
   * next freeze. It is gone through in slices, to its end, while things go on.
   */
  freeze(all: boolean): Iterable<KeyedChange>
}

/**
 * Keyed state of one operator in one subtask: in memory, and on disk what there is no room for. All calls are synchronous;
 * one that needs a row from disk blocks the thread until it is there.
 */
export interface KeyedStateBackend {
  /** Selects the key that all state access refers to until the next call. Throws KEY_TYPE for what cannot be a key. */
  setCurrentKey(key: unknown): void
  /** The same for a key whose canonical form is at hand. */
  selectKey(canonicalKey: CanonicalKey, key: unknown): void
  currentKey(): unknown
  currentCanonicalKey(): CanonicalKey
  /** No key is current from here on: state access throws until the next one is selected. */
  clearCurrentKey(): void
  /**
   * Makes every key that has an entry of this state of a user's function the current one in turn, and calls back. The
   * state of that key may be changed and removed. No key is current afterwards.
   */
  forEachKey(stateName: string, apply: (key: unknown) => void): void

  /** State for a user's function, always that of the current key. The same name gives the same state. */
  readonly getState: RuntimeContext['getState']

  /**
   * A table for operators that look keys up themselves: one lookup per record. Of several calls with one name, all give
   * the same table.
   */
  table<V>(name: string, options?: TableOptions<V>): KeyedTable<V>
  /**
   * A table of one number per key in typed arrays, for counts and sums: several times faster than `table<number>`, and in
   * a third of its memory. Its snapshots are those of `table<number>`, so either may restore the other's.
   */
  numberTable(name: string): NumberTable
  /** `table` for values that mostly stand in columns. Its snapshots are those of `table`, so either may restore the other's. */
  columnTable<V>(name: string, columns: Columns<V>): ColumnTable<V>
  /** A table per namespace, such as the end of a window; with columns, a ColumnTable. */
  namespacedTable<V>(name: string, columns?: Columns<V>): NamespacedTable<V>

  /** Key group of a key; and whether it belongs to this subtask. */
  keyGroupOf(key: unknown): number
  ownsKeyGroup(keyGroup: number): boolean

  /** Whether anything is on disk, so that it is worth asking for keys before they are used. Cheap. */
  readonly mayHaveSpilled: boolean
  /**
   * Fetches what is on disk under the first `count` of these keys, by one question instead of one for each key that turns
   * out to be missing. Before input is processed the subtask does it for the head of its chain.
   */
  prefetch(keys: readonly CanonicalKey[], count: number): void

  /** All entries, in no particular order, as of now; none where snapshots go into segments, which take them by themselves. */
  snapshot(): KeyedSnapshotEntry[]
  /** Whether snapshots go into segments. */
  readonly inSegments: boolean
  /** For what is kept beside the state and can be made of it again. */
  readonly room: CacheRoom
  /** Has the changes of what stands outside of tables put into segments too. */
  addSource(source: ChangeSource): void
  /** The entries of a state that were restored and that nobody has taken yet. */
  takeRestored(state: string): Iterable<KeyedSnapshotEntry>
  /** Takes over the entries whose key group belongs to this subtask; passes over the others. */
  restore(entries: Iterable<KeyedSnapshotEntry>): void
  /** Estimate of what the state takes up, for the `state_size_bytes` metric. */
  sizeBytes(): number
}

/** The memory of all state of a slot, as those see it who keep beside their state what can be made of it again. */
export interface CacheRoom {
  /** Infinity where nothing has to leave. */
  readonly limitBytes: number
  /** From here on `cache` is asked to give way when there is no room, in turn with everything else. */
  enter(cache: RoomCache): void
  /** A cache has grown by so many bytes, or shrunk. Others may have to leave for it, and it itself. */
  add(bytes: number): void
}

/** Something kept beside the state. */
export interface RoomCache {
  /** Gives up all or nothing: nothing where it was used since the last call. Answers whether `bytes` have become free. */
  sweep(bytes: number): boolean
}

export interface TableOptions<V> {
  /** Wall-clock ms from which on a value counts as gone: snapshots, and merges of their segments, leave it out. */
  readonly expiresAtMs?: (value: V) => number
}

/**
 * A key with its value. The value is changed through the table, so that the table knows of every change.
 *
 * A row may leave for the disk whenever state is used, that of another table too. A caller that holds one over other calls
 * may still give it to `update` and `touch`, which bring it back as it is then; but whoever changes a value in place tells
 * so before the next call that looks the same key up, or that call may find the value from before.
 */
export interface KeyedRow<V> {
  readonly key: unknown
  readonly value: V
}

export interface KeyedTable<V> {
  readonly size: number
  get(canonicalKey: CanonicalKey): KeyedRow<V> | undefined
  /**
   * For a key that is not there. Key and value are stored as they are, but for strings that would keep a batch of records
   * in memory, which are copied.
   */
  insert(canonicalKey: CanonicalKey, key: unknown, value: V): KeyedRow<V>
  /** Replaces the value of a row of this table. */
  update(row: KeyedRow<V>, value: V): void
  /** The value of a row of this table was changed in place. */
  touch(row: KeyedRow<V>): void
  /** False when it is not there. */
  delete(canonicalKey: CanonicalKey): boolean
  /**
   * Those in memory in order of insertion, then those on disk in no particular order; each once. Rows may be deleted
   * during the iteration. It may stop and go on over many steps; until its end (or `return`) no row of this table leaves
   * memory, so whoever gives it up before calls `return`. A row that came from disk is not in memory: `update` and `touch`
   * put it there.
   */
  rows(): IterableIterator<KeyedRow<V>>
  /** The same with their canonical keys. */
  entries(): IterableIterator<[CanonicalKey, KeyedRow<V>]>
}

/** How a value that is made of numbers stands in a row of them. */
export interface Columns<V> {
  /** Numbers of a row. */
  readonly width: number
  /** Whether the value can stand there. */
  fits(value: unknown): value is V
  /** Numbers from `at` on. */
  write(value: V, cells: Float64Array, at: number): void
  read(cells: Float64Array, at: number): V
}

/**
 * A table whose rows stand in columns of numbers where key and value allow it: the key a number, the value one that fits.
 * Other rows are objects, as in any table. The snapshots of both are the same.
 *
 * A row of a key that is in columns is made anew by each call, so whoever has changed its value in place tells so.
 *
 * Who knows the columns gets around that: it finds the place of a key, tells that the row will change, and changes its
 * cells, all before the next call for another key.
 */
export interface ColumnTable<V> extends KeyedTable<V> {
  /** Of a row in columns in memory; -1 where there is none, also for what is no number. */
  placeOf(key: number): number
  /** Rows of `width + 1` numbers, the first being the key. Valid until a row comes in. */
  readonly cells: Float64Array
  /** The row at the place is about to change. */
  change(place: number): void
  /** Whether all rows stand in columns in memory. Then they are those of the places below `top` that are live. */
  readonly isInColumns: boolean
  readonly top: number
  isLive(place: number): boolean
}

/** One number per key. What belongs to a key is found by it each time; there are no rows to hold on to. */
export interface NumberTable {
  readonly size: number
  /** Adds to the number of the key, 0 where there is none, and answers the sum. */
  add(canonicalKey: CanonicalKey, amount: number): number
  get(canonicalKey: CanonicalKey): number | undefined
  set(canonicalKey: CanonicalKey, value: number): void
  /** False when it is not there. */
  delete(canonicalKey: CanonicalKey): boolean
  /** In no particular order, each once; as `KeyedTable.rows` otherwise. An object key comes with its fields sorted by name. */
  rows(): IterableIterator<KeyedRow<number>>
}

export interface NamespacedTable<V> {
  /** undefined when the namespace holds nothing. */
  at(namespace: number): KeyedTable<V> | undefined
  /** The table of the namespace, made when it is not there. */
  ensure(namespace: number): KeyedTable<V>
  /** Forgets the namespace, on disk too. What is held of its table is of no use from then on. */
  drop(namespace: number): void
  namespaces(): Iterable<number>
}
