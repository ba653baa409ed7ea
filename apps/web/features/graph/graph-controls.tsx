'use client'
import { MiniMap, type ReactFlowState, useReactFlow, useStore } from '@xyflow/react'
import { Maximize, Minus, Plus } from 'lucide-react'
import { useMemo } from 'react'
import styles from './graph-controls.module.css'
import type { GraphLayout } from './layout.ts'

const isNarrow = ({ width }: ReactFlowState) => width < MAP_FROM_WIDTH_PX
const percentOf = (state: ReactFlowState) => Math.round(state.transform[2] * 100)

/** Zoom out, in, and everything; below the picture on the left. */
export function GraphControls({ onFit }: { readonly onFit: () => void }) {
  const flow = useReactFlow()
  const percent = useStore(percentOf)
  return (
    <fieldset className={styles.controls}>
      <legend className={styles.legend}>Zoom</legend>
      <button
        type="button"
        aria-label="Zoom out"
        title="Zoom out (Ctrl and the wheel)"
        onClick={() => void flow.zoomOut()}
      >
        <Minus size={16} strokeWidth={1.5} aria-hidden="true" />
      </button>
      <span className={styles.percent}>{percent}%</span>
      <button
        type="button"
        aria-label="Zoom in"
        title="Zoom in (Ctrl and the wheel)"
        onClick={() => void flow.zoomIn()}
      >
        <Plus size={16} strokeWidth={1.5} aria-hidden="true" />
      </button>
      <button type="button" aria-label="Show the whole graph" title="Show the whole graph" onClick={onFit}>
        <Maximize size={16} strokeWidth={1.5} aria-hidden="true" />
      </button>
    </fieldset>
  )
}

/** In a narrower pane the map would lie over the cards. */
const MAP_FROM_WIDTH_PX = 640

/** The whole in small, while a part of it is out of sight. */
export function GraphMiniMap({ layout, selected }: { readonly layout: GraphLayout; readonly selected: string | null }) {
  // Labels may reach beyond the edge: that alone is no reason to cover a corner with a map.
  const cardsEnd = useMemo(() => Math.max(0, ...[...layout.nodes.values()].map(({ x, width }) => x + width)), [layout])
  const fits = useStore(state => allInSight(state, cardsEnd, layout.height))
  const narrow = useStore(isNarrow)
  if (fits || narrow || layout.nodes.size === 0) return null
  return (
    <MiniMap
      className={styles.minimap}
      style={{ width: 136, height: 92 }}
      pannable
      ariaLabel="The whole graph in small"
      nodeClassName={node => (node.id === selected ? styles.chosen! : styles.other!)}
      nodeBorderRadius={12}
      maskColor="var(--minimap-mask)"
      maskStrokeColor="var(--accent)"
      maskStrokeWidth={1.5}
      bgColor="var(--surface)"
    />
  )
}

function allInSight({ transform, width, height }: ReactFlowState, right: number, bottom: number): boolean {
  const [x, y, zoom] = transform
  return x >= 0 && y >= 0 && x + right * zoom <= width && y + bottom * zoom <= height
}
