'use client'
import type { EdgeView } from '@weir/proto/web/pipeline'
import type { Edge, EdgeProps } from '@xyflow/react'
import { memo, useContext } from 'react'
import { edgeWords } from './edge-text.ts'
import { DistanceContext, useEdgeLook } from './graph-context.ts'
import styles from './graph-edge.module.css'
import type { PlacedEdge } from './layout.ts'

export interface PipeData extends Record<string, unknown> {
  readonly view: EdgeView
  readonly placed: PlacedEdge
  /** Which input of its operator it comes into, where there are two. */
  readonly input: number | null
}

export type PipeEdge = Edge<PipeData, 'pipe'>

/**
 * The line between two cards, as wide as much comes through. Chained operators hand records over by a call: two thin
 * lines. A side output is dashed. The words are SVG text: hundreds of them cost no layout.
 */
export const GraphEdge = memo(function GraphEdge({ id, data }: EdgeProps<PipeEdge>) {
  const distance = useContext(DistanceContext)
  const look = useEdgeLook(id)
  if (data === undefined || look === undefined) return null
  const { view, placed, input } = data
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
      {input !== null && distance < 2 && (
        <text className={styles.input} x={end.x - head - 3} y={end.y - 5}>
          {input}
        </text>
      )}
      {distance < 2 && (
        <text className={styles.label} x={label.x} y={label.y + 4}>
          {look.figure !== '' && <tspan className={styles.figure}>{look.figure}</tspan>}
          {distance === 0 && (
            <tspan className={styles.words} x={label.x + look.figureWidthPx}>
              {edgeWords(view)}
            </tspan>
          )}
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
