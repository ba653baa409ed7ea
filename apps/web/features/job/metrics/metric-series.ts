import type { MetricRange, MetricSeries } from '@weir/proto/web/job-details'
import type { JobDoc } from '@weir/proto/web/job-doc'

/** What the page has seen itself, at a moment of the server's clock. Names as in MetricSeries. */
export interface Sample {
  readonly at: number
  readonly values: Readonly<Record<string, number | null>>
}

export const RANGE_MS: Readonly<Record<MetricRange, number>> = {
  '5m': 5 * 60_000,
  '30m': 30 * 60_000,
  '6h': 6 * 60 * 60_000,
}

export function sampleOf(doc: JobDoc, at: number): Sample {
  const { totals } = doc
  const values: Record<string, number | null> = {
    recordsInPerSecond: totals.recordsInPerSecond,
    recordsOutPerSecond: totals.recordsOutPerSecond,
    watermarkLagMs: totals.watermarkLagMs,
    stateBytes: totals.stateBytes,
  }
  for (const [vertexId, vertex] of Object.entries(doc.vertices)) {
    values[`busy/${vertexId}`] = vertex.busy
    values[`backpressure/${vertexId}`] = vertex.backpressure
  }
  return { at, values }
}

/**
 * The server's history, completed by what the page has seen itself: a point that the server has not is the mean of the
 * samples that fall into its step, null where there were none. No longer than the range; the oldest points go. Has the series
 * `names` only: a job of hundreds of vertices has hundreds of series, of which a page shows a few.
 */
export function extendSeries(
  history: MetricSeries,
  samples: readonly Sample[],
  range: MetricRange,
  names: readonly string[],
): MetricSeries {
  const stepMs = Math.max(1, history.stepMs)
  const known = Math.max(0, ...Object.values(history.values).map(points => points.length))
  // A history without points begins anywhere, 1970 included: what the page saw first is its beginning then.
  const from = known > 0 ? history.from : Math.floor((samples[0]?.at ?? history.from) / stepMs) * stepMs
  const newest = samples.at(-1)
  const end = newest === undefined ? known : Math.max(known, Math.floor((newest.at - from) / stepMs) + 1)
  const first = Math.max(0, end - Math.ceil(RANGE_MS[range] / stepMs))
  const values: Record<string, readonly (number | null)[]> = {}
  for (const name of names) {
    const seen = meansByStep(samples, name, from, stepMs)
    const own = history.values[name] ?? []
    values[name] = Array.from({ length: end - first }, (_, at) => own[first + at] ?? seen.get(first + at) ?? null)
  }
  return { from: from + first * stepMs, stepMs, values }
}

function meansByStep(
  samples: readonly Sample[],
  name: string,
  from: number,
  stepMs: number,
): ReadonlyMap<number, number> {
  const sums = new Map<number, { sum: number; count: number }>()
  for (const { at, values } of samples) {
    const value = values[name]
    if (value === null || value === undefined) continue
    const step = Math.floor((at - from) / stepMs)
    const { sum, count } = sums.get(step) ?? { sum: 0, count: 0 }
    sums.set(step, { sum: sum + value, count: count + 1 })
  }
  return new Map([...sums].map(([step, { sum, count }]) => [step, sum / count]))
}

/** Least, mean, most and last of what is known; null where nothing is. */
export interface Summary {
  readonly min: number | null
  readonly mean: number | null
  readonly max: number | null
  readonly last: number | null
}

export function summaryOf(values: readonly (number | null)[]): Summary {
  const known = values.filter(value => value !== null)
  if (known.length === 0) return { min: null, mean: null, max: null, last: null }
  let min = known[0]!
  let max = min
  let sum = 0
  for (const value of known) {
    min = Math.min(min, value)
    max = Math.max(max, value)
    sum += value
  }
  return { min, mean: sum / known.length, max, last: values.at(-1) ?? null }
}

/** The names that reach highest, highest first; those of which nothing is known come last. */
export function highest(series: MetricSeries, names: readonly string[], count: number): readonly string[] {
  const top = new Map(names.map(name => [name, summaryOf(series.values[name] ?? []).mean ?? -1]))
  return [...names].sort((a, b) => top.get(b)! - top.get(a)!).slice(0, count)
}
