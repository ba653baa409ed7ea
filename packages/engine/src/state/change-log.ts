import { assert } from '../base/assert.ts'
import { KeyEncoder } from '../record/key-encoding.ts'
import { murmur3 } from '../record/murmur3.ts'
import type { ChangeSource } from './keyed-state-backend.ts'
import { textOfBytes } from './segments/segment-chain.ts'
import { type PassParts, SnapshotPass } from './snapshot-pass.ts'
import { BASED, MARK_A, MARK_B, MARKS, type StateRow } from './state-row.ts'

/** The key of everything of a state on disk begins with the number of the state. */
export const STATE_BYTES = 4
const NAMESPACE_BYTES = 8
const COUNT_BYTES = 4
/** Rows that are gone are taken out of the list of changed ones when they are so many, and half of it. */
const DEAD_ROWS_MIN = 4096

/** How keys of entries are made up: entry-key.ts. */
export type StateForm = 'table' | 'numbers' | 'namespaced' | 'map'

/** A table whose rows are in memory, for the first snapshot. */
export interface SnapshotTable {
  /** Captures each row in memory that was there at the freeze and was not captured since; yields now and then. */
  captureAll(): Iterable<undefined>
}

/** A table of numbers, which keeps account of its changes by place. */
export interface SnapshotNumbers {
  /** What has changed since the last freeze is what the pass will take; from now on changes count for the next one. */
  freeze(): void
  /** Captures what was frozen, or all. */
  capturePending(all: boolean): Iterable<undefined>
}

/** What the log has to know of a state. */
export interface LoggedState {
  readonly name: string
  readonly form: StateForm
  /** Wall-clock ms from which on a value counts as gone. */
  readonly expiresAtMs?: ((value: unknown) => number) | undefined
  readonly tables: () => Iterable<SnapshotTable>
  readonly numbers?: SnapshotNumbers | undefined
}

/**
 * What has changed in the keyed state of one operator since its last snapshot, and the freezing of it.
 *
 * Each row has a mark: that of the changes at hand (it is in the list of changed rows), that of the snapshot which is
 * being written (it waits for its turn, and is captured before it changes), or none (segments hold it as it is). The first
 * snapshot takes everything, so until then nothing is marked and nothing costs: `mark` is 0, as the mark of all rows.
 *
 * Freezing swaps the marks and the lists. What waits is captured, that is encoded, either by the pass, in slices, or by
 * whoever is about to change it.
 */
export class ChangeLog {
  /** Mark of the rows that have changed since the last freeze. 0: nobody keeps account of changes. */
  mark = 0
  /** A row whose word gives `pendingValue` under `pendingMask` waits to be captured. */
  pendingMask = 0
  pendingValue = 1
  readonly #states = new Map<number, LoggedState>()
  readonly #sources: ChangeSource[] = []
  readonly #encode: (key: unknown, value: unknown) => Uint8Array
  readonly #encoder = new KeyEncoder()
  #maxParallelism = 1
  #nowMs: () => number = () => Number.NEGATIVE_INFINITY
  #pass: SnapshotPass | undefined
  #rows: StateRow<unknown>[] = []
  #prefixes: Uint8Array[] = []
  #dead = 0
  /** Keys on disk, as texts, of rows that have changed and are on disk alone. */
  #away = new Set<string>()
  /** Keys that are gone and that older segments may have; prefixes in the same way. */
  #removed = new Set<string>()
  #dropped = new Set<string>()

  /** `encode` gives the bytes of the value of a key, or throws for what cannot be encoded. */
  constructor(encode: (key: unknown, value: unknown) => Uint8Array) {
    this.#encode = encode
  }

