import type { CanonicalKey } from '../record/canonical-key.ts'
import type { SnapshotNumbers, SnapshotTable } from './change-log.ts'
import type { Columns, ColumnTable, KeyedRow } from './keyed-state-backend.ts'
import { NumberColumns } from './number-columns.ts'
import type { SpillKeys } from './spill-store.ts'
import type { RoomShare } from './state-room.ts'
import { StateTable, type TablePlace } from './state-table.ts'
import { TableIteration } from './table-iteration.ts'

/** What stands in columns, as it was when it was asked for. */
class ColumnRow<V> implements KeyedRow<V> {
  readonly key: number
  value: V

  constructor(key: number, value: V) {
    this.key = key
    this.value = value
  }
}

/** Somebody goes through the rows. */
interface Iteration {
  /** Places in columns below have been met. */
  next: number
  /** Keys that were met in columns and are objects since then. */
  readonly moved: Set<CanonicalKey>
  /** Keys that came back into columns while those on disk are met. */
  readonly cameBack: Set<CanonicalKey>
}

/**
 * Rows in columns, and a StateTable behind them for those that do not fit there; both have one place on disk.
 *
 * Invariant: of one key there is no more than one row in memory, in columns or behind. A row leaves the columns when it
 * gets a value that does not fit, and comes into them when it is inserted, or comes back from disk, with one that does.
 */
export class StateColumnTable<V> implements ColumnTable<V>, SnapshotTable, SnapshotNumbers {
  readonly #behind: StateTable<V>
  readonly #columns: Columns<V>
  readonly #numbers: NumberColumns<V>
  readonly #iterations = new Set<Iteration>()

  constructor(share: RoomShare, place: TablePlace, columns: Columns<V>) {
    this.#behind = new StateTable<V>(share, place)
    this.#columns = columns
    this.#numbers = new NumberColumns(share, this.#behind, columns)
  }

  get size(): number {
    return this.#numbers.inMemory - this.#numbers.shadowing + this.#behind.size
  }

  get cells(): Float64Array {
    return this.#numbers.cells
  }

  get isInColumns(): boolean {
    return this.#behind.rowsInMemory === 0 && !this.#behind.mayHaveSpilled
  }

  get top(): number {
    return this.#numbers.top
  }

  isLive(place: number): boolean {
    return this.#numbers.isLive(place)
  }

  /** As in StateTable. */
  get isWaitedFor(): boolean {
    return this.#behind.isWaitedFor
  }

  placeOf(key: number): number {
    return this.#numbers.placeOf(key)
  }

  change(place: number): void {
    this.#numbers.change(place)
  }

  get(canonical: CanonicalKey): KeyedRow<V> | undefined {
    const place = this.#find(canonical)
    if (place < 0) return this.#behind.get(canonical)
    this.#numbers.use(place)
    return this.#rowAt(place)
  }

