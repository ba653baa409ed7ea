import type { ExecutionGraph } from '@weir/engine/graph/execution-graph'
import { subtasksInSlot } from '@weir/engine/graph/execution-graph'
import { AlignmentGroups } from '../sources/alignment.ts'
import type { SplitEnumerator } from '../sources/split-enumerator.ts'
import { FinishedSubtasks } from './commit-token.ts'
import type { SlotAllocation, TaskManagerRef } from './job-event.ts'

/** The facts about one attempt that has slots: passed on from state to state until its slots are given back. */
export class AttemptRun {
  readonly attempt: number
  readonly slots: readonly SlotAllocation[]
  readonly finished: FinishedSubtasks
  /** By the source's uid. */
  readonly enumerators = new Map<string, SplitEnumerator>()
  readonly alignment: AlignmentGroups
  /** The slot whose failure ended the attempt. */
  failedSlot: number | null = null
  readonly #graph: ExecutionGraph
  readonly #deployed = new Set<number>()
  /** Slots that a TaskManager may have a worker for. */
  readonly #held = new Set<number>()

  constructor(attempt: number, graph: ExecutionGraph, slots: readonly SlotAllocation[]) {
    this.attempt = attempt
    this.slots = slots
    this.finished = new FinishedSubtasks(attempt, graph)
    this.alignment = new AlignmentGroups(graph)
    this.#graph = graph
  }

  /** The TaskManagers of the attempt, each once. */
  taskManagers(): TaskManagerRef[] {
    const byId = new Map(this.slots.map(({ taskManager }) => [taskManager.id, taskManager]))
    return [...byId.values()]
  }

  /** Whether the slot is on this incarnation of this TaskManager. */
  isAt(slot: number, taskManager: TaskManagerRef): boolean {
    const at = this.slots[slot]?.taskManager
    return at !== undefined && at.id === taskManager.id && at.incarnation === taskManager.incarnation
  }

  uses(taskManager: TaskManagerRef): boolean {
    return this.slots.some(({ slot }) => this.isAt(slot, taskManager))
  }

  /** From now on TaskManagers may have workers for all slots. */
  deploySent(): void {
    for (const { slot } of this.slots) this.#held.add(slot)
  }

  deployed(slot: number): void {
    this.#deployed.add(slot)
  }

  get allDeployed(): boolean {
    return this.#deployed.size === this.slots.length
  }

  isDeployed(slot: number): boolean {
    return this.#deployed.has(slot)
  }

  /** The worker of the slot is gone. */
  released(slot: number): void {
    this.#held.delete(slot)
  }

  /** All workers of the attempt on this TaskManager are gone. */
  releasedAllOn(taskManager: TaskManagerRef): void {
    for (const slot of this.heldOn(taskManager)) this.#held.delete(slot)
  }

  releasedAll(): void {
    this.#held.clear()
  }

  isHeld(slot: number): boolean {
    return this.#held.has(slot)
  }

  get heldCount(): number {
    return this.#held.size
  }

  heldOn(taskManager: TaskManagerRef): number[] {
    return [...this.#held].filter(slot => this.isAt(slot, taskManager))
  }

  /** Whether every subtask in the slot has finished: then its worker may end by itself. */
  slotFinished(slot: number): boolean {
    return subtasksInSlot(this.#graph, slot).every(({ vertex, subtask }) => this.finished.has(vertex, subtask))
  }
}
