import type { PipelineView, SourcePlace } from './pipeline.ts'

/** What a job is made of: unchanging for one version of it. */
export interface JobPipeline {
  readonly jobId: string
  readonly pipeline: PipelineView
  readonly fileName: string
  readonly source: string
  /** Uids of the operators whose rows can be read (collect and print sinks). */
  readonly rowOperators: readonly string[]
}

/** Exceptions that say the same (operator, message without its numbers, place) as one. Newest first. */
export interface ExceptionGroup {
  readonly key: string
  readonly code: string
  readonly operator: { readonly uid: string; readonly name: string } | null
  readonly message: string
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
  /** At most 20, newest first. */
  readonly examples: readonly ExceptionExample[]
}

export interface ExceptionExample {
  readonly at: number
  readonly attempt: number
  readonly subtask: number | null
  readonly message: string
  /** The record at which it happened, as text, cut at 2,000 characters. Shown as text, never as markup. */
  readonly record: string | null
  /** The stack with places in the user's source; null when there is none. */
  readonly stack: string | null
  /** The topmost place of the stack in the user's own source. */
  readonly place: SourcePlace | null
  /** That line of the source. */
  readonly sourceLine: string | null
}

export interface HistoryEvent {
  readonly at: number
  readonly type: string
  readonly message: string
}

/** Points on a regular grid; `values[i]` is at `from + i * stepMs`, null where nothing was known. */
export interface MetricSeries {
  readonly from: number
  readonly stepMs: number
  /** By name: `recordsInPerSecond`, `recordsOutPerSecond`, `busy/<vertexId>`, `backpressure/<vertexId>`, `watermarkLagMs`, `stateBytes`. */
  readonly values: Readonly<Record<string, readonly (number | null)[]>>
}

export type MetricRange = '5m' | '30m' | '6h'

/** What happens after a failure. */
export interface RestartView {
  /** Of the strategy: `Fixed delay`. */
  readonly name: string
  /** Setting → value: attempts, delays. */
  readonly settings: Readonly<Record<string, string>>
}

export interface JobConfigView {
  readonly jobId: string
  readonly name: string
  readonly fileName: string
  readonly graphHash: string
  /** Setting → value, as it holds for the job: parallelism, max parallelism, state backend, checkpointing. */
  readonly settings: Readonly<Record<string, string>>
  readonly restart: RestartView
  /** Per operator: uid, type, config as JSON text. */
  readonly operators: readonly {
    readonly uid: string
    readonly name: string
    readonly type: string
    readonly config: string
  }[]
}

export interface RowItem {
  /** Grows by one with each row of the job that was kept; a stable key. */
  readonly seq: number
  readonly at: number
  readonly operator: string
  readonly subtask: number
  readonly row: unknown
}

export interface LogItem {
  readonly seq: number
  readonly at: number
  readonly level: string
  readonly process: string
  readonly operator: string | null
  readonly subtask: number | null
  readonly attempt: number | null
  readonly message: string
}
