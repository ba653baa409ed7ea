import { readFileSync } from 'node:fs'

export interface EarthquakeSummary {
  region: string
  from: string
  count: number
  strongest: number
  deepestKm: number
}

const SIX_HOURS_MS = 6 * 60 * 60 * 1000

/**
 * Earthquakes by region and quarter of a day (UTC): what examples/earthquakes.ts has to give, sorted by region and time.
 * `path`: earthquakes.ndjson.
 */
export function earthquakes(path: string): EarthquakeSummary[] {
  const groups = new Map<string, { magnitude: number; depthKm: number }[]>()
  for (const line of readFileSync(path, 'utf8').split('\n').filter(Boolean)) {
    const { place, time, magnitude, depthKm } = JSON.parse(line)
    const region = place.includes(', ') ? place.slice(place.lastIndexOf(', ') + 2) : place
    const from = new Date(time - (time % SIX_HOURS_MS)).toISOString()
    const group = JSON.stringify([region, from])
    groups.set(group, [...(groups.get(group) ?? []), { magnitude, depthKm }])
  }
  const summaries = [...groups].map(([group, quakes]): EarthquakeSummary => {
    const [region, from] = JSON.parse(group)
    const deepestKm = Math.max(...quakes.map(quake => quake.depthKm))
    const strongest = Math.max(...quakes.map(quake => quake.magnitude))
    return { region, from, count: quakes.length, strongest, deepestKm }
  })
  return sortSummaries(summaries)
}

/** By region, then by time. */
export function sortSummaries(summaries: readonly EarthquakeSummary[]): EarthquakeSummary[] {
  const order = ({ region, from }: EarthquakeSummary): string => `${region}\n${from}`
  return [...summaries].sort((a, b) => (order(a) < order(b) ? -1 : 1))
}
