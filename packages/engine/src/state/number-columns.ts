import { type CanonicalKey, keyFromCanonical } from '../record/canonical-key.ts'
import { decodeValue } from '../record/value-codec.ts'
import type { ChangeLog, SnapshotNumbers } from './change-log.ts'
import { detachValue } from './detach.ts'
import { estimateBytes } from './estimate-bytes.ts'
import type { Columns } from './keyed-state-backend.ts'
import { NumberIndex } from './number-index.ts'
import type { RoomShare, Spillable } from './state-room.ts'
import { BASED, MARKS } from './state-row.ts'
import type { StateTable } from './state-table.ts'

const LIVE = 1
/** Used again since it came into memory, and since the clock hand came by. */
const USED = 2
/** Differs from what the table behind holds, or is not there. */
const DIRTY = 4
/** The table behind holds the key too, perhaps with an older value. */
const BEHIND = 8
/**
 * Used since it came into memory. The use that a row was fetched for says nothing about whether it will be needed again, so
 * it counts only from the second one on; a row that still waits for its first one does not leave at the hand's first visit.
 */
const SEEN = 128
/** Bits 4 to 6 are those of rows (state-row.ts): the mark of the list of changes, and whether segments may hold the key. */

/** The list of changed places is cleared of double ones when it is longer than this, and than twice the rows. */
const CHANGED_MIN = 4096

const FIRST_CAPACITY = 16
/** Key and flags of a row with its places in the index, which is at most half full; and what doubling wastes. */
const ROW_BYTES = 36
/** The same of each number of it. */
const NUMBER_BYTES = 12
/** The same of a key that is no number: an entry of a Map, and the place of the key. */
const OTHER_ROW_BYTES = 80

/**
 * Values made of numbers, one for each key, in typed arrays: no object for a row, and nothing for the garbage collector to
 * go through. What there is no room for goes to the table behind, past its rows, which has the way to disk.
 *
 * Invariant: a row here is the truth, whatever is on disk under its key. While somebody goes through the rows none of them
 * leaves.
 *
 * A row has a place, which it keeps for as long as no other row is asked for or comes in.
 */
export class NumberColumns<V> implements Spillable, SnapshotNumbers {
  readonly #share: RoomShare
  readonly #log: ChangeLog
  readonly #behind: StateTable<V>
  readonly #columns: Columns<V>
  readonly #rowBytes: number
  #index: NumberIndex
  readonly #others = new Map<CanonicalKey, number>()
  /** Keys that are no numbers, by place. */
  #otherKeys: (CanonicalKey | undefined)[] = []
  #flags = new Uint8Array(FIRST_CAPACITY)
  #free: number[] = []
  /** Places up to here were given out once. */
  #top = 0
  #hand = 0
  #inMemory = 0
  #shadowing = 0
  #bytes = 0
  #iterations = 0
  readonly #cameBack: Set<CanonicalKey>[] = []
  /** Places that have changed since the last freeze, some perhaps twice; and those that a snapshot takes. */
  #changed: number[] = []
  #frozen: number[] = []
  #frozenTop = 0

  constructor(share: RoomShare, behind: StateTable<V>, columns: Columns<V>) {
    this.#share = share
    this.#log = share.log
    this.#behind = behind
    this.#columns = columns
    this.#rowBytes = ROW_BYTES + columns.width * NUMBER_BYTES
    this.#index = new NumberIndex(columns.width)
    if (share.spills) share.enter(this)
  }

  /** Rows here, and how many of them the table behind counts too. */
  get inMemory(): number {
    return this.#inMemory
  }

  get shadowing(): number {
    return this.#shadowing
  }

  /** Numbers of the rows; those of one begin behind `place * (width + 1)`, where its key stands. Until a row comes in. */
  get cells(): Float64Array {
    return this.#index.cells
  }

  /** Places that rows may have are below. */
  get top(): number {
    return this.#top
  }

