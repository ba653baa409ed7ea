'use client'
import type { MetricSeries } from '@weir/proto/web/job-details'
import { Table2 } from 'lucide-react'
import { useId, useMemo, useState } from 'react'
import {
  CartesianGrid,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  type TooltipContentProps,
  XAxis,
  YAxis,
} from 'recharts'
import { formatTime } from '@/lib/format.ts'
import { bridgeGaps, IconButton } from '@/ui'
import styles from './metric-chart.module.css'
import { summaryOf } from './metric-series.ts'
import { MetricTable } from './metric-table.tsx'

export interface ShownSeries {
  /** As in MetricSeries. */
  readonly name: string
  readonly label: string
}

interface MetricChartProps {
  readonly title: string
  readonly history: MetricSeries
  readonly shown: readonly ShownSeries[]
  readonly format: (value: number | null) => string
  /** Upper end of the axis; by default what the highest value needs. */
  readonly most?: number
  /** Said in its place while nothing is known. */
  readonly nothing?: string
}

/** Colour and dashes together, so that lines can be told apart without the one or the other. */
const LOOKS = [
  { stroke: 'var(--job-b-mark)', dash: undefined },
  { stroke: 'var(--bp)', dash: '6 3' },
  { stroke: 'var(--job-c-mark)', dash: '2 3' },
  { stroke: 'var(--job-d-mark)', dash: '8 3 2 3' },
  { stroke: 'var(--job-e-mark)', dash: '12 4' },
] as const

interface Row {
  readonly at: number
  readonly [series: string]: number | null
}

/** Courses of one figure over time. Gaps of more than a few points stay gaps; the same can be read as a table. */
export function MetricChart({
  title,
  history,
  shown,
  format,
  most,
  nothing = 'No figures in this time.',
}: MetricChartProps) {
  const id = useId()
  const [asTable, setAsTable] = useState(false)
  const rows = useMemo(() => rowsOf(history, shown), [history, shown])
  const summaries = shown.map(({ name }) => summaryOf(history.values[name] ?? []))
  const unknown = summaries.every(({ max }) => max === null)
  return (
    <section className={styles.chart} aria-labelledby={id}>
      <header className={styles.head}>
        <h2 id={id}>{title}</h2>
        <IconButton
          size="small"
          label={asTable ? `Show ${title} as a chart` : `Show ${title} as a table`}
          icon={<Table2 aria-hidden="true" />}
          aria-pressed={asTable}
          onClick={() => setAsTable(before => !before)}
        />
      </header>
      {unknown ? (
        <p className={styles.nothing}>{nothing}</p>
      ) : asTable ? (
        <MetricTable title={title} rows={rows} shown={shown} format={format} />
      ) : (
        <>
          <ul className={styles.legend}>
            {shown.map(({ name, label }, at) => (
              <li key={name}>
                <svg viewBox="0 0 20 4" aria-hidden="true">
                  <path d="M0 2h20" stroke={LOOKS[at]?.stroke} strokeDasharray={LOOKS[at]?.dash} strokeWidth={2} />
                </svg>
                <span title={label}>{label}</span>
                <b>{format(summaries[at]?.last ?? null)}</b>
              </li>
            ))}
          </ul>
          <div className={styles.plot} role="img" aria-label={wordsOf(title, shown, summaries, format)}>
            <ResponsiveContainer width="100%" height="100%">
              <LineChart data={rows} margin={{ top: 8, right: 36, bottom: 0, left: 12 }} accessibilityLayer={false}>
                <CartesianGrid vertical={false} stroke="var(--line)" />
                <XAxis
                  dataKey="at"
                  type="number"
                  scale="time"
                  domain={['dataMin', 'dataMax']}
                  tickFormatter={tickTime}
                  minTickGap={56}
                  stroke="var(--line-strong)"
                  tick={TICK}
                  tickLine={false}
                />
                <YAxis
                  width="auto"
                  domain={[0, most ?? 'auto']}
                  tickFormatter={format}
                  tickCount={5}
                  stroke="var(--line-strong)"
                  tick={TICK}
                  tickLine={false}
                  axisLine={false}
                />
                <Tooltip
                  isAnimationActive={false}
                  cursor={{ stroke: 'var(--control-line)' }}
                  content={props => <Hint {...props} shown={shown} format={format} />}
                />
                {shown.map(({ name }, at) => (
                  <Line
                    key={name}
                    dataKey={drawn(name)}
                    name={name}
                    type="linear"
                    stroke={LOOKS[at]?.stroke}
                    strokeDasharray={LOOKS[at]?.dash}
                    strokeWidth={1.75}
                    dot={false}
                    activeDot={{ r: 3, stroke: 'var(--surface)' }}
                    connectNulls={false}
                    isAnimationActive={false}
                  />
                ))}
              </LineChart>
            </ResponsiveContainer>
          </div>
        </>
      )}
    </section>
  )
}

const TICK = { fill: 'var(--text-3)', fontSize: 11, fontFamily: 'var(--mono)' } as const

function tickTime(at: number): string {
  return formatTime(at)
}

interface HintProps extends Partial<TooltipContentProps> {
  readonly shown: readonly ShownSeries[]
  readonly format: (value: number | null) => string
}

function Hint({ active, label, payload, shown, format }: HintProps) {
  if (active !== true || typeof label !== 'number') return null
  // What was measured, not what the line goes through where nothing was.
  const values: Partial<Row> = payload?.[0]?.payload ?? {}
  return (
    <div className={styles.hint}>
      <p>{formatTime(label)}</p>
      {shown.map(series => {
        const value = values[series.name]
        return (
          <p key={series.name}>
            <span>{series.label}</span>
            <b>{format(typeof value === 'number' ? value : null)}</b>
          </p>
        )
      })}
    </div>
  )
}

function rowsOf({ from, stepMs, values }: MetricSeries, shown: readonly ShownSeries[]): readonly Row[] {
  const length = Math.max(0, ...shown.map(({ name }) => values[name]?.length ?? 0))
  const bridged = shown.map(({ name }) => bridgeGaps(values[name] ?? []))
  return Array.from({ length }, (_, at) => {
    const row: Record<string, number | null> & { at: number } = { at: from + at * stepMs }
    for (const [index, { name }] of shown.entries()) {
      row[name] = values[name]?.[at] ?? null
      row[drawn(name)] = bridged[index]?.[at] ?? null
    }
    return row
  })
}

/** The key of what a series' line goes through: as it was measured, but for its short gaps. */
function drawn(name: string): string {
  return `${name} drawn`
}

function wordsOf(
  title: string,
  shown: readonly ShownSeries[],
  summaries: readonly ReturnType<typeof summaryOf>[],
  format: (value: number | null) => string,
): string {
  const each = shown.map(({ label }, at) => {
    const { min, max, last } = summaries[at]!
    return max === null
      ? `${label} not known`
      : `${label} now ${format(last)}, between ${format(min)} and ${format(max)}`
  })
  return `${title}: ${each.join('; ')}`
}
