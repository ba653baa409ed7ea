import { assert } from '../base/assert.ts'
import { type CanonicalKey, keyFromCanonical } from '../record/canonical-key.ts'
import { decodeValue } from '../record/value-codec.ts'
import type { ChangeLog, SnapshotNumbers } from './change-log.ts'
import { detachValue } from './detach.ts'
import { estimateBytes } from './estimate-bytes.ts'
import type { KeyedRow, NumberTable } from './keyed-state-backend.ts'
import { NumberIndex } from './number-index.ts'
import type { SpillKeys } from './spill-store.ts'
import type { RoomShare, Spillable } from './state-room.ts'
import { BASED, MARKS } from './state-row.ts'
import type { StateTable } from './state-table.ts'
import { TableIteration } from './table-iteration.ts'

const LIVE = 1
/** Used again since it came into memory, and since the clock hand came by. */
const USED = 2
/** Differs from what the table behind holds, or is not there. */
const DIRTY = 4
/** The table behind holds the key too, perhaps with an older number. */
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
/** Key, number and flags of a row with its places in the index, which is at most half full; and what doubling wastes. */
const ROW_BYTES = 48
/** The same of a key that is no number: an entry of a Map, and the place of the key. */
const OTHER_ROW_BYTES = 80

/**
 * One number for each key in typed arrays: no object for a row, and nothing for the garbage collector to go through. What
 * there is no room for goes to the table behind it, which has the way to disk.
 *
 * Invariant: a row here is the truth, whatever the table behind holds under its key. While somebody goes through the rows
 * none of them leaves.
 */
export class TypedNumberTable implements NumberTable, Spillable, SnapshotNumbers {
  readonly #share: RoomShare
  readonly #log: ChangeLog
  readonly #behind: StateTable<number>
  readonly #index = new NumberIndex()
  readonly #others = new Map<CanonicalKey, number>()
  /** Keys that are no numbers, by place. */
  readonly #otherKeys: (CanonicalKey | undefined)[] = []
  #numbers = new Float64Array(FIRST_CAPACITY)
  #flags = new Uint8Array(FIRST_CAPACITY)
  readonly #free: number[] = []
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

  /** `behind` is this table's own. */
  constructor(share: RoomShare, behind: StateTable<number>) {
    this.#share = share
    this.#log = share.log
    this.#behind = behind
    if (share.spills) share.enter(this)
  }

  get size(): number {
    return this.#inMemory - this.#shadowing + this.#behind.size
  }

