/** The live document of one job: what the Job page shows beside its (unchanging) pipeline. Topic `job`. */
export interface JobDoc {
  readonly jobId: string
  readonly name: string
  readonly status: JobStatus
  /** The job is RUNNING or CREATED, but waits to be started again after a failure. */
  readonly restarting: boolean
  readonly reason: string | null
  readonly verdict: Verdict
  readonly parallelism: number
  readonly attempt: number
  readonly restarts: number
  readonly submittedAt: number
  readonly startedAt: number | null
  readonly finishedAt: number | null
  /** The draft that it was deployed from, if that still exists. */
  readonly draftId: string | null
  readonly totals: JobTotals
  /** Number of exceptions that are kept. */
  readonly exceptions: number
  /** By vertex id (uid of the chain's head). */
  readonly vertices: Readonly<Record<string, VertexDoc>>
  /** By operator uid. */
  readonly operators: Readonly<Record<string, OperatorDoc>>
  /** By edge id, as in the PipelineView. */
  readonly edges: Readonly<Record<string, EdgeDoc>>
}

export type JobStatus = 'CREATED' | 'RUNNING' | 'FAILING' | 'FAILED' | 'CANCELLING' | 'CANCELED' | 'FINISHED'

export interface JobTotals {
  readonly recordsIn: number | null
  readonly recordsOut: number | null
  readonly recordsInPerSecond: number | null
  readonly recordsOutPerSecond: number | null
  readonly busyMax: number | null
  readonly backpressureMax: number | null
  /** Event time, ms since the epoch. */
  readonly watermark: number | null
  /** How far it is behind the clock; null also where that is more than a day, which says nothing: show `watermark`. */
  readonly watermarkLagMs: number | null
  readonly lateRecords: number | null
  readonly stateBytes: number | null
}

export type SubtaskStatus = 'CREATED' | 'DEPLOYING' | 'RUNNING' | 'FINISHED' | 'FAILED' | 'CANCELED'

/** The load of a vertex, or of one of its subtasks. */
export interface LoadDoc {
  readonly status: SubtaskStatus
  readonly recordsIn: number | null
  readonly recordsOut: number | null
  readonly recordsInPerSecond: number | null
  readonly recordsOutPerSecond: number | null
  readonly busy: number | null
  readonly backpressure: number | null
  readonly idle: number | null
  readonly watermark: number | null
  readonly watermarkLagMs: number | null
  readonly stateBytes: number | null
}

export interface VertexDoc extends LoadDoc {
  readonly vertexId: string
  readonly name: string
  readonly parallelism: number
  /**
   * The busiest subtask's records per second divided by the median of the others', when that is lastingly (for half a
   * minute) 2 or more and the vertex has at least 2 subtasks; null otherwise.
   */
  readonly skew: number | null
  /** A subtask has been in one call of user code for longer than the limit. */
  readonly noProgress: boolean
  /** By subtask index. */
  readonly subtasks: Readonly<Record<string, SubtaskDoc>>
}

export interface SubtaskDoc extends LoadDoc {
  readonly index: number
  readonly taskManager: string | null
  readonly slot: number | null
}

export interface OperatorDoc {
  readonly uid: string
  readonly recordsIn: number | null
  readonly recordsOut: number | null
  readonly recordsInPerSecond: number | null
  readonly recordsOutPerSecond: number | null
  readonly lateRecords: number | null
  readonly stateBytes: number | null
}

export interface EdgeDoc {
  readonly recordsPerSecond: number | null
}

/** `ok` runs or ended well, `busy` is on its way, `warn` wants a look, `error` has failed, `quiet` is over. */
export type Tone = 'ok' | 'busy' | 'warn' | 'error' | 'quiet'

/** One line that says how a job is and why, with the evidence and one remedy. Made by rules, see control/verdict. */
export interface Verdict {
  readonly kind: VerdictKind
  readonly tone: Tone
  /** The sentence: "count is the bottleneck: busy 0.97 while its inputs are backpressured." */
  readonly text: string
  /** The evidence, or what to do; null when the sentence says it all. */
  readonly detail: string | null
  /** Uid of the operator that it is about. */
  readonly operator: string | null
  /** Since when it is so, as far as that is known. */
  readonly since: number | null
}

export type VerdictKind =
  | 'running-well'
  | 'starting'
  | 'waiting-for-slots'
  | 'source-is-limit'
  | 'bottleneck'
  | 'no-input'
  | 'no-progress'
  | 'restarting'
  | 'restarted'
  | 'failed'
  | 'failing'
  /** All records are through; the output is being made visible. */
  | 'finishing'
  | 'cancelling'
  | 'canceled'
  | 'finished'
