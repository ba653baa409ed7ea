const THINNEST_PX = 1.25
const THICKEST_PX = 9

/**
 * Width of an edge in px. Grows with the square of the logarithm of the rate: a factor of ten is always seen, and a
 * million per second still leaves room for the cards. An unknown rate is as thin as none.
 */
export function edgeWidth(recordsPerSecond: number | null): number {
  if (recordsPerSecond === null || !(recordsPerSecond > 0)) return THINNEST_PX
  const log = Math.log10(1 + recordsPerSecond)
  return Math.min(THICKEST_PX, Math.round((THINNEST_PX + 0.22 * log * log) * 4) / 4)
}
