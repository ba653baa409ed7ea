/** Figures come once a second; under load a report or two is missing now and then. */
const BRIDGED_POINTS_MAX = 3

/**
 * `values` with their short gaps closed by a straight line, for drawing: a report that came late must not cut a course
 * into pieces. Longer gaps stay, and so does what is unknown at both ends.
 */
export function bridgeGaps(values: readonly (number | null)[]): readonly (number | null)[] {
  const bridged = [...values]
  let last = -1
  for (const [at, value] of values.entries()) {
    if (value === null) continue
    const missing = at - last - 1
    const before = values[last]
    if (missing > 0 && missing <= BRIDGED_POINTS_MAX && before != null) {
      for (let step = 1; step <= missing; step++) {
        bridged[last + step] = before + ((value - before) * step) / (missing + 1)
      }
    }
    last = at
  }
  return bridged
}
