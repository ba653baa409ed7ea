const BUCKETS_PER_MS = 20
const MAX_MS = 10_000

/** How often which time was seen, to 0.05 ms; times above 10 s are in the last bucket, those below 0 in the first. */
export class Histogram {
  readonly #counts = new Uint32Array(MAX_MS * BUCKETS_PER_MS)
  #total = 0
  #max = 0

  add(ms: number): void {
    const bucket = Math.min(this.#counts.length - 1, Math.max(0, Math.floor(ms * BUCKETS_PER_MS)))
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1
    this.#total++
    if (ms > this.#max) this.#max = ms
  }

  get total(): number {
    return this.#total
  }

  get maxMs(): number {
    return this.#max
  }

  /** The upper bound of the bucket below or in which a share of the times lies, 0 < share ≤ 1; NaN when there are none. */
  quantile(share: number): number {
    if (this.#total === 0) return Number.NaN
    let left = Math.ceil(share * this.#total)
    const bucket = this.#counts.findIndex(count => {
      left -= count
      return left <= 0
    })
    return (bucket + 1) / BUCKETS_PER_MS
  }

  /** Pairs of a bucket and its count, and the largest time: plain data for `join`. */
  toJson(): HistogramJson {
    const buckets: [number, number][] = []
    this.#counts.forEach((count, bucket) => {
      if (count > 0) buckets.push([bucket, count])
    })
    return { buckets, max: this.#max }
  }

  /** Adds what another one has seen. */
  join({ buckets, max }: HistogramJson): void {
    for (const [bucket, count] of buckets) {
      this.#counts[bucket] = (this.#counts[bucket] as number) + count
      this.#total += count
    }
    this.#max = Math.max(this.#max, max)
  }
}

export interface HistogramJson {
  readonly buckets: readonly (readonly [bucket: number, count: number])[]
  readonly max: number
}
