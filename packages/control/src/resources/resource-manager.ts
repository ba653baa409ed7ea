import type { SlotAllocation, TaskManagerRef } from '../job/job-event.ts'
import type { Placement } from '../scheduling/placement.ts'

/** What a TaskManager says of itself when it registers. */
export interface TaskManagerInfo {
  readonly id: string
  readonly incarnation: string
  readonly slots: number
}

export interface LostTaskManager {
  readonly taskManager: TaskManagerRef
  readonly why: string
}

/** A request that got its slots. */
export interface Grant {
  readonly jobId: string
  readonly attempt: number
  readonly slots: readonly SlotAllocation[]
}

/** A request that goes on waiting. */
export interface Waiting {
  readonly jobId: string
  readonly attempt: number
  readonly free: number
}

interface Slot {
  jobId: string
  attempt: number
}

interface Registered {
  readonly ref: TaskManagerRef
  readonly slots: (Slot | null)[]
  heardMs: number
  /** Attempts of an earlier JobManager that still run there: its slots are not free before they have ended. */
  orphans: number
}

interface Request {
  readonly jobId: string
  readonly attempt: number
  readonly count: number
  /** Jobs are served in this order: the order of submission, so that a restarting job keeps its place. */
  readonly order: number
  /** What the requester was told last. */
  toldFree: number | null
}

const LOST_REMEMBERED_MAX = 10_000

/**
 * Which TaskManagers are there, and which job has which of their slots. Pure: times come in as monotonic ms, and what
 * follows (a grant, a loss) comes out as values.
 *
 * Waiting jobs are served first come, first served; one that needs more than is free does not hold back a smaller one
 * behind it. A job gets all its slots or none, and never slots for two attempts at once.
 */
export class ResourceManager {
  readonly #placement: Placement
  readonly #heartbeatTimeoutMs: number
  readonly #taskManagers = new Map<string, Registered>()
  /** Incarnations that were lost, the oldest forgotten first. */
  readonly #lost = new Set<string>()
  #requests: Request[] = []

  constructor(placement: Placement, heartbeatTimeoutMs: number) {
    this.#placement = placement
    this.#heartbeatTimeoutMs = heartbeatTimeoutMs
  }

