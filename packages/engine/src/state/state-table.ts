import { assert } from '../base/assert.ts'
import { type CanonicalKey, canonicalKey, keyFromCanonical } from '../record/canonical-key.ts'
import { decodeKey, KeyEncoder } from '../record/key-encoding.ts'
import { murmur3 } from '../record/murmur3.ts'
import { decodeValue } from '../record/value-codec.ts'
import type { ChangeLog } from './change-log.ts'
import { detachValue } from './detach.ts'
import { KeyFilter } from './key-filter.ts'
import type { KeyedRow, KeyedTable } from './keyed-state-backend.ts'
import type { SpillKeys } from './spill-store.ts'
import type { RoomShare, Spillable } from './state-room.ts'
import { AWAY, BASED, DEAD, DIRTY, MARKS, ON_DISK, StateRow, USED } from './state-row.ts'
import { TableIteration } from './table-iteration.ts'

/**
 * One of so many changes of a value looks at its size anew: of the more, the longer none was another. Primes, so that no
 * row is passed by for ever where they change in turn.
 */
const RESIZE_EVERY = [17, 31, 61, 127, 251] as const
/** Rows that a scan fetches at once, the first time and at most. */
const SCAN_FIRST = 16
const SCAN_MAX = 512

/** So many prefetches in vain, and a table is left out of them until somebody has to wait for it. */
const WAITS_MAX = 4

const encoder = new KeyEncoder()

/** How a table finds its rows on disk. */
export interface TablePlace {
  /** What the keys of its rows begin with. */
  readonly prefix: Uint8Array
  /** Where tables share a filter, since there are many of them that come and go; undefined: the table has its own. */
  readonly shared?: {
    /** Holds the prefixes of tables that may have rows on disk, and the keys of these rows. */
    readonly filter: KeyFilter
    readonly prefixHash: number
    /** The table has no rows in memory any more, and may be let go. */
    readonly onEmpty: () => void
    /** A table that was let go got a row by a caller who held on to it. */
    readonly onUsedAgain: () => void
  }
}

/** One pass over what is on disk. */
interface Scan {
  entries: readonly { readonly key: Uint8Array; readonly value: Uint8Array }[]
  at: number
  limit: number
  last: boolean
  /** Since it began: keys that came back into memory, which it has not met, and keys that were deleted. */
  readonly cameBack: Set<CanonicalKey>
  readonly deleted: Set<CanonicalKey>
}

/**
 * Rows by key: a JS Map with values updated in place, and behind it the disk for what the room has no place for.
 *
 * Invariants: a row in the Map is the truth, whatever is on disk under its key. A row that is not in the Map but on disk
 * is found by its key, since the filter never says no of one that was written. While somebody goes through the rows none
 * of them leaves, so that each is met once.
 *
 * A row that a caller still holds may have left: `update` and `touch` bring it back with the value that it has then, so a
 * caller may do other things with state between looking a row up and telling of its change.
 */
export class StateTable<V> implements KeyedTable<V>, Spillable {
  readonly #rows = new Map<CanonicalKey, StateRow<V>>()
  readonly #room: RoomShare
  readonly #log: ChangeLog
  readonly #place: TablePlace
  #filter: KeyFilter | undefined
  /** Rows on disk that are not in the Map. Counted only by tables with a filter of their own. */
  #away = 0
  #awayBytes = 0
  #bytes = 0
  /** So many changes until one is looked at, and the place in RESIZE_EVERY that they were taken from. */
  #changesLeft = 1
  #steadiness = 0
  #hand: Iterator<[CanonicalKey, StateRow<V>]> | undefined
  #iterations = 0
  #left = false
  #waits = 0
  readonly #scans: Scan[] = []

  constructor(room: RoomShare, place: TablePlace) {
    this.#room = room
    this.#log = room.log
    this.#place = place
    this.#filter = place.shared?.filter
    if (room.spills) room.enter(this)
  }

  /** Rows in memory and on disk; of a table that shares its filter, those in memory alone. */
  get size(): number {
    return this.#rows.size + this.#away
  }

  get prefix(): Uint8Array {
    return this.#place.prefix
  }

  get rowsInMemory(): number {
    return this.#rows.size
  }

  /** Whether rows may be on disk that are not in memory. */
  get mayHaveSpilled(): boolean {
    const { shared } = this.#place
    return shared === undefined ? this.#away > 0 : shared.filter.has(shared.prefixHash)
  }

