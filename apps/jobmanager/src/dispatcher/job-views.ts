import type { VertexView } from '@weir/control/job/job-view'
import { type ExecutionGraph, slotOf } from '@weir/engine/graph/execution-graph'
import type { JobError, JobRecord, JobStatus } from '../store/records.ts'
import type { JobFailure, JobStatusView, SubtaskStatus, VertexStatusView } from './control-plane.ts'
import { summaryOf } from './job-index.ts'
import { type JobRunner, jobError } from './job-runner.ts'

/** From what is known of a job to what the API shows of it. */

export function failureOf({ operator, subtask, message, stack, at }: JobError): JobFailure {
  return { operator, subtask, message, stack, at }
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
