/**
 * The course of `values` as two SVG paths in a box of `width` × `height`: the line, and the area below it. The ground is
 * zero, the top the highest value; null makes a gap; one lone point becomes a short dash so that it is seen.
 */
export function sparklinePaths(
  values: readonly (number | null)[],
  width: number,
  height: number,
): { readonly line: string; readonly area: string } {
  const inset = 1
  const known = values.filter(value => value !== null)
  const top = Math.max(...known, 0)
  const x = (index: number): number => (values.length < 2 ? width / 2 : (index / (values.length - 1)) * width)
  const y = (value: number): number =>
    top === 0 ? height - inset : height - inset - (value / top) * (height - 2 * inset)
  const lines: string[] = []
  const areas: string[] = []
  for (const { from, points } of runsOf(values)) {
    const places = points.map((value, offset) => `${round(x(from + offset))},${round(y(value))}`)
    if (places.length === 1) {
      const [px, py] = [round(x(from)), round(y(points[0]!))]
      lines.push(`M${px - 1},${py} ${px + 1},${py}`)
      continue
    }
    lines.push(`M${places.join(' ')}`)
    areas.push(`M${places.join(' ')} L${round(x(from + points.length - 1))},${height} L${round(x(from))},${height}Z`)
  }
  return { line: lines.join(' '), area: areas.join(' ') }
}

/** Stretches of known values. */
function runsOf(values: readonly (number | null)[]): { readonly from: number; readonly points: number[] }[] {
  const runs: { from: number; points: number[] }[] = []
  let open: { from: number; points: number[] } | null = null
  for (const [index, value] of values.entries()) {
    if (value === null) {
      open = null
    } else if (open === null) {
      open = { from: index, points: [value] }
      runs.push(open)
    } else {
      open.points.push(value)
    }
  }
  return runs
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
