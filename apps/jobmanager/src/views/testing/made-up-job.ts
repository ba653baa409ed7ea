import { type ExecutionGraph, executionGraph } from '@weir/engine/graph/execution-graph'
import { jobGraphSchema } from '@weir/engine/graph/job-graph'
import type { SubtaskMetrics } from '@weir/proto/metrics'
import type { JobStatusView, VertexStatusView } from '../../dispatcher/control-plane.ts'
import type { LiveJob } from '../../dispatcher/job-views.ts'
import type { JobMetrics } from '../../metrics/job-metrics.ts'
import { subtaskMetrics } from '../../metrics/testing/subtask-metrics.ts'

/** clicks → count (by key, 4 subtasks) → rows, with late clicks beside. */
export const clicksGraph: ExecutionGraph = executionGraph(
  jobGraphSchema.parse({
    name: 'clicks',
    parallelism: 4,
    nodes: [
      { uid: 'clicks', type: 'datagen', name: 'clicks', parallelism: 1 },
      { uid: 'count', type: 'window', name: 'count' },
      { uid: 'rows', type: 'collect', name: 'rows' },
      { uid: 'late', type: 'print', name: 'late', parallelism: 1 },
    ],
    edges: [
      { from: 'clicks', to: 'count', partitioner: 'hash', key: 'c => c.user' },
      { from: 'count', to: 'rows' },
      { from: 'count', to: 'late', output: 'late' },
    ],
  }),
)

export function statusOf(change: Partial<JobStatusView> = {}): JobStatusView {
  return {
    jobId: 'job_1',
    name: 'clicks',
    status: 'RUNNING',
    parallelism: 4,
    submittedAt: 1_000,
    startedAt: 2_000,
    finishedAt: null,
    restarts: 0,
    reason: null,
    restarting: false,
    attempt: 1,
    error: null,
    vertices: clicksGraph.vertices.map(
      ({ id, name, parallelism, firstSlot }): VertexStatusView => ({
        id,
        name,
        parallelism,
        status: 'RUNNING',
        subtasks: Array.from({ length: parallelism }, (_, index) => ({
          index,
          status: 'RUNNING',
          taskManager: 'tm-1',
          slot: firstSlot + index,
        })),
      }),
    ),
    ...change,
  }
}

export function liveJobOf(status: JobStatusView, metrics: JobMetrics, change: Partial<LiveJob> = {}): LiveJob {
  return {
    status,
    graph: clicksGraph,
    metrics,
    running: status.status === 'RUNNING' && !status.restarting,
    committing: false,
    waiting: null,
    stuck: [],
    failures: [],
    failureCount: 0,
    ...change,
  }
}

/** Reports of so many seconds: of 1,000 clicks a second the first subtask counts 700, each other 100. */
export function reportSeconds(metrics: JobMetrics, seconds: number): JobMetrics {
  for (let s = 0; s <= seconds; s++) reportAt(metrics, s, s * 1000)
  return metrics
}

/** What every subtask reports at a moment, `s` seconds after its start. */
export function reportAt(metrics: JobMetrics, s: number, monotonicMs: number, wallMs = monotonicMs): void {
  const rates = [700, 100, 100, 100]
  const common = {
    status: 'running',
    stateBytes: 10,
    busyMs: s * 456.78,
    idleMs: s * 543.22,
    backpressuredMs: 0,
  } as const
  const operator = (uid: string, recordsIn: number, recordsOut: number, lateRecords = 0) => ({
    uid,
    name: uid,
    recordsIn,
    recordsOut,
    lateRecords,
    stateBytes: 10,
  })
  const subtasks: SubtaskMetrics[] = [
    subtaskMetrics({ ...common, vertex: 0, recordsOut: s * 1000, operators: [operator('clicks', 0, s * 1000)] }),
    ...rates.map((rate, index) =>
      subtaskMetrics({
        ...common,
        vertex: 1,
        subtask: index,
        recordsIn: s * rate,
        watermark: wallMs - 1_234,
        operators: [operator('count', s * rate, s * 10, s), operator('rows', s * 10, 0)],
      }),
    ),
    subtaskMetrics({
      ...common,
      vertex: 2,
      recordsIn: s * 4,
      watermark: wallMs - 1_234,
      operators: [operator('late', s * 4, 0)],
    }),
  ]
  metrics.report({ jobId: 'job_1', attempt: 1, slot: 0, subtasks }, monotonicMs, wallMs)
}
