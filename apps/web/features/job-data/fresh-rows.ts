/** So long a row counts as new. */
export const FRESH_MS = 2_000

/** What had come by when: the highest sequence number at moments of the page's clock, oldest first. */
export type Arrivals = readonly { readonly atMs: number; readonly seq: number }[]

/**
 * The arrivals after a look at the list. The first rows of a page, and those after a sequence that began anew, are not
 * new: they were there before.
 */
export function afterLook(arrivals: Arrivals, atMs: number, seq: number): Arrivals {
  const last = arrivals.at(-1)
  if (last === undefined || seq < last.seq) return [{ atMs: atMs - FRESH_MS, seq }]
  if (seq === last.seq) return arrivals
  // One that is old is enough: it says where the new ones begin.
  const firstFresh = arrivals.findIndex(arrival => atMs - arrival.atMs < FRESH_MS)
  const kept = firstFresh < 0 ? arrivals.slice(-1) : arrivals.slice(Math.max(0, firstFresh - 1))
  return [...kept, { atMs, seq }]
}

/** Rows above this sequence number are new now. */
export function freshAbove(arrivals: Arrivals, nowMs: number): number {
  const old = arrivals.findLast(({ atMs }) => nowMs - atMs >= FRESH_MS)
  return old?.seq ?? arrivals[0]?.seq ?? Number.POSITIVE_INFINITY
}

/** When the next row stops being new; null when none is. */
export function freshUntilMs(arrivals: Arrivals, nowMs: number): number | null {
  const next = arrivals.find(({ atMs }) => nowMs - atMs < FRESH_MS)
  return next === undefined ? null : next.atMs + FRESH_MS
}
