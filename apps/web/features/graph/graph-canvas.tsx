'use client'
import { ReactFlow, ReactFlowProvider, type ReactFlowState, useReactFlow, useStore, type Viewport } from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import type { PipelineView } from '@weir/proto/web/pipeline'
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef } from 'react'
import { FarEdges } from './far-edges.tsx'
import styles from './graph-canvas.module.css'
import { type Distance, DistanceContext, type GraphActions, GraphContext } from './graph-context.ts'
import { GraphControls, GraphMiniMap } from './graph-controls.tsx'
import { GraphEdge, type PipeEdge } from './graph-edge.tsx'
import { GraphLegend } from './graph-legend.tsx'
import { GraphNode, type OperatorNode } from './graph-node.tsx'
import type { GraphMode, GraphStore } from './graph-store.ts'
import { GraphTable } from './graph-table.tsx'
import { neighboursOf } from './graph-topology.ts'
import { isWalkKey, walk } from './graph-walk.ts'
import { layoutOf } from './layout.ts'

interface GraphCanvasProps {
  readonly pipeline: PipelineView
  readonly store: GraphStore
  readonly mode: GraphMode
  readonly selected: string | null
  readonly actions: GraphActions
  readonly stale: boolean
  readonly label: string
}

const NO_EDGES: PipeEdge[] = []
const NODE_TYPES = { operator: GraphNode }
const EDGE_TYPES = { pipe: GraphEdge }
/** What floats over the canvas counts as its border. */
const FIT = { padding: { top: '52px', bottom: '52px', left: '40px', right: '40px' }, maxZoom: 1.2 } as const
const ZOOM_MIN = 0.08
const ZOOM_MAX = 2
/** Below these zooms rings, badges and labels cannot be read, and then names neither. */
const FAR_BELOW = 0.5
const VERY_FAR_BELOW = 0.25
const CLICK_MOVES_MAX_PX = 4

const distanceOf = ({ transform: [, , zoom] }: ReactFlowState): Distance =>
  zoom < VERY_FAR_BELOW ? 2 : zoom < FAR_BELOW ? 1 : 0
const sizeOf = (state: ReactFlowState) => `${state.width}x${state.height}`

export function GraphCanvas(props: GraphCanvasProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  )
}

