/**
 * Numbers from 0 to `count` − 1, the lower the more often, by Zipf's law with exponent `theta` below 1 (the method of Gray
 * et al., "Quickly generating billion-record synthetic databases", SIGMOD 1994, as YCSB uses it).
 */
export function zipf(count: number, theta: number, random: () => number): () => number {
  const zeta = (n: number): number => {
    let sum = 0
    for (let i = 1; i <= n; i++) sum += 1 / i ** theta
    return sum
  }
  const zetaN = zeta(count)
  const alpha = 1 / (1 - theta)
  const eta = (1 - (2 / count) ** (1 - theta)) / (1 - zeta(2) / zetaN)
  return () => {
    const u = random()
    const uz = u * zetaN
    if (uz < 1) return 0
    if (uz < 1 + 0.5 ** theta) return 1
    return Math.min(count - 1, Math.floor(count * (eta * u - eta + 1) ** alpha))
  }
}

/** Uniform in [0, 1), the same for each seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
