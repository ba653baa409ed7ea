'use client'
import { formatTime } from '@/lib/format.ts'
import styles from './metric-table.module.css'

interface MetricTableProps {
  readonly title: string
  readonly rows: readonly { readonly at: number; readonly [series: string]: number | null }[]
  readonly shown: readonly { readonly name: string; readonly label: string }[]
  readonly format: (value: number | null) => string
}

/** A chart would be no better with more. */
const ROWS = 60

/** The figures of a chart as a table, newest first: about sixty of them, evenly spread. */
export function MetricTable({ title, rows, shown, format }: MetricTableProps) {
  const every = Math.max(1, Math.ceil(rows.length / ROWS))
  const listed = [...rows].reverse().filter((_, at) => at % every === 0)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    // biome-ignore lint/a11y/useSemanticElements: a scroller with a name
    <div className={styles.scroller} tabIndex={0} role="region" aria-label={`${title}, as a table`}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {shown.map(({ name, label }) => (
              <th key={name} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {listed.map(row => (
            <tr key={row.at}>
              <th scope="row">{formatTime(row.at)}</th>
              {shown.map(({ name }) => (
                <td key={name}>{format(row[name] ?? null)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
