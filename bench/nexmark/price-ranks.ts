/** Bids are put into three ranks by their price. */
export const RANKS = 3
export type Rank = 0 | 1 | 2

/** Below 10,000, below 1,000,000, and all others. */
export function rankOf(price: number): Rank {
  if (price < 10_000) return 0
  return price < 1_000_000 ? 1 : 2
}

/** One number for all bids, then one for each rank. */
export type Ranked = [all: number, rank1: number, rank2: number, rank3: number]

export function countIn(counts: Ranked, rank: Rank): void {
  counts[0]++
  counts[(rank + 1) as 1 | 2 | 3]++
}

/** The UTC day of a time as YYYY-MM-DD, and its minute as HH:MM. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

export function minuteOf(time: number): string {
  return new Date(time).toISOString().slice(11, 16)
}
