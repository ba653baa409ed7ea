'use client'
import type { MetricRange, MetricSeries } from '@weir/proto/web/job-details'
import { sentenceCase } from '@weir/proto/web/sentence-case'
import { ChartLine } from 'lucide-react'
import { useId, useMemo } from 'react'
import { eventTimeOf, eventTimeWords } from '@/lib/event-time.ts'
import { formatBytes, formatDuration, formatPercent, formatRate } from '@/lib/format.ts'
import { messageOf } from '@/lib/trpc.ts'
import { useUrlState } from '@/lib/use-url-state.ts'
import { Card, EmptyState, ErrorState, Loading, SegmentedControl, Skeleton } from '@/ui'
import type { JobTabProps } from '../job-tabs.ts'
import chartStyles from './metric-chart.module.css'
import { MetricChart, type ShownSeries } from './metric-chart.tsx'
import { highest } from './metric-series.ts'
import styles from './metrics-tab.module.css'
import { noFiguresWords } from './no-figures-words.ts'
import { useMetricHistory } from './samples-provider.tsx'

const RANGES = [
  { value: '5m', label: '5 min' },
  { value: '30m', label: '30 min' },
  { value: '6h', label: '6 h' },
] as const satisfies readonly { value: MetricRange; label: string }[]

/** As many lines as can be told apart in one chart. */
const LINES = 5
const RATES: readonly ShownSeries[] = [
  { name: 'recordsInPerSecond', label: 'in' },
  { name: 'recordsOutPerSecond', label: 'out' },
]
const LAG: readonly ShownSeries[] = [{ name: 'watermarkLagMs', label: 'watermark lag' }]
const STATE: readonly ShownSeries[] = [{ name: 'stateBytes', label: 'state' }]

/** The courses of a job's figures, from the history that the server keeps. */
export function MetricsTab({ jobId, job, pipeline }: JobTabProps) {
  const [text, setRange] = useUrlState('range', { fallback: '5m' })
  const range = RANGES.find(({ value }) => value === text)?.value ?? '5m'
  const vertexIds = useMemo(() => [...new Set(pipeline.pipeline.operators.map(({ vertexId }) => vertexId))], [pipeline])
  const names = useMemo(
    () => [
      ...[...RATES, ...LAG, ...STATE].map(({ name }) => name),
      ...vertexIds.flatMap(vertexId => [`busy/${vertexId}`, `backpressure/${vertexId}`]),
    ],
    [vertexIds],
  )
  const { kept, series, error, retry } = useMetricHistory(jobId, range, names)
  // The choice follows the kept history, so that lines do not come and go every second.
  const busiest = useMemo(() => chosen(kept, vertexIds, 'busy'), [kept, vertexIds])
  const blocked = useMemo(() => chosen(kept, vertexIds, 'backpressure'), [kept, vertexIds])
  const eventTime = eventTimeOf(job.totals)
  const watermarkId = useId()
  const named = (prefix: string, ids: readonly string[]): readonly ShownSeries[] =>
    ids.map(id => ({
      name: `${prefix}/${id}`,
      label: (job.vertices[id]?.name ?? nameIn(pipeline.pipeline.operators, id)).replaceAll(' -> ', ' → '),
    }))

  return (
    <div className={styles.tab}>
      <div className={styles.bar}>
        <SegmentedControl label="Range" value={range} onChange={setRange} options={RANGES} />
        <p className={styles.hint}>
          {vertexIds.length > LINES ? `Of ${vertexIds.length} operators the ${LINES} highest are drawn.` : ''}
        </p>
      </div>
      {series === null && error !== null ? (
        <ErrorState title="The figures cannot be shown" onRetry={retry}>
          {messageOf(error)}
        </ErrorState>
      ) : series === null ? (
        <div className={styles.charts} aria-busy="true">
          <Loading what="the figures" />
          {[1, 2, 3, 4].map(each => (
            <Skeleton key={each} height={260} />
          ))}
        </div>
      ) : names.every(name => (series.values[name] ?? []).every(value => value === null)) ? (
        <Card>
          <EmptyState icon={<ChartLine aria-hidden="true" />} title={noFiguresWords(job).title}>
            {noFiguresWords(job).text}
          </EmptyState>
        </Card>
      ) : (
        <div className={styles.charts}>
          <MetricChart title="Records per second" history={series} shown={RATES} format={formatRate} />
          {eventTime === null ? (
            <MetricChart
              title="Watermark lag"
              history={series}
              shown={LAG}
              format={formatDuration}
              {...(job.totals.watermark === null && {
                nothing: 'No watermark has come: the job may have no event time.',
              })}
            />
          ) : (
            <section className={chartStyles.chart} aria-labelledby={watermarkId}>
              <header className={chartStyles.head}>
                <h2 id={watermarkId}>Watermark</h2>
              </header>
              <div className={styles.instead}>
                <p className={styles.eventTime}>{sentenceCase(eventTimeWords(eventTime))}</p>
                <p className={styles.hint}>
                  The data is more than a day old: a lag behind the clock would say nothing, so it is not drawn.
                </p>
              </div>
            </section>
          )}
          <MetricChart title="Busy" history={series} shown={named('busy', busiest)} format={formatPercent} most={1} />
          <MetricChart
            title="Backpressure"
            history={series}
            shown={named('backpressure', blocked)}
            format={formatPercent}
            most={1}
          />
          <MetricChart title="State" history={series} shown={STATE} format={formatBytes} />
        </div>
      )}
    </div>
  )
}

function chosen(kept: MetricSeries | null, vertexIds: readonly string[], prefix: string): readonly string[] {
  if (vertexIds.length <= LINES) return vertexIds
  const names = vertexIds.map(id => `${prefix}/${id}`)
  const top = kept === null ? names.slice(0, LINES) : highest(kept, names, LINES)
  return top.map(name => name.slice(prefix.length + 1))
}

function nameIn(operators: readonly { readonly uid: string; readonly name: string }[], uid: string): string {
  return operators.find(operator => operator.uid === uid)?.name ?? uid
}