  add(canonical: CanonicalKey, amount: number): number {
    const place = this.#find(canonical)
    if (place < 0) {
      this.#insert(canonical, amount, DIRTY)
      return amount
    }
    if ((this.#flags[place]! & MARKS) !== this.#log.mark) this.#firstChange(place)
    this.#flags[place] = used(this.#flags[place]!) | DIRTY
    const sum = this.#numbers[place]! + amount
    this.#numbers[place] = sum
    return sum
  }

  set(canonical: CanonicalKey, value: number): void {
    const place = this.#find(canonical)
    if (place < 0) {
      this.#insert(canonical, value, DIRTY)
      return
    }
    if ((this.#flags[place]! & MARKS) !== this.#log.mark) this.#firstChange(place)
    this.#flags[place] = used(this.#flags[place]!) | DIRTY
    this.#numbers[place] = value
  }

  /** `set` for what segments hold already, where they do. */
  load(canonical: CanonicalKey, value: number): void {
    this.#insert(canonical, value, DIRTY, BASED)
  }

  get(canonical: CanonicalKey): number | undefined {
    const place = this.#find(canonical)
    if (place < 0) return undefined
    this.#flags[place] = used(this.#flags[place]!)
    return this.#numbers[place]
  }

  delete(canonical: CanonicalKey): boolean {
    const place = this.#placeOf(canonical)
    // The table behind tells the log by itself.
    if (place < 0) return this.#behind.delete(canonical)
    this.#logRemoval(canonical, place)
    if ((this.#flags[place]! & BEHIND) !== 0) this.#behind.removeAway(canonical)
    this.#remove(canonical, place)
    return true
  }

  rows(): IterableIterator<KeyedRow<number>> {
    this.#iterations++
    const cameBack = new Set<CanonicalKey>()
    let behind: Iterator<[CanonicalKey, KeyedRow<number>]> | undefined
    return new TableIteration<KeyedRow<number>>(
      this.#rowsInMemory(),
      () => {
        if (behind === undefined) {
          behind = this.#behind.entries()
          this.#cameBack.push(cameBack)
        }
        for (let next = behind.next(); next.done !== true; next = behind.next()) {
          const [canonical, row] = next.value
          const place = this.#placeOf(canonical)
          if (place < 0) return row
          if (cameBack.has(canonical)) return { key: row.key, value: this.#numbers[place]! }
        }
        return undefined
      },
      () => {
        this.#iterations--
        assert(this.#iterations >= 0, 'an iteration over numbers ended twice')
        behind?.return?.()
        const at = this.#cameBack.indexOf(cameBack)
        if (at >= 0) this.#cameBack.splice(at, 1)
      },
    )
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
      const flags = this.#flags[place]!
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

  /** As in StateTable. */
  askFor(keys: readonly CanonicalKey[], count: number, request: SpillKeys, asked: CanonicalKey[]): void {
    if (this.#behind.size === 0) return
    const missing: CanonicalKey[] = []
    for (let i = 0; i < count; i++) if (this.#placeOf(keys[i]!) < 0) missing.push(keys[i]!)
    this.#behind.askFor(missing, missing.length, request, asked)
  }

  takeFetched(canonical: CanonicalKey, value: Uint8Array | undefined): void {
    if (value === undefined || this.#placeOf(canonical) >= 0) return
    this.#takeBack(canonical, decodeValue(value) as number)
  }

  #find(canonical: CanonicalKey): number {
    const place = this.#placeOf(canonical)
    if (place >= 0 || this.#behind.size === 0) return place
    const value = this.#behind.readAway(canonical)
    return value === undefined ? -1 : this.#takeBack(canonical, value)
  }

  #placeOf(canonical: CanonicalKey): number {
    return typeof canonical === 'number' ? this.#index.find(canonical) : (this.#others.get(canonical) ?? -1)
  }

  /** `based`: BASED or 0; `changed`: it differs from what segments hold. */
  #insert(canonical: CanonicalKey, value: number, flags: number, based = 0, changed = based === 0): number {
    // While somebody goes through the rows a new one takes its place behind all others, where it is still to be met.
    const place = this.#iterations > 0 ? this.#top++ : (this.#free.pop() ?? this.#top++)
    if (place >= this.#flags.length) this.#grow()
    this.#numbers[place] = value
    // Not seen yet, so that making room below sends others away before it.
    this.#flags[place] = LIVE | flags
    if (this.#log.mark !== 0) {
      this.#flags[place]! |= based
      // At once: below it may leave for the disk.
      if (changed) this.#mark(place)
    }
    if (typeof canonical === 'number') this.#index.add(canonical, place)
    else {
      const kept = detachValue(canonical)
      this.#others.set(kept, place)
      this.#otherKeys[place] = kept
    }
    this.#inMemory++
    if ((flags & BEHIND) !== 0) this.#shadowing++
    this.#count(bytesOf(canonical))
    return this.#placeOf(canonical) < 0 ? this.#insertAgain(canonical) : place
  }

  #takeBack(canonical: CanonicalKey, value: number): number {
    for (const cameBack of this.#cameBack) cameBack.add(canonical)
    const changed = this.#log.mark !== 0 && this.#log.cameBack(this.#behind.prefix, keyFromCanonical(canonical))
    return this.#insert(canonical, value, BEHIND, BASED, changed)
  }

  /** There is no room for a single row: it left at once, and comes back all the same, since the caller works on it. */
  #insertAgain(canonical: CanonicalKey): number {
    const value = this.#behind.readAway(canonical) as number
    return this.#share.room.withoutLimit(() => this.#takeBack(canonical, value))
  }

  #sendBehind(place: number): void {
    const canonical = this.#keyAt(place)
    const flags = this.#flags[place]!
    const value = this.#numbers[place]!
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
    this.#count(-bytesOf(canonical))
  }

  /** A number changes that is not in the list of changed ones. */
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
    this.#log.captureValue(this.#behind.prefix, keyFromCanonical(this.#keyAt(place)), this.#numbers[place]!)
    this.#flags[place] = (this.#flags[place]! & ~MARKS) | BASED
  }

  #logRemoval(canonical: CanonicalKey, place: number): void {
    if (this.#log.mark === 0) return
    if (this.#log.isPending(this.#flags[place]!)) this.#capture(place)
    if ((this.#flags[place]! & BASED) !== 0) this.#log.removed(this.#behind.prefix, keyFromCanonical(canonical))
  }

  #keyAt(place: number): CanonicalKey {
    return this.#otherKeys[place] ?? this.#index.keyAt(place)
  }

  *#rowsInMemory(): Generator<KeyedRow<number>, void, void> {
    for (let place = 0; place < this.#top; place++) {
      if ((this.#flags[place]! & LIVE) === 0) continue
      yield { key: keyFromCanonical(this.#keyAt(place)), value: this.#numbers[place]! }
    }
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    this.#share.add(bytes)
  }

  #grow(): void {
    const numbers = new Float64Array(2 * this.#numbers.length)
    numbers.set(this.#numbers)
    const flags = new Uint8Array(2 * this.#flags.length)
    flags.set(this.#flags)
    this.#numbers = numbers
    this.#flags = flags
  }
}

function used(flags: number): number {
  return flags | ((flags & SEEN) === 0 ? SEEN : USED)
}

function bytesOf(canonical: CanonicalKey): number {
  return typeof canonical === 'number' ? ROW_BYTES : ROW_BYTES + OTHER_ROW_BYTES + estimateBytes(canonical)
}