  isLive(place: number): boolean {
    return (this.#flags[place]! & LIVE) !== 0
  }

  /** Of a row in memory; -1 where there is none. */
  placeOf(canonical: CanonicalKey): number {
    return typeof canonical === 'number' ? this.#index.find(canonical) : (this.#others.get(canonical) ?? -1)
  }

  /** Brings a row that is on disk back; -1 where there is none, or what is there does not fit into columns. */
  find(canonical: CanonicalKey): number {
    const place = this.placeOf(canonical)
    if (place >= 0 || !this.#behind.mayHaveSpilled) return place
    const value = this.#behind.readAway(canonical)
    return value === undefined || !this.#columns.fits(value) ? -1 : this.#takeBack(canonical, value)
  }

  read(place: number): V {
    return this.#columns.read(this.#index.cells, this.#at(place))
  }

  /** To be called before a row changes. */
  change(place: number): void {
    const flags = this.#flags
    if ((flags[place]! & MARKS) !== this.#log.mark) this.#firstChange(place)
    flags[place] = used(flags[place]!) | DIRTY
  }

  write(place: number, value: V): void {
    this.change(place)
    this.#columns.write(value, this.#index.cells, this.#at(place))
  }

  use(place: number): void {
    this.#flags[place] = used(this.#flags[place]!)
  }

  /** For a key that is neither here nor behind. */
  insert(canonical: CanonicalKey, value: V): void {
    this.#insert(canonical, value, DIRTY)
  }

  /** `insert` for what segments hold already, where they do. */
  load(canonical: CanonicalKey, value: V): void {
    this.#insert(canonical, value, DIRTY, BASED)
  }

  /** The key is gone, here and on disk. */
  delete(canonical: CanonicalKey, place: number): void {
    this.#logRemoval(canonical, place)
    if ((this.#flags[place]! & BEHIND) !== 0) this.#behind.removeAway(canonical)
    this.#remove(canonical, place)
  }

  /** The row is the business of the table behind from here on, which is about to be given it. */
  giveUp(canonical: CanonicalKey, place: number): void {
    if (this.#log.mark !== 0 && this.#log.isPending(this.#flags[place]!)) this.#capture(place)
    this.#remove(canonical, place)
  }

  /** Forgets all rows for good. The table behind forgets what is on disk. */
  drop(): void {
    if (this.#log.mark !== 0) this.#logDrop()
    this.#share.add(-this.#bytes)
    this.#bytes = 0
    this.#index = new NumberIndex(this.#columns.width)
    this.#others.clear()
    this.#otherKeys = []
    this.#flags = new Uint8Array(FIRST_CAPACITY)
    this.#free = []
    this.#changed = []
    this.#top = 0
    this.#hand = 0
    this.#inMemory = 0
    this.#shadowing = 0
    this.#share.leave(this)
  }

  /** Until `endIteration` no row leaves. */
  beginIteration(): void {
    this.#iterations++
  }

  /** Keys that come back from disk from now on are added to `cameBack`. */
  watch(cameBack: Set<CanonicalKey>): void {
    this.#cameBack.push(cameBack)
  }

  endIteration(cameBack: Set<CanonicalKey>): void {
    this.#iterations--
    const at = this.#cameBack.indexOf(cameBack)
    if (at >= 0) this.#cameBack.splice(at, 1)
  }

  keyAt(place: number): CanonicalKey {
    return this.#otherKeys[place] ?? this.#index.keyAt(place)
  }

  freeze(): void {
    this.#frozen = this.#changed
    this.#changed = []
    this.#frozenTop = this.#top
  }

  *capturePending(all: boolean): Generator<undefined, void, void> {
    const count = all ? this.#frozenTop : this.#frozen.length
    for (let i = 0; i < count; i++) {
      const place = all ? i : this.#frozen[i]!
      const flags = place < this.#top ? this.#flags[place]! : 0
      if ((flags & LIVE) !== 0 && this.#log.isPending(flags)) this.#capture(place)
      yield
    }
    this.#frozen = []
  }

  sweep(bytes: number): boolean {
    if (this.#iterations > 0) return false
    const before = this.#bytes
    for (; this.#hand < this.#top; this.#hand++) {
      const flags = this.#flags[this.#hand]!
      if ((flags & LIVE) === 0) continue
      if ((flags & (USED | SEEN)) !== SEEN) {
        this.#flags[this.#hand] = (flags & ~USED) | SEEN
        continue
      }
      this.#sendBehind(this.#hand)
      if (before - this.#bytes >= bytes) return true
    }
    this.#hand = 0
    return false
  }

  /** A value that was on disk, for a key that is not here. False when it does not fit into columns. */
  takeFetched(canonical: CanonicalKey, value: Uint8Array): boolean {
    const decoded = decodeValue(value)
    if (!this.#columns.fits(decoded)) return false
    this.#takeBack(canonical, decoded)
    return true
  }

  #at(place: number): number {
    return place * (this.#columns.width + 1) + 1
  }

  /** `based`: BASED or 0; `changed`: it differs from what segments hold. */
  #insert(canonical: CanonicalKey, value: V, flags: number, based = 0, changed = based === 0): number {
    // While somebody goes through the rows a new one takes its place behind all others, where it is still to be met.
    const place = this.#iterations > 0 ? this.#top++ : (this.#free.pop() ?? this.#top++)
    if (place >= this.#flags.length) this.#grow()
    // Not seen yet, so that making room below sends others away before it.
    this.#flags[place] = LIVE | flags
    if (this.#log.mark !== 0) {
      this.#flags[place]! |= based
      // At once: below it may leave for the disk.
      if (changed) this.#mark(place)
    }
    if (typeof canonical === 'number') this.#index.add(canonical, place)
    else {
      this.#index.addUnnamed(place)
      const kept = detachValue(canonical)
      this.#others.set(kept, place)
      this.#otherKeys[place] = kept
    }
    this.#columns.write(value, this.#index.cells, this.#at(place))
    this.#inMemory++
    if ((flags & BEHIND) !== 0) this.#shadowing++
    this.#count(this.#bytesOf(canonical))
    return this.isLive(place) ? place : this.#insertAgain(canonical)
  }

  #takeBack(canonical: CanonicalKey, value: V): number {
    for (const cameBack of this.#cameBack) cameBack.add(canonical)
    const changed = this.#log.mark !== 0 && this.#log.cameBack(this.#behind.prefix, keyFromCanonical(canonical))
    return this.#insert(canonical, value, BEHIND, BASED, changed)
  }

  /** There is no room for a single row: it left at once, and comes back all the same, since the caller works on it. */
  #insertAgain(canonical: CanonicalKey): number {
    const value = this.#behind.readAway(canonical) as V
    return this.#share.room.withoutLimit(() => this.#takeBack(canonical, value))
  }

  #sendBehind(place: number): void {
    const canonical = this.keyAt(place)
    const flags = this.#flags[place]!
    const value = this.read(place)
    if (this.#log.mark !== 0) {
      if (this.#log.isPending(flags)) this.#capture(place)
      if ((flags & MARKS) === this.#log.mark) this.#log.wentAway(this.#behind.prefix, keyFromCanonical(canonical))
    }
    this.#remove(canonical, place)
    if ((flags & DIRTY) !== 0) this.#behind.putAway(canonical, value, (flags & BEHIND) !== 0)
  }

  #remove(canonical: CanonicalKey, place: number): void {
    if ((this.#flags[place]! & BEHIND) !== 0) this.#shadowing--
    this.#flags[place] = 0
    this.#free.push(place)
    if (typeof canonical === 'number') this.#index.remove(canonical)
    else {
      this.#others.delete(canonical)
      this.#otherKeys[place] = undefined
    }
    this.#inMemory--
    this.#count(-this.#bytesOf(canonical))
  }

  /** A row changes that is not in the list of changed ones. */
  #firstChange(place: number): void {
    if (this.#log.isPending(this.#flags[place]!)) this.#capture(place)
    this.#mark(place)
  }

  #mark(place: number): void {
    this.#flags[place] = (this.#flags[place]! & ~MARKS) | this.#log.mark
    this.#changed.push(place)
    if (this.#changed.length < CHANGED_MIN || this.#changed.length < 2 * this.#inMemory) return
    // Places that were given up and given out again stand in it more than once.
    this.#changed = [...new Set(this.#changed)].filter(at => (this.#flags[at]! & MARKS) === this.#log.mark)
  }

  #capture(place: number): void {
    this.#log.captureValue(this.#behind.prefix, keyFromCanonical(this.keyAt(place)), this.read(place))
    this.#flags[place] = (this.#flags[place]! & ~MARKS) | BASED
  }

  #logRemoval(canonical: CanonicalKey, place: number): void {
    if (this.#log.mark === 0) return
    if (this.#log.isPending(this.#flags[place]!)) this.#capture(place)
    if ((this.#flags[place]! & BASED) !== 0) this.#log.removed(this.#behind.prefix, keyFromCanonical(canonical))
  }

  #logDrop(): void {
    let based = false
    for (let place = 0; place < this.#top; place++) {
      const flags = this.#flags[place]!
      if ((flags & LIVE) === 0) continue
      if (this.#log.isPending(flags)) this.#capture(place)
      if ((this.#flags[place]! & BASED) !== 0) based = true
    }
    if (based) this.#log.dropped(this.#behind.prefix)
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    this.#share.add(bytes)
  }

  #bytesOf(canonical: CanonicalKey): number {
    return typeof canonical === 'number' ? this.#rowBytes : this.#rowBytes + OTHER_ROW_BYTES + estimateBytes(canonical)
  }

  #grow(): void {
    const flags = new Uint8Array(2 * this.#flags.length)
    flags.set(this.#flags)
    this.#flags = flags
  }
}

function used(flags: number): number {
  return flags | ((flags & SEEN) === 0 ? SEEN : USED)
}
