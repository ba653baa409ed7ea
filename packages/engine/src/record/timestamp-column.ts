import { TIMESTAMPS } from './batch-layout.ts'

/**
 * The cheapest of the three ways to carry these timestamps (ms since the epoch; -Infinity where there is none; a
 * timestamp of -0 may come back as 0). The base is the first one.
 */
export function timestampEncodingOf(timestamps: ArrayLike<number>, count: number): number {
  const base = count === 0 ? 0 : timestamps[0]!
  let encoding: number = TIMESTAMPS.same
  for (let i = 0; i < count; i++) {
    const timestamp = timestamps[i]!
    if (timestamp === base) continue
    const difference = timestamp - base
    // Fractions and timestamps far apart may not come back from their difference, infinite ones never do.
    if ((difference | 0) !== difference || base + difference !== timestamp) return TIMESTAMPS.each
    encoding = TIMESTAMPS.differences
  }
  return encoding
}
