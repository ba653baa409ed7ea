/** From here on one subtask does so much more than the others that it is worth a badge. */
const SKEW_FROM = 2
/** Below this many records per second the busiest subtask's rate says nothing. */
const RATE_MIN = 1
/** One subtask does everything: the factor would be infinite. */
const SKEW_MAX = 999

/**
 * The rate of the busiest subtask divided by the median of the others', when that is 2 or more; null otherwise, and for
 * fewer than two subtasks. `rates`: records per second of each subtask that runs.
 */
export function skewOf(rates: readonly (number | null)[]): number | null {
  const known = rates.filter(rate => rate !== null).sort((a, b) => b - a)
  const [most, ...others] = known
  if (most === undefined || others.length === 0 || most < RATE_MIN) return null
  const middle = others.length / 2
  const median = others.length % 2 === 1 ? others[Math.floor(middle)]! : (others[middle - 1]! + others[middle]!) / 2
  const factor = median === 0 ? SKEW_MAX : Math.min(SKEW_MAX, most / median)
  return factor >= SKEW_FROM ? factor : null
}
