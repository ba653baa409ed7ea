import { ViewportPortal } from '@xyflow/react'
import { memo } from 'react'
import styles from './far-edges.module.css'
import { useBlockedEdges } from './graph-context.ts'
import type { GraphLayout } from './layout.ts'

/**
 * All edges of a graph that is far away, as two lines: those that carry the tint of backpressure, and the others. Widths,
 * words and ends could not be made out, and hundreds of edges of their own would cost more than all else.
 */
export const FarEdges = memo(function FarEdges({ layout }: { readonly layout: GraphLayout }) {
  const blocked = useBlockedEdges()
  const paths = [...layout.edges]
  const joined = (wanted: boolean) =>
    paths
      .filter(([id]) => blocked.has(id) === wanted)
      .map(([, { path }]) => path)
      .join('')
  return (
    <ViewportPortal>
      <svg className={styles.edges} width={layout.width} height={layout.height} aria-hidden="true">
        <path d={joined(false)} />
        <path className={styles.blocked} d={joined(true)} />
      </svg>
    </ViewportPortal>
  )
})
