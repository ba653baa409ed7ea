'use client'
import type { EdgeView } from '@weir/proto/web/pipeline'
import type { Edge, EdgeProps } from '@xyflow/react'
import { memo, useContext } from 'react'
import { edgeWords } from './edge-text.ts'
import { DistanceContext, useEdgeLook } from './graph-context.ts'
import styles from './graph-edge.module.css'
import type { PlacedEdge } from './layout.ts'

export type PipeEdge = Edge<{ readonly view: EdgeView; readonly placed: PlacedEdge }, 'pipe'>

const FIGURE_LETTER_PX = 6.65

/**
 * The line between two cards, as wide as much comes through. Chained operators hand records over by a call: two thin
 * lines. A side output is dashed. The words are SVG text: hundreds of them cost no layout.
 */
export const GraphEdge = memo(function GraphEdge({ id, data }: EdgeProps<PipeEdge>) {
  const far = useContext(DistanceContext) > 0
  const look = useEdgeLook(id)
  if (data === undefined || look === undefined) return null
  const { view, placed } = data
  const { end, label, path } = placed
  const side = view.output !== null
  const head = 5 + Math.min(5, look.widthPx)
  return (
    <g className={styles.edge} data-blocked={look.blocked || undefined} data-bad={look.bad || undefined}>
      {view.chained ? (
        <>
          <path className={styles.line} data-side={side || undefined} d={path} strokeWidth={5} />
          <path className={styles.between} d={path} strokeWidth={2.5} />
        </>
      ) : (
        <path className={styles.line} data-side={side || look.bad || undefined} d={path} strokeWidth={look.widthPx} />
      )}
      <path className={styles.head} d={`M${end.x - head},${end.y - 9} h${2 * head} L${end.x},${end.y}Z`} />
      {!far && (
        <text className={styles.label} x={label.x} y={label.y + 4}>
          {look.figure !== '' && <tspan className={styles.figure}>{look.figure}</tspan>}
          <tspan className={styles.words} x={look.figure === '' ? label.x : label.x + figureWidth(look.figure)}>
            {edgeWords(view)}
          </tspan>
          {(look.full !== '' || view.key !== null) && <title>{hoverText(look.full, view.key)}</title>}
        </text>
      )}
    </g>
  )
})

/** The whole type of the records, and the selector of their key. */
function hoverText(type: string, key: string | null): string {
  return [type, key === null ? '' : `key: ${key}`].filter(text => text !== '').join('\n')
}

/** Figures and types stand left of the words; a short one does not leave a hole behind it. */
function figureWidth(figure: string): number {
  return Math.max(58, [...figure].length * FIGURE_LETTER_PX + 8)
}
