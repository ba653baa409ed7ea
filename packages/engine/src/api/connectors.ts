import type { NodeFunctions } from '../graph/job-functions.ts'
import type { JobNode } from '../graph/job-graph.ts'

/**
 * A source or sink as a job names it: pure data and closures. What reads and writes stands behind `type` in the
 * connector's runtime (`operators/source.ts`, `operators/sink.ts`).
 */
export interface SourceDescriptor<T> {
  readonly kind: 'source'
  readonly type: string
  readonly config: JobNode['config']
  readonly functions?: NodeFunctions
  /** For a source that cannot be split. */
  readonly parallelism?: 1
  /** Only for the compiler: the type of the records. */
  readonly recordType?: () => T
}

export interface SinkDescriptor<in T> {
  readonly kind: 'sink'
  readonly type: string
  readonly config: JobNode['config']
  readonly functions?: NodeFunctions
  /** Only for the compiler: the type of the records it takes. */
  readonly accepts?: (value: T) => void
}
