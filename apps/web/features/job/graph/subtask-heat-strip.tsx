'use client'
import type { VertexDoc } from '@weir/proto/web/job-doc'
import type { CSSProperties } from 'react'
import { formatPercent, percentOf } from '@/lib/format.ts'
import { useSubtaskHeat } from '../metrics/samples-provider.tsx'
import drawer from './operator-drawer.module.css'
import styles from './subtask-heat-strip.module.css'

const SHOWN = 32

/** Busy of each subtask over the last five minutes that this page has seen; darker is busier. */
export function SubtaskHeatStrip({ vertex }: { readonly vertex: VertexDoc }) {
  const heat = useSubtaskHeat()
  const indexes = Object.keys(vertex.subtasks).slice(0, SHOWN)
  const rows = indexes.map(index => ({ index, values: heat.of(vertex.vertexId, index) }))
  if (rows.every(({ values }) => values.every(value => value === null))) return null
  return (
    <section className={drawer.section}>
      <h3 className={drawer.heading}>
        Busy per subtask <span>last 5 min, since you opened this page</span>
      </h3>
      <ul className={styles.heat}>
        {rows.map(({ index, values }) => (
          <li key={index} className={styles.row}>
            <span>{index}</span>
            <span className={styles.cells} role="img" aria-label={wordsOf(index, values)}>
              {values.map((value, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the place is the identity of a cell
                <Cell key={at} value={value} />
              ))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Cell({ value }: { readonly value: number | null }) {
  const percent = percentOf(value)
  return percent === null ? (
    <i className={styles.gap} />
  ) : (
    <i style={{ '--v': percent } as CSSProperties} title={`${percent}%`} />
  )
}

function wordsOf(index: string, values: readonly (number | null)[]): string {
  const known = values.filter(value => value !== null)
  if (known.length === 0) return `Subtask ${index}: not known`
  return `Subtask ${index}: busy between ${formatPercent(Math.min(...known))} and ${formatPercent(Math.max(...known))}`
}
