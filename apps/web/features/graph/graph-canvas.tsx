'use client'
import {
  ReactFlow,
  type ReactFlowInstance,
  ReactFlowProvider,
  type ReactFlowState,
  useReactFlow,
  useStore,
  type Viewport,
} from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import type { PipelineView } from '@weir/proto/web/pipeline'
import { type CSSProperties, type KeyboardEvent, useCallback, useEffect, useMemo, useRef } from 'react'
import { inputNumbers } from './edge-text.ts'
import { FarEdges } from './far-edges.tsx'
import { distanceAt, firstView, growthAt, type Size, wholeView } from './fit.ts'
import styles from './graph-canvas.module.css'
import { DistanceContext, type GraphActions, GraphContext } from './graph-context.ts'
import { GraphControls, GraphMiniMap } from './graph-controls.tsx'
import { GraphEdge, type PipeEdge } from './graph-edge.tsx'
import { GraphLegend } from './graph-legend.tsx'
import { GraphNode, type OperatorNode } from './graph-node.tsx'
import type { GraphMode, GraphStore } from './graph-store.ts'
import { GraphTable } from './graph-table.tsx'
import { neighboursOf } from './graph-topology.ts'
import { isWalkKey, walk } from './graph-walk.ts'
import { layoutOf, type PlacedNode } from './layout.ts'

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
const ZOOM_MIN = 0.08
const ZOOM_MAX = 2
/** A name that has grown so much has room for one line. */
const ONE_LINE_FROM = 2.6
const CLICK_MOVES_MAX_PX = 4

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
  const count = pipeline.operators.length
  const distance = useStore(({ transform: [, , zoom] }: ReactFlowState) => distanceAt(zoom, count))
  const growth = useStore(({ transform: [, , zoom] }: ReactFlowState) => growthAt(zoom, count))
  const size = useStore(sizeOf)
  const frame = useRef<HTMLDivElement>(null)
  const layout = layoutOf(pipeline)
  const neighbours = useMemo(() => neighboursOf(pipeline), [pipeline])
  const nodes = useMemo(() => nodesOf(pipeline), [pipeline])
  const edges = useMemo(() => edgesOf(pipeline), [pipeline])
  const scope = useMemo(() => ({ store, actions }), [store, actions])

  // Another topology, or another size of the canvas, begins anew; but whoever has chosen a part, or the whole, keeps it.
  const part = useRef<'first' | 'whole' | 'own'>('first')
  const begun = useRef<Viewport>({ x: 0, y: 0, zoom: 1 })
  const fit = useCallback(() => {
    part.current = 'whole'
    void flow.setViewport(wholeView(layout, paneOf(frame.current)))
  }, [flow, layout])
  const shown = useRef(layout)
  const chosen = useRef(selected)
  chosen.current = selected
  useEffect(() => {
    if (shown.current !== layout) part.current = 'first'
    shown.current = layout
    if (size === '0x0') return
    const focus = layout.nodes.get(chosen.current ?? '') ?? null
    const pane = paneOf(frame.current)
    if (part.current === 'first') void flow.setViewport(firstView(layout, pane, focus))
    else if (part.current === 'whole') void flow.setViewport(wholeView(layout, pane))
    else if (focus !== null && !isInSight(focus, flow.getViewport(), pane)) centre(flow, focus)
  }, [layout, size, flow])

  const focusOn = useCallback(
    (uid: string) => {
      const node = layout.nodes.get(uid)
      const element = frame.current
      if (node === undefined || element === null) return
      if (!isInSight(node, flow.getViewport(), paneOf(element))) {
        part.current = 'own'
        centre(flow, node)
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
        data-one-line={growth > ONE_LINE_FROM || undefined}
        data-stale={stale || undefined}
        style={{ '--grow': growth } as CSSProperties}
        onKeyDown={onKeyDown}
        onFocus={event => {
          const uid = operatorAt(event.target)
          if (uid !== null && event.target.matches(':focus-visible')) focusOn(uid)
        }}
      >
        <DistanceContext value={distance}>
          <ReactFlow
            nodes={nodes}
            edges={distance === 3 ? NO_EDGES : edges}
            nodeTypes={NODE_TYPES}
            edgeTypes={EDGE_TYPES}
            minZoom={ZOOM_MIN}
            maxZoom={ZOOM_MAX}
            // From far away all is in sight, or nearly so: to mount and unmount costs more than it saves.
            onlyRenderVisibleElements={distance < 3}
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            edgesFocusable={false}
            elementsSelectable={false}
            zoomOnDoubleClick={false}
            // The wheel goes along the graph, as along a page; with Ctrl (or two fingers) it zooms.
            panOnScroll
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
              if (event !== null && isMove(begun.current, to)) part.current = 'own'
            }}
            onMoveEnd={() => frame.current?.removeAttribute('data-moving')}
          >
            {distance === 3 && <FarEdges layout={layout} />}
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

function paneOf(frame: HTMLElement | null): Size {
  return { width: frame?.clientWidth ?? 0, height: frame?.clientHeight ?? 0 }
}

function isInSight(node: PlacedNode, { x, y, zoom }: Viewport, pane: Size): boolean {
  const left = node.x * zoom + x
  const top = node.y * zoom + y
  const right = left + node.width * zoom
  return left >= 0 && top >= 0 && right <= pane.width && top + node.height * zoom <= pane.height
}

function centre(flow: ReactFlowInstance<OperatorNode, PipeEdge>, node: PlacedNode): void {
  const { zoom } = flow.getViewport()
  void flow.setCenter(node.x + node.width / 2, node.y + node.height / 2, { zoom })
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
  const inputs = inputNumbers(pipeline.edges)
  return pipeline.edges.flatMap(view => {
    const placed = layout.edges.get(view.id)
    if (placed === undefined) return []
    const data = { view, placed, input: inputs.get(view.id) ?? null }
    return [{ id: view.id, type: 'pipe' as const, source: view.from, target: view.to, data }]
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
