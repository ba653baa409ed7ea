import { assert } from '@weir/engine/base/assert'
import type { ExecutionGraph } from '@weir/engine/graph/execution-graph'
import type { OperatorCommittables, SubtaskCommittables } from './job-event.ts'

/** The durable form of a decision to commit: once it is written, the job's output is what it names. */
export interface CommitRecord {
  readonly attempt: number
  readonly committables: readonly OperatorCommittables[]
}

/** Only this module can make tokens: whoever has no door cannot call the constructor. */
const door = Symbol('commit token')

/**
 * The right to commit, as an object: a commit cannot be asked for without one, and there is one only when every subtask of
 * the attempt has finished (or such a token had been recorded before the JobManager was restarted).
 */
export class CommitToken {
  readonly record: CommitRecord

  constructor(key: typeof door, record: CommitRecord) {
    assert(key === door, 'a commit token can only come from a finished attempt')
    this.record = record
  }

  static ofRecorded(record: CommitRecord): CommitToken {
    return new CommitToken(door, record)
  }

  get isEmpty(): boolean {
    return this.record.committables.every(({ committables }) => committables.length === 0)
  }
}

/** Which subtasks of an attempt have finished, and what they made ready to commit. */
export class FinishedSubtasks {
  readonly #attempt: number
  readonly #graph: ExecutionGraph
  readonly #finished = new Map<string, readonly OperatorCommittables[]>()
  readonly #total: number

  constructor(attempt: number, graph: ExecutionGraph) {
    this.#attempt = attempt
    this.#graph = graph
    this.#total = graph.vertices.reduce((sum, vertex) => sum + vertex.parallelism, 0)
  }

  /** Idempotent: a report that comes twice counts once. */
  add(report: SubtaskCommittables): void {
    const vertex = this.#graph.vertices[report.vertex]
    assert(vertex && report.subtask < vertex.parallelism, `no subtask ${report.vertex}/${report.subtask} in the job`)
    const key = keyOf(report.vertex, report.subtask)
    if (!this.#finished.has(key)) this.#finished.set(key, report.committables)
  }

  has(vertex: number, subtask: number): boolean {
    return this.#finished.has(keyOf(vertex, subtask))
  }

  /** Null until every subtask has finished. Committables come by operator, in the order of the subtasks. */
  token(): CommitToken | null {
    if (this.#finished.size < this.#total) return null
    const byOperator = new Map<string, unknown[]>()
    for (const vertex of this.#graph.vertices) {
      for (let subtask = 0; subtask < vertex.parallelism; subtask++) {
        for (const { operator, committables } of this.#finished.get(keyOf(vertex.index, subtask)) ?? []) {
          byOperator.set(operator, [...(byOperator.get(operator) ?? []), ...committables])
        }
      }
    }
    const committables = [...byOperator].map(([operator, list]) => ({ operator, committables: list }))
    return new CommitToken(door, { attempt: this.#attempt, committables })
  }
}

function keyOf(vertex: number, subtask: number): string {
  return `${vertex}/${subtask}`
}
