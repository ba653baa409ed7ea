/** What a TaskManager reports once a second about one slot of a job. Counters count from the start of the attempt. */
export interface SlotMetrics {
  readonly jobId: string
  readonly attempt: number
  readonly slot: number
  readonly subtasks: readonly SubtaskMetrics[]
}

export interface SubtaskMetrics {
  readonly vertex: number
  readonly subtask: number
  readonly status: 'deployed' | 'running' | 'finished'
  readonly recordsIn: number
  readonly recordsOut: number
  /** Time spent in each answer of `step()`, ms since the start of the attempt. */
  readonly busyMs: number
  readonly backpressuredMs: number
  readonly idleMs: number
  /**
   * Time since the slot began to run, ms, at which all of this was counted: what rates are taken over, since a report may
   * be some time on its way. Absent before the start, and where nobody counts it.
   */
  readonly ranMs?: number
  /** Event time that the subtask has reached; null while unknown, or at the end of the input. */
  readonly watermark: number | null
  readonly stateBytes: number
  /** Largest number of bytes that stood in overdraft buffers. */
  readonly overdraftBytesMax: number
  /** How long records take in the chain; see engine/task/latency-histogram.ts for the buckets. */
  readonly latency: LatencyCounts
  readonly sent: TransportCounters
  readonly operators: readonly OperatorMetrics[]
  /** Of a source that is aligned with others; absent elsewhere. */
  readonly alignment?: AlignmentMetrics
}

/** Watermark alignment of one source subtask; see engine/time/source-alignment.ts. */
export interface AlignmentMetrics {
  readonly group: string
  /** Splits that are being read, and how many of these wait for slower sources. */
  readonly splits: number
  readonly pausedSplits: number
  /** Time during which all of them waited, ms since the start of the attempt; it is part of `idleMs`. */
  readonly pausedMs: number
  /** How far the furthest split is ahead of the slowest source of the group, ms of event time; null while unknown. */
  readonly aheadMs: number | null
}

/** Records by bucket, not cumulative, the last bucket without a bound; and the time of all of them together. */
export interface LatencyCounts {
  readonly counts: readonly number[]
  readonly sumSeconds: number
}

/** Records by the transport they left through: same slot, ring between slots, TCP. */
export interface TransportCounters {
  readonly local: number
  readonly ring: number
  readonly tcp: number
}

export interface OperatorMetrics {
  readonly uid: string
  readonly name: string
  readonly recordsIn: number
  readonly recordsOut: number
  readonly lateRecords: number
  readonly stateBytes: number
  /** Rows of state read from disk and written there since the start of the attempt, and the estimate of what is there. */
  readonly stateDisk?: { readonly reads: number; readonly writes: number; readonly bytes: number }
  /**
   * How often the operator was seen running since the start of the attempt, in looks at its thread from outside at even
   * intervals: only the shares of operators mean something. Absent where nobody looks.
   */
  readonly samples?: number
}
