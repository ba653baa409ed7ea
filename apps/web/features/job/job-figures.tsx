'use client'
import type { JobDoc } from '@weir/proto/web/job-doc'
import type { ReactNode } from 'react'
import { useStale } from '@/features/graph'
import { eventTimeOf } from '@/lib/event-time.ts'
import {
  bytesParts,
  countParts,
  formatDateTime,
  formatDuration,
  formatPercent,
  formatTime,
  type Quantity,
  rateParts,
} from '@/lib/format.ts'
import { Sparkline } from '@/ui'
import styles from './job-page.module.css'
import { isOver } from './job-tabs.ts'
import { useMetricHistory } from './metrics/samples-provider.tsx'

const SPARK_POINTS = 60
const SPARKS = ['recordsInPerSecond', 'recordsOutPerSecond', 'watermarkLagMs', 'stateBytes'] as const

/** The figures that say most, each with its last five minutes. */
export function JobFigures({ job }: { readonly job: JobDoc }) {
  const { totals } = job
  const history = useMetricHistory(job.jobId, '5m', SPARKS)
  const stale = useStale()
  const over = isOver(job.status)
  // Of replayed data a lag of months says nothing.
  const eventTime = eventTimeOf(totals)
  const spark = (name: (typeof SPARKS)[number], label: string) => {
    const values = history.series?.values[name]?.slice(-SPARK_POINTS)
    if (over || values === undefined || values.every(value => value === null)) return null
    return <Sparkline values={values} width={56} label={`${label} over the last minutes`} />
  }
  return (
    <dl className={styles.figures} data-stale={stale || undefined}>
      <Figure term="Records in" value={over ? countParts(totals.recordsIn) : rateParts(totals.recordsInPerSecond)}>
        {spark('recordsInPerSecond', 'Records in')}
      </Figure>
      <Figure term="Records out" value={over ? countParts(totals.recordsOut) : rateParts(totals.recordsOutPerSecond)}>
        {spark('recordsOutPerSecond', 'Records out')}
      </Figure>
      <Figure term="Busiest operator" value={plain(formatPercent(over ? null : totals.busyMax))} />
      <Figure term="Backpressure" value={plain(formatPercent(over ? null : totals.backpressureMax))} />
      {eventTime === null ? (
        <Figure term="Watermark lag" value={plain(formatDuration(over ? null : totals.watermarkLagMs))}>
          {spark('watermarkLagMs', 'Watermark lag')}
        </Figure>
      ) : (
        <Figure term={`Event time ${formatDateTime(eventTime).slice(0, 10)}`} value={plain(formatTime(eventTime))} />
      )}
      <Figure term="Late records" value={countParts(totals.lateRecords)} />
      <Figure term="State" value={bytesParts(totals.stateBytes)}>
        {spark('stateBytes', 'State')}
      </Figure>
    </dl>
  )
}

function Figure(props: { readonly term: string; readonly value: Quantity; readonly children?: ReactNode }) {
  return (
    <div className={styles.figure}>
      <dt>{props.term}</dt>
      <dd>
        <span>{props.value.number}</span>
        {props.value.unit !== '' && <small>{props.value.unit}</small>}
        {props.children}
      </dd>
    </div>
  )
}

function plain(number: string): Quantity {
  return { number, unit: '' }
}
