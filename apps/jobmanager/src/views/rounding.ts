/** Numbers as the live documents show them: what nobody can see must not make a change. */

/** Three significant digits. */
export function roundRate(rate: number | null): number | null {
  return rate === null ? null : Number(rate.toPrecision(3))
}

/** Two decimals. */
export function roundRatio(ratio: number | null): number | null {
  return ratio === null ? null : Math.round(ratio * 100) / 100
}

/** Data that is older is replayed: how far it is behind the clock says nothing, and its event time is shown. */
const LAG_MS_MAX = 86_400_000

/** Whole ms, tenths of a second from 10 s on; null above a day. */
export function roundLag(ms: number | null): number | null {
  if (ms === null || Math.abs(ms) > LAG_MS_MAX) return null
  return Math.abs(ms) < 10_000 ? Math.round(ms) : Math.round(ms / 100) * 100
}
