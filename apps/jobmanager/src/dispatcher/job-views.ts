import type { VertexView } from '@weir/control/job/job-view'
import { type ExecutionGraph, slotOf } from '@weir/engine/graph/execution-graph'
import type { JobMetrics } from '../metrics/job-metrics.ts'
import type { JobError, JobRecord, JobStatus } from '../store/records.ts'
import type { JobFailure, JobStatusView, SubtaskStatus, VertexStatusView } from './control-plane.ts'
import { summaryOf } from './job-index.ts'
import { type JobRunner, jobError } from './job-runner.ts'
import type { JobEntry } from './job-table.ts'
import type { RecentFailure } from './recent-failures.ts'

/** From what is known of a job to what the API shows of it. */

export function failureOf({ code, operator, subtask, message, stack, record, at }: JobError): JobFailure {
  // Errors that were stored before they had records have none.
  return { code, operator, subtask, message, stack, record: record ?? null, at }
}

/** A job that is in the memory of this JobManager, with all that the live documents say of it. */
export interface LiveJob {
  readonly status: JobStatusView
  readonly graph: ExecutionGraph
  readonly metrics: JobMetrics
  /** Its subtasks run, so that rates mean something. */
  readonly running: boolean
  /** Every subtask has finished; the output is being made visible. */
  readonly committing: boolean
  /** While it waits for slots: how many are free, null until that has been said, and how many there are. */
  readonly waiting: { readonly free: number | null; readonly total: number } | null
  /** Slots that do not come back from an operator, which is given by its name. */
  readonly stuck: readonly { readonly slot: number; readonly operator: string; readonly ms: number }[]
  /** Of its attempts under this JobManager, oldest first. */
  readonly failures: readonly RecentFailure[]
  /** How many there were; grows with each. */
  readonly failureCount: number
}

export function liveJobOf(
  { runner, metrics }: JobEntry,
  summary: Parameters<typeof liveStatusView>[1],
  slotsTotal: number,
): LiveJob {
  const { state, graph } = runner.master
  return {
    status: liveStatusView(runner, summary),
    graph,
    metrics,
    running: state.name === 'running',
    committing: state.name === 'committing',
    waiting: state.name === 'waiting-for-slots' ? { free: state.free, total: slotsTotal } : null,
    stuck: state.name === 'running' ? [...state.stuck].map(([slot, { operator, ms }]) => ({ slot, operator, ms })) : [],
    failures: runner.failures.latest,
    failureCount: runner.failures.count,
  }
}

/** Of a job that this JobManager has in its hands. */
export function liveStatusView(
  runner: JobRunner,
  job: { name: string; parallelism: number; submittedAt: number },
): JobStatusView {
  const { record } = runner
  return {
    jobId: runner.jobId,
    name: job.name,
    status: record.status,
    parallelism: job.parallelism,
    submittedAt: job.submittedAt,
    startedAt: record.startedAtMs,
    finishedAt: record.finishedAtMs,
    restarts: record.restarts,
    reason: record.reason,
    restarting: record.restarting,
    attempt: record.attempt,
    error: record.error === null ? null : failureOf(jobError(record.error)),
    vertices: runner.master.vertices().map(vertexStatusView),
  }
}

export function vertexStatusView({ id, name, parallelism, status, subtasks }: VertexView): VertexStatusView {
  return {
    id,
    name,
    parallelism,
    status,
    subtasks: subtasks.map(({ index, status: subtaskStatus, at }) => ({
      index,
      status: subtaskStatus,
      taskManager: at?.taskManager.id ?? null,
      slot: at?.taskManagerSlot ?? null,
    })),
  }
}

/** Of a job that ended under an earlier JobManager: where its subtasks ran is not kept. */
export function storedStatusView(job: JobRecord, graph: ExecutionGraph): JobStatusView {
  const failedSlots = new Set(failedSlotsOf(job.error, graph))
  const vertices = graph.vertices.map((vertex): VertexStatusView => {
    const subtasks = Array.from({ length: vertex.parallelism }, (_, index) => ({
      index,
      status: endedSubtask(job.status, failedSlots.has(slotOf(vertex, index))),
      taskManager: null,
      slot: null,
    }))
    const status = subtasks.find(subtask => subtask.status === 'FAILED')?.status ?? subtasks[0]!.status
    return { id: vertex.id, name: vertex.name, parallelism: vertex.parallelism, status, subtasks }
  })
  return {
    ...summaryOf(job),
    reason: job.reason,
    restarting: false,
    attempt: job.attempt,
    error: job.error === null ? null : failureOf(job.error),
    vertices,
  }
}

/** A failed slot takes all its subtasks with it. */
function failedSlotsOf(error: JobError | null, graph: ExecutionGraph): number[] {
  if (error === null || error.operator === null || error.subtask === null) return []
  const { operator, subtask } = error
  const vertex = graph.vertices.find(({ nodes }) =>
    nodes.some(({ uid, name }) => uid === operator || name === operator),
  )
  return vertex === undefined ? [] : [slotOf(vertex, subtask)]
}

function endedSubtask(job: JobStatus, failed: boolean): SubtaskStatus {
  if (job === 'FINISHED') return 'FINISHED'
  if (job === 'FAILED' && failed) return 'FAILED'
  return 'CANCELED'
}
