'use client'
import type { PipelineView } from '@weir/proto/web/pipeline'
import { Clock } from 'lucide-react'
import styles from './graph-legend.module.css'
import type { GraphMode } from './graph-store.ts'

/** What the signs of this graph mean; lists those that it has. */
export function GraphLegend({ pipeline, mode }: { readonly pipeline: PipelineView; readonly mode: GraphMode }) {
  const chained = pipeline.edges.some(edge => edge.chained)
  const side = pipeline.edges.some(edge => edge.output !== null)
  if (mode === 'design' && !chained && !side) return null
  return (
    <ul className={styles.legend} aria-label="Legend">
      {mode === 'live' && (
        <>
          <li title="Part of the time in which its threads work">
            <span className={styles.busy} />
            busy
          </li>
          <li title="Part of the time in which it waits for the operators behind it">
            <span className={styles.ring} />
            backpressured
          </li>
          <li title="How far its event time is behind the clock">
            <Clock size={12} strokeWidth={1.5} aria-hidden="true" />
            watermark lag
          </li>
        </>
      )}
      {chained && (
        <li title="Both run in the same threads: records are handed over by a call, not over the network">
          <svg className={styles.line} viewBox="0 0 24 8" aria-hidden="true">
            <path d="M0 2.5h24M0 5.5h24" />
          </svg>
          chained
        </li>
      )}
      {side && (
        <li title="Records that go another way than the main output">
          <svg className={styles.line} viewBox="0 0 24 8" aria-hidden="true">
            <path d="M0 4h24" strokeDasharray="5 4" />
          </svg>
          side output
        </li>
      )}
    </ul>
  )
}