  /** Whether somebody waited for the disk since the last time this was asked: then its next keys are asked for together. */
  get isWaitedFor(): boolean {
    if (this.#waits === 0) return false
    this.#waits--
    return true
  }

  get isBeingIterated(): boolean {
    return this.#iterations > 0
  }

  get(canonical: CanonicalKey): KeyedRow<V> | undefined {
    const row = this.#rows.get(canonical)
    if (row !== undefined) {
      row.word |= USED
      // Its value may be changed in place before anybody tells.
      if ((row.word & this.#log.pendingMask) === this.#log.pendingValue) this.#captureObject(row)
      return row
    }
    return this.#filter === undefined ? undefined : this.#fetch(canonical)
  }

  /** Without using it. */
  hasInMemory(canonical: CanonicalKey): boolean {
    return this.#rows.has(canonical)
  }

  insert(canonical: CanonicalKey, key: unknown, value: V): KeyedRow<V> {
    const kept = detachValue(key)
    const row = new StateRow(kept, detachValue(value), USED | DIRTY | this.#log.mark)
    if (this.#log.mark !== 0) this.#log.changed(this.#place.prefix, row)
    this.#set(canonical === key ? (kept as CanonicalKey) : detachValue(canonical), row)
    this.#grow(row.sizeBytes)
    return row
  }

  /** `insert` for what segments hold already, where they do. */
  load(canonical: CanonicalKey, key: unknown, value: V): void {
    if (!this.#log.isOn) {
      this.insert(canonical, key, value)
      return
    }
    const row = new StateRow(key, value, USED | DIRTY | BASED)
    this.#set(canonical, row)
    this.#grow(row.sizeBytes)
  }

  update(row: KeyedRow<V>, value: V): void {
    const own = row as StateRow<V>
    if ((own.word & MARKS) !== this.#log.mark) this.#firstChange(own)
    own.value = value
    own.word |= USED | DIRTY
    if (typeof value !== 'number') this.#changed(own)
    else if ((own.word & AWAY) !== 0) this.#bringBack(own)
  }

  touch(row: KeyedRow<V>): void {
    const own = row as StateRow<V>
    if ((own.word & MARKS) !== this.#log.mark) this.#firstChange(own)
    own.word |= USED | DIRTY
    this.#changed(own)
  }

  delete(canonical: CanonicalKey): boolean {
    const row = this.#rows.get(canonical)
    if (row === undefined) {
      if (this.#filter === undefined || this.#onDisk(canonical) === undefined) return false
      if (this.#log.mark !== 0) this.#log.removed(this.#place.prefix, keyFromCanonical(canonical))
      this.#deleteOnDisk(keyFromCanonical(canonical))
      this.#countBack(canonical, this.#averageAway())
    } else {
      if (this.#log.mark !== 0) {
        if (this.#bury(row)) this.#log.removed(this.#place.prefix, row.key)
      }
      this.#rows.delete(canonical)
      if ((row.word & ON_DISK) !== 0) this.#deleteOnDisk(row.key)
      this.#grow(-row.sizeBytes)
    }
    for (const { deleted } of this.#scans) deleted.add(canonical)
    return true
  }

  /** Forgets all rows, those on disk too. The table may be used on. */
  clear(): void {
    const { prefix, shared } = this.#place
    if (this.#log.mark !== 0) this.#buryAll()
    if (shared === undefined ? this.#filter !== undefined : this.mayHaveSpilled) this.#room.deletePrefix(prefix)
    for (const scan of this.#scans) {
      scan.entries = []
      scan.last = true
    }
    this.#grow(-this.#bytes)
    this.#room.countAway(-this.#awayBytes)
    this.#rows.clear()
    this.#away = 0
    this.#awayBytes = 0
    this.#hand = undefined
    if (shared !== undefined || this.#filter === undefined) return
    this.#room.countFilter(-this.#filter.sizeBytes)
    this.#filter = undefined
  }

  /** Forgets all rows for good. */
  drop(): void {
    this.clear()
    this.#room.leave(this)
  }

  /** Lets go of a table without rows in memory, while others know what of it is on disk. */
  leave(): void {
    this.#left = true
    this.#room.leave(this)
  }

  rows(): IterableIterator<KeyedRow<V>> {
    if (!this.#room.spills) return this.#log.mark === 0 ? this.#rows.values() : this.#capturing()
    let scan: Scan | undefined
    this.#iterations++
    return new TableIteration<KeyedRow<V>>(
      this.#capturing(),
      () => {
        scan ??= this.#beginScan()
        return this.#nextOnDisk(scan)
      },
      () => this.#endIteration(scan),
    )
  }

  entries(): IterableIterator<[CanonicalKey, KeyedRow<V>]> {
    if (!this.#room.spills) return this.#log.mark === 0 ? this.#rows.entries() : this.#capturingEntries()
    let scan: Scan | undefined
    this.#iterations++
    return new TableIteration<[CanonicalKey, KeyedRow<V>]>(
      this.#capturingEntries(),
      () => {
        scan ??= this.#beginScan()
        const row = this.#nextOnDisk(scan)
        return row === undefined ? undefined : [canonicalKey(row.key), row]
      },
      () => this.#endIteration(scan),
    )
  }

  *captureAll(): Generator<undefined, void, void> {
    for (const row of this.#rows.values()) {
      if (this.#log.isPending(row.word)) this.#log.capture(this.#place.prefix, row)
      yield
    }
  }

  /** Writes a value to disk past memory, where another keeps the rows in use; `known`: there is one under its key already. */
  putAway(canonical: CanonicalKey, value: V, known: boolean): void {
    const key = keyFromCanonical(canonical)
    this.#write(key, value, known)
    if (known) return
    const bytes = new StateRow(key, value, 0).sizeBytes
    this.#away++
    this.#awayBytes += bytes
    this.#room.countAway(bytes)
  }

  /** What `putAway` wrote, which stays there; undefined when there is nothing. */
  readAway(canonical: CanonicalKey): V | undefined {
    const value = this.#onDisk(canonical)
    return value === undefined ? undefined : (decodeValue(value) as V)
  }

  /** Removes what `putAway` wrote, which is known to be there. */
  removeAway(canonical: CanonicalKey): void {
    this.#deleteOnDisk(keyFromCanonical(canonical))
    this.#countBack(canonical, this.#averageAway())
    for (const { deleted } of this.#scans) deleted.add(canonical)
  }

  /** Asks for those of the keys that are not in memory and may be on disk. Their values come by `takeFetched`. */
  askFor(keys: readonly CanonicalKey[], count: number, request: SpillKeys, asked: CanonicalKey[]): void {
    const filter = this.#filter
    if (filter === undefined || !this.mayHaveSpilled) return
    const { prefix } = this.#place
    for (let i = 0; i < count; i++) {
      const canonical = keys[i]!
      if (this.#rows.has(canonical)) continue
      const length = encoder.encode(keyFromCanonical(canonical))
      if (!filter.has(this.#hash(length))) continue
      request.add(prefix, encoder.bytes, length)
      asked.push(canonical)
    }
  }

  /** One value of an answer for a key that was asked for. */
  takeFetched(canonical: CanonicalKey, value: Uint8Array | undefined): void {
    // A key may have been asked for twice.
    if (value === undefined || this.#rows.has(canonical)) return
    this.#waits = WAITS_MAX
    this.#admit(canonical, keyFromCanonical(canonical), value)
  }

  sweep(bytes: number): boolean {
    if (this.#iterations > 0) return false
    this.#hand ??= this.#rows.entries()
    const before = this.#bytes
    for (;;) {
      const next = this.#hand.next()
      if (next.done === true) {
        this.#hand = undefined
        if (this.#rows.size === 0) this.#place.shared?.onEmpty()
        return false
      }
      const [canonical, row] = next.value
      if ((row.word & USED) !== 0) {
        row.word &= ~USED
        continue
      }
      this.#sendAway(canonical, row)
      if (before - this.#bytes >= bytes) return true
    }
  }

  #sendAway(canonical: CanonicalKey, row: StateRow<V>): void {
    if ((row.word & DIRTY) !== 0) {
      this.#write(row.key, row.value, (row.word & ON_DISK) !== 0)
      row.word = (row.word & ~DIRTY) | ON_DISK
    }
    if (this.#log.mark !== 0) this.#logLeaving(row)
    const bytes = row.sizeBytes
    row.word |= AWAY
    this.#rows.delete(canonical)
    this.#away++
    this.#awayBytes += bytes
    this.#bytes -= bytes
    this.#room.sentAway(bytes)
  }

  /** `known`: something is on disk under the key already, so the filter has it. */
  #write(key: unknown, value: V, known: boolean): void {
    const bytes = this.#room.encode(key, value)
    const length = encoder.encode(key)
    if (!known) this.#addToFilter(length)
    this.#room.put(this.#place.prefix, encoder.bytes, length, bytes)
  }

  /** The key in the encoder. */
  #addToFilter(length: number): void {
    const { shared } = this.#place
    this.#filter ??= new KeyFilter()
    let grown = this.#filter.add(this.#hash(length))
    if (shared !== undefined) grown += this.#filter.add(shared.prefixHash)
    if (grown > 0) this.#room.countFilter(grown)
  }

  /** What is on disk under a key that is not in memory; undefined when there is nothing. A view that is valid for long enough to decode it. */
  #onDisk(canonical: CanonicalKey): Uint8Array | undefined {
    if (!this.mayHaveSpilled) return undefined
    const length = encoder.encode(keyFromCanonical(canonical))
    if (!(this.#filter as KeyFilter).has(this.#hash(length))) return undefined
    this.#waits = WAITS_MAX
    return this.#room.getOne(this.#place.prefix, encoder.bytes, length)
  }

  #fetch(canonical: CanonicalKey): StateRow<V> | undefined {
    const value = this.#onDisk(canonical)
    return value === undefined ? undefined : this.#admit(canonical, keyFromCanonical(canonical), value)
  }

  #admit(canonical: CanonicalKey, key: unknown, bytes: Uint8Array): StateRow<V> {
    const kept = detachValue(key)
    const row = new StateRow(kept, decodeValue(bytes) as V, USED | ON_DISK)
    if (this.#log.mark !== 0) {
      row.word |= BASED
      if (this.#log.cameBack(this.#place.prefix, kept)) this.#mark(row)
    }
    this.#set(canonical === key ? (kept as CanonicalKey) : detachValue(canonical), row)
    this.#countBack(canonical, row.sizeBytes)
    this.#grow(row.sizeBytes)
    return row
  }

  /** A key that was on disk alone is so no more. */
  #countBack(canonical: CanonicalKey, sizeBytes: number): void {
    const bytes = Math.min(sizeBytes, Math.max(0, this.#awayBytes))
    this.#away--
    this.#awayBytes -= bytes
    this.#room.countAway(-bytes)
    for (const { cameBack } of this.#scans) cameBack.add(canonical)
  }

  #averageAway(): number {
    return this.#away <= 0 ? 0 : this.#awayBytes / this.#away
  }

  #deleteOnDisk(key: unknown): void {
    const length = encoder.encode(key)
    this.#room.delete(this.#place.prefix, encoder.bytes, length)
  }

  #changed(row: StateRow<V>): void {
    if (--this.#changesLeft === 0) this.#resize(row)
    if ((row.word & AWAY) !== 0) this.#bringBack(row)
  }

  #resize(row: StateRow<V>): void {
    const before = row.sizeBytes
    row.resize()
    const grown = row.sizeBytes - before
    this.#steadiness = grown === 0 ? Math.min(this.#steadiness + 1, RESIZE_EVERY.length - 1) : 0
    this.#changesLeft = RESIZE_EVERY[this.#steadiness]!
    // One that is away counts when it is brought back.
    if ((row.word & AWAY) === 0) this.#grow(grown)
  }

  /** A row that a caller held on to while it left takes the place of what is under its key by now. */
  #bringBack(row: StateRow<V>): void {
    const canonical = canonicalKey(row.key)
    const present = this.#rows.get(canonical)
    row.word &= ~(AWAY | ON_DISK)
    if (this.#log.mark !== 0) {
      row.word |= BASED
      this.#mark(row)
      if (present === undefined) this.#log.cameBack(this.#place.prefix, row.key)
      else this.#bury(present)
    }
    if (present !== undefined) {
      row.word |= present.word & ON_DISK
      present.word |= AWAY
      this.#grow(-present.sizeBytes)
    } else if (this.#onDisk(canonical) !== undefined) {
      row.word |= ON_DISK
      this.#countBack(canonical, row.sizeBytes)
    }
    this.#set(canonical, row)
    this.#grow(row.sizeBytes)
  }

  /**
   * A row changes that is not in the list of changed ones. One that is away is dealt with when it is brought back; one that
   * was deleted stays so, whatever a caller does with it.
   */
  #firstChange(row: StateRow<V>): void {
    if ((row.word & AWAY) !== 0 || (row.word & MARKS) === DEAD) return
    if (this.#log.isPending(row.word)) this.#log.capture(this.#place.prefix, row)
    this.#mark(row)
  }

  #mark(row: StateRow<V>): void {
    row.word = (row.word & ~MARKS) | this.#log.mark
    this.#log.changed(this.#place.prefix, row)
  }

  #captureObject(row: StateRow<V>): void {
    if (typeof row.value === 'object') this.#log.capture(this.#place.prefix, row)
  }

  /** A row is gone for good; answers whether segments may hold its key. */
  #bury(row: StateRow<V>): boolean {
    const { word } = row
    if (this.#log.isPending(word)) this.#log.capture(this.#place.prefix, row)
    const based = (row.word & BASED) !== 0
    row.word |= DEAD
    if ((word & MARKS) === this.#log.mark) this.#log.died()
    return based
  }

  #buryAll(): void {
    let based = this.mayHaveSpilled
    for (const row of this.#rows.values()) if (this.#bury(row)) based = true
    if (based) this.#log.dropped(this.#place.prefix)
  }

  /** A row goes to disk: what waits is captured, and what has changed is looked for there. */
  #logLeaving(row: StateRow<V>): void {
    const { word } = row
    if (this.#log.isPending(word)) this.#log.capture(this.#place.prefix, row)
    if ((word & MARKS) !== this.#log.mark) return
    row.word |= DEAD
    this.#log.died()
    this.#log.wentAway(this.#place.prefix, row.key)
  }

  *#capturing(): Generator<StateRow<V>, undefined, undefined> {
    for (const row of this.#rows.values()) {
      if (this.#log.isPending(row.word)) this.#captureObject(row)
      yield row
    }
  }

  *#capturingEntries(): Generator<[CanonicalKey, StateRow<V>], undefined, undefined> {
    for (const entry of this.#rows.entries()) {
      if (this.#log.isPending(entry[1].word)) this.#captureObject(entry[1])
      yield entry
    }
  }

  #set(canonical: CanonicalKey, row: StateRow<V>): void {
    this.#rows.set(canonical, row)
    if (!this.#left) return
    this.#left = false
    this.#room.enter(this)
    this.#place.shared?.onUsedAgain()
  }

  #grow(bytes: number): void {
    this.#bytes += bytes
    this.#room.add(bytes)
  }

  /** Of the key in the encoder. Tables that share a filter differ in their prefixes. */
  #hash(length: number): number {
    const hash = murmur3(encoder.bytes, length)
    const { shared } = this.#place
    return shared === undefined ? hash : hash ^ Math.imul(shared.prefixHash, 0x9e3779b1)
  }

  #beginScan(): Scan {
    const scan = {
      entries: [],
      at: 0,
      limit: SCAN_FIRST,
      last: !this.mayHaveSpilled,
      cameBack: new Set<CanonicalKey>(),
      deleted: new Set<CanonicalKey>(),
    }
    this.#scans.push(scan)
    return scan
  }

  #nextOnDisk(scan: Scan): StateRow<V> | undefined {
    const { prefix } = this.#place
    for (;;) {
      const entry = scan.entries[scan.at]
      if (entry === undefined) {
        if (scan.last) return undefined
        const after = scan.entries.length === 0 ? null : scan.entries[scan.entries.length - 1]!.key
        scan.entries = this.#room.scan(prefix, after, scan.limit)
        scan.at = 0
        scan.last = scan.entries.length < scan.limit
        scan.limit = Math.min(SCAN_MAX, scan.limit * 4)
        continue
      }
      scan.at++
      const key = decodeKey(entry.key.subarray(prefix.length))
      const canonical = canonicalKey(key)
      const present = this.#rows.get(canonical)
      if (present !== undefined) {
        if (scan.cameBack.has(canonical)) return present
      } else if (!scan.deleted.has(canonical)) {
        return new StateRow(key, decodeValue(entry.value) as V, AWAY | ON_DISK)
      }
    }
  }

  #endIteration(scan: Scan | undefined): void {
    this.#iterations--
    assert(this.#iterations >= 0, 'an iteration over state ended twice')
    if (scan !== undefined) this.#scans.splice(this.#scans.indexOf(scan), 1)
  }
}
