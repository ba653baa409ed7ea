import type { ExecutionGraph } from '@weir/engine/graph/execution-graph'
import { slotOf } from '@weir/engine/graph/execution-graph'
import type { AttemptRun } from './attempt-run.ts'
import type { SlotAllocation } from './job-event.ts'
import type { JobState } from './job-state.ts'

export type SubtaskStatus = 'CREATED' | 'DEPLOYING' | 'RUNNING' | 'FINISHED' | 'FAILED' | 'CANCELED'

export interface SubtaskView {
  readonly index: number
  readonly status: SubtaskStatus
  /** Where it is, or was in the latest attempt. */
  readonly at: SlotAllocation | null
}

export interface VertexView {
  readonly index: number
  readonly id: string
  readonly name: string
  readonly parallelism: number
  readonly status: SubtaskStatus
  readonly subtasks: readonly SubtaskView[]
}

/** The vertices of a job as people see them. `run` is the latest attempt that had slots, if there was one. */
export function verticesOf(graph: ExecutionGraph, state: JobState, run: AttemptRun | null): VertexView[] {
  return graph.vertices.map(vertex => {
    const subtasks = Array.from({ length: vertex.parallelism }, (_, index): SubtaskView => {
      const slot = slotOf(vertex, index)
      const finished = run?.finished.has(vertex.index, index) ?? false
      return { index, status: subtaskStatus(state, run, slot, finished), at: run?.slots[slot] ?? null }
    })
    const status = vertexStatus(subtasks.map(subtask => subtask.status))
    const { index, id, name, parallelism } = vertex
    return { index, id, name, parallelism, status, subtasks }
  })
}

/** The least settled of its subtasks decides, but a failure is always seen. */
export function vertexStatus(subtasks: readonly SubtaskStatus[]): SubtaskStatus {
  const order: readonly SubtaskStatus[] = ['FAILED', 'CREATED', 'DEPLOYING', 'RUNNING', 'CANCELED', 'FINISHED']
  return order.find(status => subtasks.includes(status)) ?? 'CREATED'
}

function subtaskStatus(state: JobState, run: AttemptRun | null, slot: number, finished: boolean): SubtaskStatus {
  switch (state.name) {
    case 'created':
    case 'waiting-for-slots':
      return 'CREATED'
    case 'deploying':
      return 'DEPLOYING'
    case 'running':
      return finished ? 'FINISHED' : 'RUNNING'
    case 'committing':
    case 'finishing':
    case 'finished':
      return 'FINISHED'
    case 'restarting':
    case 'failing':
    case 'cancelling':
    case 'failed':
    case 'canceled':
      if (run?.failedSlot === slot && !finished) return 'FAILED'
      if (finished) return 'FINISHED'
      return run?.isHeld(slot) ? 'RUNNING' : 'CANCELED'
  }
}
