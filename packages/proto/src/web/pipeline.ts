/** A job graph as it is drawn: one card per operator, one edge per connection. */
export interface PipelineView {
  readonly name: string
  readonly parallelism: number
  readonly maxParallelism: number
  readonly operators: readonly OperatorView[]
  readonly edges: readonly EdgeView[]
}

export type OperatorKind = 'source' | 'transform' | 'sink'

export interface OperatorView {
  /** Stable over edits: positions, selection, state and metrics are found by it. */
  readonly uid: string
  /** Key of its spec: `map`, `fileSource`, `window`, … */
  readonly type: string
  readonly kind: OperatorKind
  readonly name: string
  /** One line of what matters in its config, for the card: `tumbling 60 s`, `path data/book.txt`, `line => line.length`. */
  readonly detail: string
  readonly parallelism: number
  /** The job vertex (chain) that runs it: uid of the chain's head. Operators of one vertex run in the same threads. */
  readonly vertexId: string
  /** Where it is described in the source; null for a JSON job. */
  readonly place: SourcePlace | null
}

/** Line and column count from 1. */
export interface SourcePlace {
  readonly line: number
  readonly column: number
}

export interface EdgeView {
  /** `from->to`, with output tag and input where there are several. */
  readonly id: string
  readonly from: string
  readonly to: string
  readonly partitioner: 'forward' | 'hash' | 'rebalance' | 'rescale' | 'broadcast'
  /** Source text of the key selector, with `hash`. */
  readonly key: string | null
  /** Tag of a side output; null is the main one. */
  readonly output: string | null
  readonly input: number
  /** Whether both ends run in one chain: records are handed over by a call. */
  readonly chained: boolean
}
