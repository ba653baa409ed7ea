import type {
  EdgeDoc,
  JobDoc,
  JobTotals,
  LoadDoc,
  OperatorDoc,
  SubtaskDoc,
  SubtaskStatus,
  Verdict,
  VertexDoc,
} from '@weir/proto/web/job-doc'
import type { VertexStatusView } from '../dispatcher/control-plane.ts'
import type { LoadFigures, VertexFigures } from '../metrics/job-metrics.ts'
import { maxOfKnown, sumOfKnown } from '../metrics/known-values.ts'
import { edgeIdsOf } from './edge-ids.ts'
import type { JobSight } from './job-sight.ts'
import { roundLag, roundRate, roundRatio } from './rounding.ts'

export interface JobDocRequest {
  readonly sight: JobSight
  readonly verdict: Verdict
  readonly draftId: string | null
  /** Number of exceptions that are kept. */
  readonly exceptions: number
  /** The document of a moment ago, of the same job; its subtasks are taken over where `keepSubtasksOf` says so. */
  readonly before?: JobDoc | null
  /** Whether the subtasks of a vertex may stay as they were. */
  readonly keepSubtasksOf?: (vertexIndex: number) => boolean
}

/** The live document of one job. */
export function jobDoc(request: JobDocRequest): JobDoc {
  const { sight, verdict, draftId, exceptions } = request
  const { status, graph } = sight
  return {
    jobId: status.jobId,
    name: status.name,
    status: status.status,
    restarting: status.restarting,
    reason: status.reason,
    verdict,
    parallelism: status.parallelism,
    attempt: status.attempt,
    restarts: status.restarts,
    submittedAt: status.submittedAt,
    startedAt: status.startedAt,
    finishedAt: status.finishedAt,
    draftId,
    totals: totalsOf(sight),
    exceptions,
    vertices: Object.fromEntries(graph.vertices.map(({ id, index }) => [id, vertexDoc(request, index)])),
    operators: Object.fromEntries(graph.job.nodes.map(({ uid }) => [uid, operatorDoc(sight, uid)])),
    edges: edgeDocs(sight),
  }
}

export function totalsOf({ figures }: JobSight): JobTotals {
  const { totals, vertices } = figures
  const operators = [...figures.operators.values()]
  return {
    recordsIn: totals.recordsIn,
    recordsOut: totals.recordsOut,
    recordsInPerSecond: roundRate(totals.recordsInPerSecond),
    recordsOutPerSecond: roundRate(totals.recordsOutPerSecond),
    busyMax: roundRatio(maxOfKnown(vertices.map(({ busy }) => busy))),
    backpressureMax: roundRatio(maxOfKnown(vertices.map(({ backpressure }) => backpressure))),
    watermark: totals.watermark,
    watermarkLagMs: roundLag(totals.watermarkLagMs),
    lateRecords: sumOfKnown(operators.map(({ lateRecords }) => lateRecords)),
    stateBytes: sumOfKnown(operators.map(({ stateBytes }) => stateBytes)),
  }
}

function vertexDoc({ sight, before, keepSubtasksOf }: JobDocRequest, index: number): VertexDoc {
  const { graph, figures, status } = sight
  const vertex = graph.vertices[index]!
  const load = figures.vertices[index]!
  const view = status.vertices[index]
  const kept = keepSubtasksOf?.(index) ? before?.vertices[vertex.id]?.subtasks : undefined
  return {
    vertexId: vertex.id,
    name: vertex.name,
    parallelism: vertex.parallelism,
    ...loadDoc(load, view?.status ?? 'CREATED'),
    skew: roundRate(load.skew),
    noProgress: isStuck(sight, index),
    subtasks: kept ?? subtaskDocs(load, view),
  }
}

function subtaskDocs(load: VertexFigures, view: VertexStatusView | undefined): Record<string, SubtaskDoc> {
  return Object.fromEntries(
    load.subtasks.map((subtask, index) => {
      const { status = 'CREATED', taskManager = null, slot = null } = view?.subtasks[index] ?? {}
      return [index, { index, taskManager, slot, ...loadDoc(subtask, status) }]
    }),
  )
}

function loadDoc(load: LoadFigures, status: SubtaskStatus): LoadDoc {
  return {
    status,
    recordsIn: load.recordsIn,
    recordsOut: load.recordsOut,
    recordsInPerSecond: roundRate(load.recordsInPerSecond),
    recordsOutPerSecond: roundRate(load.recordsOutPerSecond),
    busy: roundRatio(load.busy),
    backpressure: roundRatio(load.backpressure),
    idle: roundRatio(load.idle),
    watermark: load.watermark,
    watermarkLagMs: roundLag(load.watermarkLagMs),
    stateBytes: load.stateBytes,
  }
}

function isStuck({ live, graph }: JobSight, index: number): boolean {
  const { firstSlot, parallelism, nodes } = graph.vertices[index]!
  return (live?.stuck ?? []).some(
    ({ slot, operator }) =>
      slot >= firstSlot && slot < firstSlot + parallelism && nodes.some(({ name }) => name === operator),
  )
}

function operatorDoc({ figures }: JobSight, uid: string): OperatorDoc {
  const operator = figures.operators.get(uid)!
  return {
    uid,
    recordsIn: operator.recordsIn,
    recordsOut: operator.recordsOut,
    recordsInPerSecond: roundRate(operator.recordsInPerSecond),
    recordsOutPerSecond: roundRate(operator.recordsOutPerSecond),
    lateRecords: operator.lateRecords,
    stateBytes: operator.stateBytes,
  }
}

function edgeDocs({ graph, figures }: JobSight): Record<string, EdgeDoc> {
  return Object.fromEntries(
    edgeIdsOf(graph.job).map((id, index) => [id, { recordsPerSecond: roundRate(figures.edges[index] ?? null) }]),
  )
}
