/** Upper bounds of the buckets, seconds: from a fused map's fraction of a microsecond to a function that waits. */
export const LATENCY_BOUNDS_SECONDS: readonly number[] = [
  1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 0.5, 1,
  2.5, 5, 10,
]

/**
 * How long a chain takes for a record, from taking it to having given its results on. Measured for slices of records, not
 * for each: a clock costs more than most records, so every record of a slice counts with the slice's mean.
 */
export class LatencyHistogram {
  /** Records by bucket, the last one for those above all bounds. Not cumulative. */
  readonly counts: number[] = new Array(LATENCY_BOUNDS_SECONDS.length + 1).fill(0)
  sumSeconds = 0

  /** `records` records took `seconds` together. */
  add(seconds: number, records: number): void {
    if (records <= 0) return
    const mean = seconds / records
    let bucket = 0
    while (bucket < LATENCY_BOUNDS_SECONDS.length && mean > LATENCY_BOUNDS_SECONDS[bucket]) bucket++
    this.counts[bucket] += records
    this.sumSeconds += seconds
  }
}
