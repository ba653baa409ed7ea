import type { JobGraph } from '@weir/engine/graph/job-graph'
import { parseGraph } from './parse-graph.ts'

/** What a submission may set beside the file. */
export interface Overrides {
  readonly name?: string
  /** Of the job; operators with a parallelism of their own keep it. */
  readonly parallelism?: number
}

/** Throws JOB_GRAPH for values that no graph may have. */
export function overridden(graph: JobGraph, { name, parallelism }: Overrides): JobGraph {
  if (name === undefined && parallelism === undefined) return graph
  return parseGraph({
    ...graph,
    ...(name === undefined ? {} : { name }),
    ...(parallelism === undefined ? {} : { parallelism }),
  })
}
