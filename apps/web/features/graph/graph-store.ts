import type { SourceProblem } from '@weir/proto/web/drafts'
import type { JobDoc } from '@weir/proto/web/job-doc'
import type { PipelineView } from '@weir/proto/web/pipeline'
import { designEdge, type EdgeLook, type EdgeRecords, liveEdge } from './edge-view.ts'
import { designView, liveView, type NodeView } from './node-view.ts'

export type GraphMode = 'design' | 'live'

/** What the cards and edges of a graph show. */
export interface GraphFacts {
  readonly mode: GraphMode
  /** Null in live mode is "nothing is known yet". */
  readonly doc: JobDoc | null
  readonly problems: readonly SourceProblem[]
  readonly edgeTypes: Readonly<Record<string, EdgeRecords>>
}

type Listener = () => void

/** Does all of the work, at once or over some frames. */
export type Spread = (work: readonly (() => void)[]) => void

const atOnce: Spread = work => {
  for (const each of work) each()
}

const NOTHING_LIVE: NodeView = {
  state: 'unknown',
  tags: [],
  live: { rate: '—', lag: '—', atEventTime: false, busy: null, backpressure: null, chainedTo: null, total: null },
  words: 'not measured yet',
}

/**
 * The looks of all cards and edges of one topology, each with its own listeners: a new document once a second is turned
 * into looks once, and only the cards whose look is another are drawn again. React Flow's nodes themselves never change.
 */
export class GraphStore {
  readonly pipeline: PipelineView
  readonly #nodes = new Map<string, NodeView>()
  readonly #edges = new Map<string, EdgeLook>()
  readonly #listeners = new Map<string, Set<Listener>>()
  readonly #vertexOf: ReadonlyMap<string, string>
  readonly #nameOf: ReadonlyMap<string, string>
  readonly #spread: Spread
  #blocked: ReadonlySet<string> = new Set()
  #selected: string | null = null

  constructor(pipeline: PipelineView, facts: GraphFacts, spread: Spread = atOnce) {
    this.pipeline = pipeline
    this.#spread = spread
    this.#vertexOf = new Map(pipeline.operators.map(({ uid, vertexId }) => [uid, vertexId]))
    this.#nameOf = new Map(pipeline.operators.map(({ uid, name }) => [uid, name]))
    this.update(facts)
  }

  /** Works out every look anew; what looks as before stays the same object and wakes nobody. */
  update(facts: GraphFacts): void {
    const changed: string[] = []
    for (const operator of this.pipeline.operators) {
      const view =
        facts.mode === 'design'
          ? designView(operator, facts.problems)
          : facts.doc === null
            ? NOTHING_LIVE
            : liveView(operator, this.#nameOf.get(operator.vertexId) ?? operator.vertexId, facts.doc)
      if (replace(this.#nodes, operator.uid, view)) changed.push(nodeKey(operator.uid))
    }
    for (const edge of this.pipeline.edges) {
      const look =
        facts.mode === 'live' && facts.doc !== null
          ? liveEdge(edge, uid => this.#vertexOf.get(uid), facts.doc)
          : designEdge(edge, facts.mode === 'design' ? facts.edgeTypes : {})
      if (replace(this.#edges, edge.id, look)) changed.push(edgeKey(edge.id))
    }
    const blocked = new Set(this.pipeline.edges.filter(({ id }) => this.#edges.get(id)?.blocked).map(({ id }) => id))
    if (blocked.size !== this.#blocked.size || [...blocked].some(id => !this.#blocked.has(id))) {
      this.#blocked = blocked
      changed.push(BLOCKED_KEY)
    }
    this.#spread(changed.map(key => () => this.#wake(key)))
  }

  select(uid: string | null): void {
    const before = this.#selected
    if (before === uid) return
    this.#selected = uid
    if (before !== null) this.#wake(nodeKey(before))
    if (uid !== null) this.#wake(nodeKey(uid))
  }

  isSelected(uid: string): boolean {
    return this.#selected === uid
  }

  node(uid: string): NodeView {
    return this.#nodes.get(uid) ?? NOTHING_LIVE
  }

  edge(id: string): EdgeLook | undefined {
    return this.#edges.get(id)
  }

  /** The edges that carry the tint of backpressure; another set only when another edge does. */
  blockedEdges(): ReadonlySet<string> {
    return this.#blocked
  }

  onBlockedEdges(listener: Listener): () => void {
    return this.#listen(BLOCKED_KEY, listener)
  }

  onNode(uid: string, listener: Listener): () => void {
    return this.#listen(nodeKey(uid), listener)
  }

  onEdge(id: string, listener: Listener): () => void {
    return this.#listen(edgeKey(id), listener)
  }

  #listen(key: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(key) ?? new Set()
    this.#listeners.set(key, listeners)
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  #wake(key: string): void {
    for (const listener of this.#listeners.get(key) ?? []) listener()
  }
}

const BLOCKED_KEY = 'blocked'

function nodeKey(uid: string): string {
  return `n/${uid}`
}

function edgeKey(id: string): string {
  return `e/${id}`
}

/** Whether the value is another than the one that is kept. */
function replace<T>(map: Map<string, T>, key: string, value: T): boolean {
  const before = map.get(key)
  if (before !== undefined && JSON.stringify(before) === JSON.stringify(value)) return false
  map.set(key, value)
  return true
}
