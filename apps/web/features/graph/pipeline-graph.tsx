'use client'
import type { SourceProblem } from '@weir/proto/web/drafts'
import type { PipelineView } from '@weir/proto/web/pipeline'
import { useEffect, useMemo, useRef } from 'react'
import { useJobDoc } from '@/lib/live'
import type { EdgeRecords } from './edge-view.ts'
import { GraphCanvas } from './graph-canvas.tsx'
import { type GraphMode, GraphStore } from './graph-store.ts'
import { overFrames } from './over-frames.ts'
import { useStale } from './use-stale.ts'

export interface PipelineGraphProps {
  readonly pipeline: PipelineView
  /** Uid of the operator that is selected; its card has the accent. */
  readonly selected: string | null
  /** A click or Enter on a card; null when the selection is given up (a click beside the cards, Escape). */
  readonly onSelect: (uid: string | null) => void
  /** A double click or Enter on a card. */
  readonly onOpen?: (uid: string) => void
  /** `design`: what the operators are to do; `live`: how they do in the job `jobId`. Places are the same. */
  readonly renderMode: GraphMode
  readonly jobId?: string
  /** Shown as a badge on the cards that they are about. */
  readonly problems?: readonly SourceProblem[]
  /** Edge id → its records, shown in design mode. */
  readonly edgeTypes?: Readonly<Record<string, EdgeRecords>>
  /** Name of the picture for screen readers. */
  readonly label?: string
}

const NO_PROBLEMS: readonly SourceProblem[] = []
const NO_TYPES: Readonly<Record<string, EdgeRecords>> = {}

/** The graph of a pipeline, to look at and to walk in: the same picture while it is written and while it runs. */
export function PipelineGraph(props: PipelineGraphProps) {
  const { pipeline, selected, onSelect, onOpen, renderMode, jobId, label = `Graph of ${pipeline.name}` } = props
  const { problems = NO_PROBLEMS, edgeTypes = NO_TYPES } = props
  const facts = useMemo(() => ({ mode: renderMode, doc: null, problems, edgeTypes }), [renderMode, problems, edgeTypes])
  // biome-ignore lint/correctness/useExhaustiveDependencies: later facts reach the same store by `update`
  const store = useMemo(() => new GraphStore(pipeline, facts, overFrames()), [pipeline])
  useEffect(() => {
    if (renderMode === 'design') store.update(facts)
  }, [store, facts, renderMode])
  useEffect(() => store.select(selected), [store, selected])

  // Whoever gives new callbacks with every render does not draw all cards anew.
  const callbacks = useRef({ onSelect, onOpen })
  useEffect(() => {
    callbacks.current = { onSelect, onOpen }
  })
  const actions = useMemo(
    () => ({
      select: (uid: string | null) => callbacks.current.onSelect(uid),
      open: (uid: string) => callbacks.current.onOpen?.(uid),
    }),
    [],
  )
  const canvas = { pipeline, store, selected, actions, label, mode: renderMode }
  return renderMode === 'live' && jobId !== undefined ? (
    <>
      <LiveFeed jobId={jobId} store={store} />
      <LiveCanvas {...canvas} />
    </>
  ) : (
    <GraphCanvas {...canvas} stale={false} />
  )
}

/** Hands each new document of the job to the store; draws nothing itself. */
function LiveFeed({ jobId, store }: { readonly jobId: string; readonly store: GraphStore }) {
  const live = useJobDoc(jobId)
  const doc = live.state === 'ready' ? live.doc : null
  useEffect(() => {
    if (doc !== null) store.update({ mode: 'live', doc, problems: NO_PROBLEMS, edgeTypes: NO_TYPES })
  }, [store, doc])
  return null
}

function LiveCanvas(props: Omit<Parameters<typeof GraphCanvas>[0], 'stale'>) {
  return <GraphCanvas {...props} stale={useStale()} />
}