  /**
   * A TaskManager process has started, or tries again to say so. An older incarnation under the same id is lost with that:
   * it is answered, with its slots gone already. An incarnation that was lost once is refused for good: jobs count on it
   * that its slots are dead to them.
   */
  register(info: TaskManagerInfo, nowMs: number): { accepted: boolean; lost: LostTaskManager | null } {
    if (this.#lost.has(lostKey(info))) return { accepted: false, lost: null }
    const known = this.#taskManagers.get(info.id)
    if (known?.ref.incarnation === info.incarnation) {
      known.heardMs = nowMs
      return { accepted: true, lost: null }
    }
    const ref: TaskManagerRef = { id: info.id, incarnation: info.incarnation }
    const slots = Array.from({ length: info.slots }, () => null)
    this.#taskManagers.set(info.id, { ref, slots, heardMs: nowMs, orphans: 0 })
    if (known === undefined) return { accepted: true, lost: null }
    this.#rememberLost(known.ref)
    return { accepted: true, lost: { taskManager: known.ref, why: 'its process was started anew' } }
  }

  /** False when this incarnation is not registered (any more): its messages are to be refused. */
  heartbeat(taskManager: TaskManagerRef, nowMs: number): boolean {
    const known = this.#current(taskManager)
    if (known === undefined) return false
    known.heardMs = nowMs
    return true
  }

  /** How many attempts that are not ours the TaskManager still runs. */
  setOrphans(taskManager: TaskManagerRef, orphans: number): void {
    const known = this.#current(taskManager)
    if (known !== undefined) known.orphans = orphans
  }

  isCurrent(taskManager: TaskManagerRef): boolean {
    return this.#current(taskManager) !== undefined
  }

  /** Takes it out of the registry at once, e.g. when its connection closed. Null when it was not in it. */
  lose(taskManager: TaskManagerRef, why: string): LostTaskManager | null {
    if (this.#current(taskManager) === undefined) return null
    this.#remove(taskManager)
    return { taskManager, why }
  }

  /** Takes out all that have been silent for longer than the heartbeat time-out. */
  loseSilent(nowMs: number): LostTaskManager[] {
    const silent = [...this.#taskManagers.values()].filter(({ heardMs }) => nowMs - heardMs > this.#heartbeatTimeoutMs)
    for (const { ref } of silent) this.#remove(ref)
    return silent.map(({ ref, heardMs }) => ({
      taskManager: ref,
      why: `it was silent for ${((nowMs - heardMs) / 1000).toFixed(1)} s`,
    }))
  }

  request(jobId: string, attempt: number, count: number, order: number): void {
    this.#requests = this.#requests.filter(request => request.jobId !== jobId)
    this.#requests.push({ jobId, attempt, count, order, toldFree: null })
    this.#requests.sort((a, b) => a.order - b.order)
  }

  /** Gives back the slots of the attempt, or its request. Idempotent. */
  release(jobId: string, attempt: number): void {
    this.#requests = this.#requests.filter(request => request.jobId !== jobId || request.attempt !== attempt)
    for (const { slots } of this.#taskManagers.values()) {
      slots.forEach((slot, index) => {
        if (slot?.jobId === jobId && slot.attempt === attempt) slots[index] = null
      })
    }
  }

  /** Serves what can be served. To be called after every change; `waiting` holds those to whom something new is to be told. */
  allocate(): { granted: Grant[]; waiting: Waiting[] } {
    const granted: Grant[] = []
    const left: Request[] = []
    for (const request of this.#requests) {
      const slots = this.#place(request)
      if (slots === null) left.push(request)
      else granted.push({ jobId: request.jobId, attempt: request.attempt, slots })
    }
    this.#requests = left
    const free = this.freeSlots
    const news = left.filter(request => request.toldFree !== free)
    for (const request of news) request.toldFree = free
    return { granted, waiting: news.map(({ jobId, attempt }) => ({ jobId, attempt, free })) }
  }

  get taskManagers(): readonly TaskManagerRef[] {
    return [...this.#taskManagers.values()].map(({ ref }) => ref)
  }

  get totalSlots(): number {
    return [...this.#taskManagers.values()].reduce((sum, { slots }) => sum + slots.length, 0)
  }

  get freeSlots(): number {
    return [...this.#taskManagers.values()].reduce((sum, registered) => sum + freeOf(registered), 0)
  }

  /** The job in each slot of a TaskManager; null is free. Empty when it is not registered. */
  slotsOf(taskManagerId: string): readonly (string | null)[] {
    return this.#taskManagers.get(taskManagerId)?.slots.map(slot => slot?.jobId ?? null) ?? []
  }

  #current(taskManager: TaskManagerRef): Registered | undefined {
    const known = this.#taskManagers.get(taskManager.id)
    return known?.ref.incarnation === taskManager.incarnation ? known : undefined
  }

  #remove(taskManager: TaskManagerRef): void {
    this.#taskManagers.delete(taskManager.id)
    this.#rememberLost(taskManager)
  }

  #rememberLost(taskManager: TaskManagerRef): void {
    this.#lost.add(lostKey(taskManager))
    if (this.#lost.size > LOST_REMEMBERED_MAX) this.#lost.delete(this.#lost.values().next().value!)
  }

  #place(request: Request): SlotAllocation[] | null {
    const candidates = [...this.#taskManagers.values()].map(registered => ({
      taskManagerId: registered.ref.id,
      free: freeOf(registered),
      total: registered.slots.length,
    }))
    const placed = this.#placement(candidates, request.count)
    if (placed === null) return null
    return placed.map((taskManagerId, slot) => {
      const { ref, slots } = this.#taskManagers.get(taskManagerId)!
      const taskManagerSlot = slots.indexOf(null)
      slots[taskManagerSlot] = { jobId: request.jobId, attempt: request.attempt }
      return { slot, taskManager: ref, taskManagerSlot }
    })
  }
}

function lostKey(taskManager: TaskManagerRef): string {
  return `${taskManager.id}/${taskManager.incarnation}`
}

function freeOf(registered: Registered): number {
  return registered.orphans > 0 ? 0 : registered.slots.filter(slot => slot === null).length
}
