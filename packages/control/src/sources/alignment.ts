import { assert } from '@weir/engine/base/assert'
import type { ExecutionGraph, JobVertex } from '@weir/engine/graph/execution-graph'
import { MAX_WATERMARK } from '@weir/engine/record/stream-element'
import { DEFAULT_ALIGNMENT_INTERVAL_MS } from '@weir/engine/time/source-alignment'

/** A source subtask of a group. */
export interface AlignedSubtask {
  readonly vertex: JobVertex
  readonly subtask: number
}

/**
 * One group of sources that wait for each other, over all their subtasks: what each has reported, and what was announced.
 *
 * Invariant: what is announced is the lowest watermark among the subtasks that have not finished, so none of them is told
 * to wait for one that is ahead of it. Nothing is announced before each has reported once. MAX_WATERMARK in a report means
 * that the subtask is idle or at its end; when all say so, nobody waits.
 */
export class AlignmentGroup {
  readonly name: string
  /** Announcements are at least so far apart. */
  readonly intervalMs: number
  readonly #reports = new Map<string, number>()
  readonly #members = new Map<string, AlignedSubtask>()
  #announced: number | undefined
  #announcedAtMs = Number.NEGATIVE_INFINITY
  /** Of the announcement that waits for the interval to pass. */
  timer: number | null = null

  constructor(name: string, members: readonly AlignedSubtask[], intervalMs: number) {
    this.name = name
    this.intervalMs = intervalMs
    for (const member of members) this.#members.set(keyOf(member.vertex, member.subtask), member)
  }

  /** Those that have not finished. */
  members(): AlignedSubtask[] {
    return [...this.#members.values()]
  }

  /** False for a subtask that is not of the group (any more). */
  report(vertex: JobVertex, subtask: number, watermark: number): boolean {
    const key = keyOf(vertex, subtask)
    if (!this.#members.has(key)) return false
    this.#reports.set(key, watermark)
    return true
  }

  finished(vertex: JobVertex, subtask: number): boolean {
    const key = keyOf(vertex, subtask)
    this.#reports.delete(key)
    return this.#members.delete(key)
  }

  /** Of the slowest subtask; undefined while one of them has said nothing. */
  slowest(): number | undefined {
    if (this.#reports.size < this.#members.size) return undefined
    let slowest = MAX_WATERMARK
    for (const watermark of this.#reports.values()) slowest = Math.min(slowest, watermark)
    return slowest
  }

  /** Whether there is something new to say, and in how many ms it may be said. */
  due(nowMs: number): { readonly slowest: number; readonly inMs: number } | null {
    const slowest = this.slowest()
    if (slowest === undefined || slowest === this.#announced || this.#members.size === 0) return null
    return { slowest, inMs: Math.max(0, this.#announcedAtMs + this.intervalMs - nowMs) }
  }

  announced(slowest: number, nowMs: number): void {
    this.#announced = slowest
    this.#announcedAtMs = nowMs
  }
}

/** The alignment groups of one attempt, by the uids of their sources. */
export class AlignmentGroups {
  readonly #groups: readonly AlignmentGroup[]
  readonly #ofOperator = new Map<string, { readonly group: AlignmentGroup; readonly vertex: JobVertex }>()

  constructor(graph: ExecutionGraph) {
    const sources = new Map<string, { vertex: JobVertex; uid: string; intervalMs: number }[]>()
    for (const vertex of graph.vertices) {
      for (const { uid, watermarks } of vertex.nodes) {
        if (watermarks?.alignment === undefined) continue
        const { group, intervalMs = DEFAULT_ALIGNMENT_INTERVAL_MS } = watermarks.alignment
        sources.set(group, [...(sources.get(group) ?? []), { vertex, uid, intervalMs }])
      }
    }
    this.#groups = [...sources].map(([name, members]) => {
      const subtasks = members.flatMap(({ vertex }) =>
        Array.from({ length: vertex.parallelism }, (_, subtask) => ({ vertex, subtask })),
      )
      const group = new AlignmentGroup(name, subtasks, Math.min(...members.map(member => member.intervalMs)))
      for (const { vertex, uid } of members) this.#ofOperator.set(uid, { group, vertex })
      return group
    })
  }

  /** The group that has something new, or undefined where the report is of nobody who is aligned. */
  report(operator: string, subtask: number, watermark: number): AlignmentGroup | undefined {
    const found = this.#ofOperator.get(operator)
    assert(!Number.isNaN(watermark), `the source ${operator} has reported no number as its watermark`)
    return found?.group.report(found.vertex, subtask, watermark) ? found.group : undefined
  }

  /** The groups that a finished subtask was in. */
  finished(vertex: number, subtask: number): AlignmentGroup[] {
    const groups = [...this.#ofOperator.values()].filter(member => member.vertex.index === vertex)
    return groups.filter(({ group, vertex: of }) => group.finished(of, subtask)).map(({ group }) => group)
  }

  ofTimer(timer: number): AlignmentGroup | undefined {
    return this.#groups.find(group => group.timer === timer)
  }
}

function keyOf(vertex: JobVertex, subtask: number): string {
  return `${vertex.index}/${subtask}`
}
