/** Numbers as the live documents show them: what nobody can see must not make a change. */

/** Three significant digits. */
export function roundRate(rate: number | null): number | null {
  return rate === null ? null : Number(rate.toPrecision(3))
}

/** Two decimals. */
export function roundRatio(ratio: number | null): number | null {
  return ratio === null ? null : Math.round(ratio * 100) / 100
}

/** Whole ms, tenths of a second from 10 s on. */
export function roundLag(ms: number | null): number | null {
  if (ms === null) return null
  return Math.abs(ms) < 10_000 ? Math.round(ms) : Math.round(ms / 100) * 100
}
