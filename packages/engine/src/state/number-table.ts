import { assert } from '../base/assert.ts'
import { type CanonicalKey, keyFromCanonical } from '../record/canonical-key.ts'
import type { SnapshotNumbers } from './change-log.ts'
import type { Columns, KeyedRow, NumberTable } from './keyed-state-backend.ts'
import { NumberColumns } from './number-columns.ts'
import type { SpillKeys } from './spill-store.ts'
import type { RoomShare } from './state-room.ts'
import type { StateTable } from './state-table.ts'
import { TableIteration } from './table-iteration.ts'

/** A value that is a number. */
export const oneNumber: Columns<number> = {
  width: 1,
  fits: value => typeof value === 'number',
  write: (value, cells, at) => {
    cells[at] = value
  },
  read: (cells, at) => cells[at]!,
}

/** One number for each key, of whatever kind, in typed arrays. The table behind it has what there is no room for, on disk. */
export class TypedNumberTable implements NumberTable, SnapshotNumbers {
  readonly #behind: StateTable<number>
  readonly #numbers: NumberColumns<number>

  /** `behind` is this table's own. */
  constructor(share: RoomShare, behind: StateTable<number>) {
    this.#behind = behind
    this.#numbers = new NumberColumns(share, behind, oneNumber)
  }

  get size(): number {
    return this.#numbers.inMemory - this.#numbers.shadowing + this.#behind.size
  }

  add(canonical: CanonicalKey, amount: number): number {
    const numbers = this.#numbers
    const place = numbers.find(canonical)
    if (place < 0) {
      numbers.insert(canonical, amount)
      return amount
    }
    numbers.change(place)
    const { cells } = numbers
    const sum = cells[2 * place + 1]! + amount
    cells[2 * place + 1] = sum
    return sum
  }

  set(canonical: CanonicalKey, value: number): void {
    const place = this.#numbers.find(canonical)
    if (place < 0) this.#numbers.insert(canonical, value)
    else this.#numbers.write(place, value)
  }

  /** `set` for what segments hold already, where they do. */
  load(canonical: CanonicalKey, value: number): void {
    this.#numbers.load(canonical, value)
  }

  get(canonical: CanonicalKey): number | undefined {
    const place = this.#numbers.find(canonical)
    if (place < 0) return undefined
    this.#numbers.use(place)
    return this.#numbers.read(place)
  }

  delete(canonical: CanonicalKey): boolean {
    const place = this.#numbers.placeOf(canonical)
    // The table behind tells the log by itself.
    if (place < 0) return this.#behind.delete(canonical)
    this.#numbers.delete(canonical, place)
    return true
  }

  rows(): IterableIterator<KeyedRow<number>> {
    const numbers = this.#numbers
    numbers.beginIteration()
    const cameBack = new Set<CanonicalKey>()
    let behind: Iterator<[CanonicalKey, KeyedRow<number>]> | undefined
    let ended = false
    return new TableIteration<KeyedRow<number>>(
      this.#rowsInMemory(),
      () => {
        if (behind === undefined) {
          behind = this.#behind.entries()
          numbers.watch(cameBack)
        }
        for (let next = behind.next(); next.done !== true; next = behind.next()) {
          const [canonical, row] = next.value
          const place = numbers.placeOf(canonical)
          if (place < 0) return row
          if (cameBack.has(canonical)) return { key: row.key, value: numbers.read(place) }
        }
        return undefined
      },
      () => {
        assert(!ended, 'an iteration over numbers ended twice')
        ended = true
        behind?.return?.()
        numbers.endIteration(cameBack)
      },
    )
  }

  freeze(): void {
    this.#numbers.freeze()
  }

  capturePending(all: boolean): Iterable<undefined> {
    return this.#numbers.capturePending(all)
  }

  /** As in StateTable. */
  askFor(keys: readonly CanonicalKey[], count: number, request: SpillKeys, asked: CanonicalKey[]): void {
    if (this.#behind.size === 0) return
    const missing: CanonicalKey[] = []
    for (let i = 0; i < count; i++) if (this.#numbers.placeOf(keys[i]!) < 0) missing.push(keys[i]!)
    this.#behind.askFor(missing, missing.length, request, asked)
  }

  takeFetched(canonical: CanonicalKey, value: Uint8Array | undefined): void {
    if (value === undefined || this.#numbers.placeOf(canonical) >= 0) return
    this.#numbers.takeFetched(canonical, value)
  }

  *#rowsInMemory(): Generator<KeyedRow<number>, void, void> {
    const numbers = this.#numbers
    for (let place = 0; place < numbers.top; place++) {
      if (numbers.isLive(place)) yield { key: keyFromCanonical(numbers.keyAt(place)), value: numbers.read(place) }
    }
  }
}
