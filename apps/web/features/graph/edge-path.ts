export interface Point {
  readonly x: number
  readonly y: number
}

/**
 * A smooth line downwards through the points, vertical at both ends: monotone cubic interpolation of x over y
 * (Fritsch and Carlson), so it never swings out beyond its points. Points are in the order of y.
 */
export function downwardPath(points: readonly Point[]): string {
  const first = points[0]
  if (first === undefined) return ''
  const slopes = points.map((_, at) => slopeAt(points, at))
  const parts = [`M${round(first.x)},${round(first.y)}`]
  for (let at = 1; at < points.length; at++) {
    const from = points[at - 1]!
    const to = points[at]!
    const third = (to.y - from.y) / 3
    // An end whose neighbour lies beside it still leaves vertically: the control points keep to the ends' own x.
    parts.push(
      `C${round(from.x + slopes[at - 1]! * third)},${round(from.y + third)} ` +
        `${round(to.x - slopes[at]! * third)},${round(to.y - third)} ${round(to.x)},${round(to.y)}`,
    )
  }
  return parts.join(' ')
}

/** dx/dy at a point: 0 at the ends and at turning points, else the harmonic mean of the slopes on both sides. */
function slopeAt(points: readonly Point[], at: number): number {
  const before = points[at - 1]
  const here = points[at]!
  const after = points[at + 1]
  if (before === undefined || after === undefined) return 0
  const up = (here.x - before.x) / Math.max(1, here.y - before.y)
  const down = (after.x - here.x) / Math.max(1, after.y - here.y)
  return up * down <= 0 ? 0 : (2 * up * down) / (up + down)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