  insert(canonical: CanonicalKey, key: unknown, value: V): KeyedRow<V> {
    if (!this.#fits(key, value)) return this.#behind.insert(canonical, key, value)
    this.#numbers.insert(key, value)
    return new ColumnRow(key, value)
  }

  /** `insert` for what segments hold already, where they do. */
  load(canonical: CanonicalKey, key: unknown, value: V): void {
    if (this.#fits(key, value)) this.#numbers.load(key, value)
    else this.#behind.load(canonical, key, value)
  }

  update(row: KeyedRow<V>, value: V): void {
    if (!(row instanceof ColumnRow)) {
      this.#behind.update(row, value)
      return
    }
    const key: number = row.key
    row.value = value
    const place = this.#find(key)
    if (place < 0) {
      // It is an object by now, or was deleted.
      const held = this.#behind.get(key)
      if (held !== undefined) this.#behind.update(held, value)
    } else if (this.#columns.fits(value)) this.#numbers.write(place, value)
    else this.#moveBehind(key, place, value)
  }

  touch(row: KeyedRow<V>): void {
    if (row instanceof ColumnRow) this.update(row, row.value)
    else this.#behind.touch(row)
  }

  delete(canonical: CanonicalKey): boolean {
    const place = this.#placeOf(canonical)
    if (place < 0) return this.#behind.delete(canonical)
    this.#numbers.delete(canonical, place)
    return true
  }

  rows(): IterableIterator<KeyedRow<V>> {
    return this.#iterate((_canonical, row) => row)
  }

  entries(): IterableIterator<[CanonicalKey, KeyedRow<V>]> {
    return this.#iterate((canonical, row) => [canonical, row])
  }

  drop(): void {
    this.#numbers.drop()
    this.#behind.drop()
  }

  freeze(): void {
    this.#numbers.freeze()
  }

  capturePending(all: boolean): Iterable<undefined> {
    return this.#numbers.capturePending(all)
  }

  /** Of the rows that are objects; the others are captured by `capturePending`. */
  captureAll(): Iterable<undefined> {
    return this.#behind.captureAll()
  }

  /** As in StateTable. */
  askFor(keys: readonly CanonicalKey[], count: number, request: SpillKeys, asked: CanonicalKey[]): void {
    if (!this.#behind.mayHaveSpilled) return
    const missing: CanonicalKey[] = []
    for (let i = 0; i < count; i++) if (this.#placeOf(keys[i]!) < 0) missing.push(keys[i]!)
    this.#behind.askFor(missing, missing.length, request, asked)
  }

  takeFetched(canonical: CanonicalKey, value: Uint8Array | undefined): void {
    if (value === undefined || this.#placeOf(canonical) >= 0 || this.#behind.hasInMemory(canonical)) return
    if (typeof canonical === 'number' && this.#numbers.takeFetched(canonical, value)) return
    this.#behind.takeFetched(canonical, value)
  }

  /** -0 is a key of its own to whoever looks at keys, though no other than 0 to the table. */
  #fits(key: unknown, value: V): key is number {
    return typeof key === 'number' && !Object.is(key, -0) && this.#columns.fits(value)
  }

  #placeOf(canonical: CanonicalKey): number {
    return typeof canonical === 'number' ? this.#numbers.placeOf(canonical) : -1
  }

  /** Brings a row back that is on disk alone and fits into columns. */
  #find(canonical: CanonicalKey): number {
    const place = this.#placeOf(canonical)
    if (place >= 0 || typeof canonical !== 'number' || !this.#behind.mayHaveSpilled) return place
    return this.#behind.hasInMemory(canonical) ? -1 : this.#numbers.find(canonical)
  }

  #rowAt(place: number): ColumnRow<V> {
    return new ColumnRow(this.#numbers.keyAt(place) as number, this.#numbers.read(place))
  }

  #moveBehind(key: number, place: number, value: V): void {
    for (const { next, moved } of this.#iterations) if (place < next) moved.add(key)
    this.#numbers.giveUp(key, place)
    let row = this.#behind.get(key)
    if (row === undefined) {
      // Segments may hold the key, as those of a row that is restored.
      this.#behind.load(key, key, value)
      row = this.#behind.get(key) as KeyedRow<V>
    }
    this.#behind.update(row, value)
  }

  #iterate<Item>(itemOf: (canonical: CanonicalKey, row: KeyedRow<V>) => Item): IterableIterator<Item> {
    const numbers = this.#numbers
    const iteration: Iteration = { next: 0, moved: new Set(), cameBack: new Set() }
    this.#iterations.add(iteration)
    numbers.beginIteration()
    let behind: Iterator<[CanonicalKey, KeyedRow<V>]> | undefined
    return new TableIteration<Item>(
      this.#inColumns(iteration, itemOf),
      () => {
        if (behind === undefined) {
          behind = this.#behind.entries()
          numbers.watch(iteration.cameBack)
        }
        for (let next = behind.next(); next.done !== true; next = behind.next()) {
          const [canonical, row] = next.value
          if (iteration.moved.has(canonical)) continue
          const place = this.#placeOf(canonical)
          if (place < 0) return itemOf(canonical, row)
          if (iteration.cameBack.has(canonical)) return itemOf(canonical, this.#rowAt(place))
        }
        return undefined
      },
      () => {
        behind?.return?.()
        this.#iterations.delete(iteration)
        numbers.endIteration(iteration.cameBack)
      },
    )
  }

  /** Not a generator, which would take most of the time of a window that fires. */
  #inColumns<Item>(
    iteration: Iteration,
    itemOf: (canonical: CanonicalKey, row: KeyedRow<V>) => Item,
  ): Iterator<Item, undefined> {
    const numbers = this.#numbers
    return {
      next: () => {
        while (iteration.next < numbers.top) {
          const place = iteration.next++
          if (!numbers.isLive(place)) continue
          const row = this.#rowAt(place)
          return { done: false, value: itemOf(row.key, row) }
        }
        return { done: true, value: undefined }
      },
    }
  }
}
