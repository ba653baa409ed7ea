import { type Aggregator, type Collector, type ProcessContext, ProcessFunction } from '@weir/sdk'

/** Windows whose best rank a subtask remembers: more than are open at a time. */
const WINDOWS_KEPT = 64

/**
 * Passes on what may be the best of its window, and drops what ranks below a record of the same window that this subtask
 * has passed on before. What it remembers only saves sending: were it lost, the result would be the same.
 */
export class CannotWin<T> extends ProcessFunction<T, T> {
  readonly #windowOf: (value: T) => number
  readonly #rankOf: (value: T) => number
  readonly #bestOf = new Map<number, number>()
  /** The window of the record before, and its best. */
  #window = Number.NaN
  #best = 0

  constructor(windowOf: (value: T) => number, rankOf: (value: T) => number) {
    super()
    this.#windowOf = windowOf
    this.#rankOf = rankOf
  }

  override processElement(value: T, _context: ProcessContext, out: Collector<T>): void {
    const window = this.#windowOf(value)
    if (window !== this.#window) this.#turnTo(window)
    const rank = this.#rankOf(value)
    if (rank < this.#best) return
    this.#best = rank
    out.collect(value)
  }

  #turnTo(window: number): void {
    const bestOf = this.#bestOf
    if (!Number.isNaN(this.#window)) bestOf.set(this.#window, this.#best)
    if (bestOf.size > WINDOWS_KEPT) bestOf.delete(bestOf.keys().next().value as number)
    this.#window = window
    this.#best = bestOf.get(window) ?? Number.NEGATIVE_INFINITY
  }
}

/** All records of the highest rank. */
export function best<T>(rankOf: (value: T) => number): Aggregator<T, T[], readonly T[]> {
  const joined = (values: T[], others: readonly T[]): T[] => {
    const [first] = values
    const [other] = others
    if (other === undefined) return values
    const ahead = first === undefined ? -1 : rankOf(first) - rankOf(other)
    if (ahead > 0) return values
    return ahead < 0 ? [...others] : [...values, ...others]
  }
  return {
    createAccumulator: () => [],
    add: (value, values) => joined(values, [value]),
    getResult: values => values,
    merge: joined,
  }
}