  /** Begins with segments that hold all there is, so that the first snapshot has changes alone. */
  begin(): void {
    assert(this.mark === 0, 'an account of changes was begun twice')
    this.mark = MARK_A
    for (const source of this.#sources) source.begin()
  }

  get isOn(): boolean {
    return this.mark !== 0
  }

  /** Whether a freeze has to look at rows on disk: at the first time all of them, then those that have changed. */
  get wantsDisk(): boolean {
    return !this.isOn || this.#away.size > 0
  }

  /** To be called first. `nowMs` is the wall clock that values expire by. */
  setUp(maxParallelism: number, nowMs: () => number): void {
    this.#maxParallelism = maxParallelism
    this.#nowMs = nowMs
  }

  addState(prefix: Uint8Array, state: LoggedState): void {
    this.#states.set(numberOf(prefix), state)
  }

  addSource(source: ChangeSource): void {
    this.#sources.push(source)
    if (this.isOn) source.begin()
  }

  /** A row of a table has changed, for the first time since the last freeze. It has the mark already. */
  changed(prefix: Uint8Array, row: StateRow<unknown>): void {
    this.#rows.push(row)
    this.#prefixes.push(prefix)
  }

  /** A row with the mark of the changes at hand is gone, or has left memory; it is marked as dead. */
  died(): void {
    this.#dead++
    if (this.#dead < DEAD_ROWS_MIN || this.#dead < this.#rows.length / 2) return
    let kept = 0
    for (let i = 0; i < this.#rows.length; i++) {
      const row = this.#rows[i]!
      if ((row.word & MARKS) !== this.mark) continue
      this.#rows[kept] = row
      this.#prefixes[kept++] = this.#prefixes[i]!
    }
    this.#rows.length = kept
    this.#prefixes.length = kept
    this.#dead = 0
  }

  /** A row that has changed is on disk alone from now on. */
  wentAway(prefix: Uint8Array, key: unknown): void {
    this.#away.add(this.#textOf(prefix, key))
  }

  /** The row of this key is not on disk alone any more; answers whether it has changed since the last freeze. */
  cameBack(prefix: Uint8Array, key: unknown): boolean {
    return this.#away.size > 0 && this.#away.delete(this.#textOf(prefix, key))
  }

  /** A key that segments may hold is gone. */
  removed(prefix: Uint8Array, key: unknown): void {
    const text = this.#textOf(prefix, key)
    this.#removed.add(text)
    if (this.#away.size > 0) this.#away.delete(text)
  }

  /** Everything under a prefix is gone. Rows in memory were marked as dead. */
  dropped(prefix: Uint8Array): void {
    this.#dropped.add(textOfBytes(prefix))
  }

  /** Encodes a row that waits, as it is now. */
  capture(prefix: Uint8Array, row: StateRow<unknown>): void {
    this.captureValue(prefix, row.key, row.value)
    row.word = (row.word & ~MARKS) | BASED
  }

  captureValue(prefix: Uint8Array, key: unknown, value: unknown): void {
    const pass = this.#pass as SnapshotPass
    const state = this.#stateOf(prefix)
    const keyLength = this.#encoder.encode(key)
    const keyBytes = this.#encoder.bytes
    const group = this.#groupOf(state.form, prefix, keyBytes, keyLength)
    const expiresAtMs = state.expiresAtMs?.(value)
    if (this.isPast(expiresAtMs)) pass.remove(state.name, group, prefix, keyBytes, keyLength)
    else pass.put(state.name, group, prefix, keyBytes, keyLength, this.#encode(key, value), expiresAtMs)
  }

  /** Everything that has changed since the last freeze, or all where there was none, waits for the pass from now on. */
  freeze(others: Pick<PassParts, 'view' | 'waiting'>): SnapshotPass {
    assert(this.#pass === undefined, 'state was frozen while an earlier snapshot of it was being written')
    const full = this.mark === 0
    this.pendingMask = full ? MARKS | BASED : MARKS
    this.pendingValue = this.mark
    this.mark = this.mark === MARK_A ? MARK_B : MARK_A
    for (const { numbers } of this.#states.values()) numbers?.freeze()
    const pass = new SnapshotPass({
      ...others,
      log: this,
      full,
      rows: this.#rows,
      prefixes: this.#prefixes,
      away: this.#away,
      removed: this.#removed,
      dropped: this.#dropped,
      states: this.#states,
      sources: this.#sources.map(source => source.freeze(full)),
    })
    this.#pass = pass
    this.#rows = []
    this.#prefixes = []
    this.#dead = 0
    this.#away = new Set()
    this.#removed = new Set()
    this.#dropped = new Set()
    return pass
  }

  /** Called by the pass at its end. */
  passed(): void {
    this.#pass = undefined
    this.pendingMask = 0
    this.pendingValue = 1
  }

  /** Whether what expires then has done so. */
  isPast(expiresAtMs: number | undefined): boolean {
    return expiresAtMs !== undefined && expiresAtMs <= this.#nowMs()
  }

  isPending(word: number): boolean {
    return (word & this.pendingMask) === this.pendingValue
  }

  /** The key group of a key on disk. */
  groupOfKey(form: StateForm, key: Uint8Array): number {
    if (form === 'map') return this.#groupOf(form, key, key, 0)
    const own = key.subarray(form === 'namespaced' ? STATE_BYTES + NAMESPACE_BYTES : STATE_BYTES)
    return murmur3(own, own.length) % this.#maxParallelism
  }

  /** Entries of a map belong to the key group of the record's key, which stands in the prefix. */
  #groupOf(form: StateForm, prefix: Uint8Array, key: Uint8Array, keyLength: number): number {
    if (form !== 'map') return murmur3(key, keyLength) % this.#maxParallelism
    const length = new DataView(prefix.buffer, prefix.byteOffset).getUint32(STATE_BYTES)
    const own = prefix.subarray(STATE_BYTES + COUNT_BYTES, STATE_BYTES + COUNT_BYTES + length)
    return murmur3(own, length) % this.#maxParallelism
  }

  #textOf(prefix: Uint8Array, key: unknown): string {
    const length = this.#encoder.encode(key)
    return textOfBytes(prefix) + textOfBytes(this.#encoder.bytes.subarray(0, length))
  }

  #stateOf(prefix: Uint8Array): LoggedState {
    const state = this.#states.get(numberOf(prefix))
    assert(state !== undefined, 'a table has changed that belongs to no state')
    return state
  }
}

/** The number of the state that a key on disk belongs to. */
export function numberOf(key: Uint8Array): number {
  return ((key[0]! << 24) | (key[1]! << 16) | (key[2]! << 8) | key[3]!) >>> 0
}
