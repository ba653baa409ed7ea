/** The middle one of some repeats, and how far they lie apart. */
export interface Figure {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** @param values at least one */
export function figure(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] as number
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] as number
  return { median: (lower + upper) / 2, min: sorted[0] as number, max: sorted.at(-1) as number }
}

export function rounded({ median, min, max }: Figure, digits: number): Figure {
  const round = (value: number): number => Number(value.toFixed(digits))
  return { median: round(median), min: round(min), max: round(max) }
}

/** Rows read from disk and written there: `0, 1.25 M`; a dash where nobody looked. */
export function diskText(disk: { readonly reads: number; readonly writes: number } | undefined): string {
  return disk === undefined ? '–' : `${countText(disk.reads)}, ${countText(disk.writes)}`
}

function countText(count: number): string {
  if (count < 10_000) return String(count)
  return count < 1e6 ? `${Math.round(count / 1000)} k` : `${(count / 1e6).toFixed(2)} M`
}

/** @param values above zero, at least one */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
}
