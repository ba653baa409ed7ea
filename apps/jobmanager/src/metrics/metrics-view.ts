import type { ExecutionGraph } from '@weir/engine/graph/execution-graph'
import type { JobMetricsView, LoadView } from '../dispatcher/control-plane.ts'
import type { LoadFigures } from './job-figures.ts'
import type { JobFigures } from './job-metrics.ts'

/** The figures of a job in the shape that REST and /metrics give them. */
export function metricsView(jobId: string, graph: ExecutionGraph, figures: JobFigures): JobMetricsView {
  const { recordsIn, recordsOut, recordsInPerSecond, watermark } = figures.totals
  return {
    jobId,
    recordsIn,
    recordsOut,
    recordsPerSecond: recordsInPerSecond,
    watermark,
    vertices: graph.vertices.map(({ id, name, index, nodes }) => {
      const vertex = figures.vertices[index]!
      return {
        id,
        name,
        ...loadView(vertex),
        sent: vertex.sent,
        operators: nodes.flatMap(node => operatorView(node, figures)),
        subtasks: vertex.subtasks.map((subtask, at) => ({ index: at, ...loadView(subtask) })),
      }
    }),
  }
}

/** None while nobody has told of it. */
function operatorView(
  { uid, name }: { readonly uid: string; readonly name: string },
  { operators }: JobFigures,
): JobMetricsView['vertices'][number]['operators'] {
  const { recordsIn = null, recordsOut = null, lateRecords = null, stateBytes = null } = operators.get(uid) ?? {}
  if (recordsIn === null || recordsOut === null || lateRecords === null || stateBytes === null) return []
  return [{ uid, name, recordsIn, recordsOut, lateRecords, stateBytes }]
}

function loadView(load: LoadFigures): LoadView {
  return {
    recordsIn: load.recordsIn,
    recordsOut: load.recordsOut,
    recordsPerSecond: load.recordsInPerSecond,
    busy: load.busy,
    backpressure: load.backpressure,
    idle: load.idle,
    watermark: load.watermark,
    watermarkLagMs: load.watermarkLagMs,
    stateBytes: load.stateBytes,
  }
}