function Canvas({ pipeline, store, mode, selected, actions, stale, label }: GraphCanvasProps) {
  const flow = useReactFlow<OperatorNode, PipeEdge>()
  const distance = useStore(distanceOf)
  const size = useStore(sizeOf)
  const frame = useRef<HTMLDivElement>(null)
  const layout = layoutOf(pipeline)
  const neighbours = useMemo(() => neighboursOf(pipeline), [pipeline])
  const nodes = useMemo(() => nodesOf(pipeline), [pipeline])
  const edges = useMemo(() => edgesOf(pipeline), [pipeline])
  const scope = useMemo(() => ({ store, actions }), [store, actions])

  // Another topology, or another size of the canvas, is shown as a whole; but whoever has chosen a part keeps it.
  const moved = useRef(false)
  const begun = useRef<Viewport>({ x: 0, y: 0, zoom: 1 })
  const fit = useCallback(() => {
    moved.current = false
    void flow.fitView(FIT)
  }, [flow])
  const shown = useRef(layout)
  useEffect(() => {
    if (shown.current !== layout) moved.current = false
    shown.current = layout
    if (size !== '0x0' && !moved.current) fit()
  }, [layout, size, fit])

  const focusOn = useCallback(
    (uid: string) => {
      const node = layout.nodes.get(uid)
      const element = frame.current
      if (node === undefined || element === null) return
      const { x, y, zoom } = flow.getViewport()
      const left = node.x * zoom + x
      const top = node.y * zoom + y
      const inSight =
        left >= 0 &&
        top >= 0 &&
        left + node.width * zoom <= element.clientWidth &&
        top + node.height * zoom <= element.clientHeight
      if (!inSight) {
        moved.current = true
        void flow.setCenter(node.x + node.width / 2, node.y + node.height / 2, { zoom })
      }
      focusWhenThere(element, uid)
    },
    [layout, flow],
  )

  const onKeyDown = (event: KeyboardEvent) => {
    const uid = operatorAt(event.target)
    if (uid === null) return
    if (event.key === 'Enter') {
      event.preventDefault()
      actions.select(uid)
      actions.open(uid)
    } else if (event.key === 'Escape') {
      actions.select(null)
    } else if (isWalkKey(event.key) && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault()
      const next = walk(uid, event.key, layout, neighbours)
      if (next !== null) focusOn(next)
    }
  }

  return (
    <GraphContext value={scope}>
      {/* biome-ignore lint/a11y/useSemanticElements: a canvas with controls is no fieldset */}
      <div
        ref={frame}
        role="group"
        aria-label={label}
        className={styles.canvas}
        data-far={distance || undefined}
        data-stale={stale || undefined}
        onKeyDown={onKeyDown}
        onFocus={event => {
          const uid = operatorAt(event.target)
          if (uid !== null && event.target.matches(':focus-visible')) focusOn(uid)
        }}
      >
        <DistanceContext value={distance}>
          <ReactFlow
            nodes={nodes}
            edges={distance === 2 ? NO_EDGES : edges}
            nodeTypes={NODE_TYPES}
            edgeTypes={EDGE_TYPES}
            minZoom={ZOOM_MIN}
            maxZoom={ZOOM_MAX}
            // From far away all is in sight, or nearly so: to mount and unmount costs more than it saves.
            onlyRenderVisibleElements={distance < 2}
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            edgesFocusable={false}
            elementsSelectable={false}
            zoomOnDoubleClick={false}
            disableKeyboardA11y
            deleteKeyCode={null}
            selectionKeyCode={null}
            multiSelectionKeyCode={null}
            onPaneClick={() => actions.select(null)}
            onMoveStart={(_, from) => {
              begun.current = from
              frame.current?.setAttribute('data-moving', '')
            }}
            onMove={(event, to) => {
              if (event !== null && isMove(begun.current, to)) moved.current = true
            }}
            onMoveEnd={() => frame.current?.removeAttribute('data-moving')}
          >
            {distance === 2 && <FarEdges layout={layout} />}
            <GraphMiniMap layout={layout} selected={selected} />
          </ReactFlow>
        </DistanceContext>
        <GraphLegend pipeline={pipeline} mode={mode} />
        <GraphControls onFit={fit} />
        <GraphTable pipeline={pipeline} layout={layout} store={store} />
      </div>
    </GraphContext>
  )
}

/** In topological order, which is the order of Tab. */
function nodesOf(pipeline: PipelineView): OperatorNode[] {
  const layout = layoutOf(pipeline)
  const operators = new Map(pipeline.operators.map(operator => [operator.uid, operator]))
  return layout.order.map(uid => {
    const { x, y, width, height } = layout.nodes.get(uid)!
    return { id: uid, type: 'operator', position: { x, y }, width, height, data: { operator: operators.get(uid)! } }
  })
}

function edgesOf(pipeline: PipelineView): PipeEdge[] {
  const layout = layoutOf(pipeline)
  return pipeline.edges.flatMap(view => {
    const placed = layout.edges.get(view.id)
    return placed === undefined
      ? []
      : [{ id: view.id, type: 'pipe' as const, source: view.from, target: view.to, data: { view, placed } }]
  })
}

/** A click begins and ends a movement too, and the hand that clicks is not quite still: neither chooses a part. */
function isMove(from: Viewport, to: Viewport): boolean {
  return from.zoom !== to.zoom || Math.hypot(to.x - from.x, to.y - from.y) > CLICK_MOVES_MAX_PX
}

function operatorAt(target: EventTarget): string | null {
  if (!(target instanceof Element)) return null
  return target.closest('[data-operator]')?.getAttribute('data-operator') ?? null
}

/** Cards out of sight are not in the document: after the view has moved there, theirs appears within a few frames. */
function focusWhenThere(frame: HTMLElement, uid: string, tries = 10): void {
  const card = frame.querySelector<HTMLElement>(`[data-operator="${CSS.escape(uid)}"]`)
  if (card !== null) {
    if (document.activeElement !== card) card.focus({ preventScroll: true, focusVisible: true } as FocusOptions)
  } else if (tries > 0) {
    requestAnimationFrame(() => focusWhenThere(frame, uid, tries - 1))
  }
}
