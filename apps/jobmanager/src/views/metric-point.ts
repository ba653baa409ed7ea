import type { MetricPoint } from '../metrics/metrics-history.ts'
import { totalsOf } from './job-doc.ts'
import type { JobSight } from './job-sight.ts'

/** What charts show of a job at this moment, by the names of `MetricSeries`. */
export function metricPoint(sight: JobSight): MetricPoint {
  const { recordsInPerSecond, recordsOutPerSecond, watermarkLagMs, stateBytes } = totalsOf(sight)
  return new Map([
    ['recordsInPerSecond', recordsInPerSecond],
    ['recordsOutPerSecond', recordsOutPerSecond],
    ['watermarkLagMs', watermarkLagMs],
    ['stateBytes', stateBytes],
    ...sight.figures.vertices.flatMap(({ id, busy, backpressure }): [string, number | null][] => [
      [`busy/${id}`, busy],
      [`backpressure/${id}`, backpressure],
    ]),
  ])
}
