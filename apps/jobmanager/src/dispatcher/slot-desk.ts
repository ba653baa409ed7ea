import type { Grant, ResourceManager, Waiting } from '@weir/control/resources/resource-manager'
import type { TimerHandle, Timers } from '@weir/engine/base/platform'

export interface SlotDeskParts {
  readonly resources: ResourceManager
  readonly timers: Timers
  readonly onGranted: (grant: Grant) => void
  readonly onWaiting: (waiting: Waiting) => void
}

interface HeldRequest {
  readonly jobId: string
  readonly attempt: number
  readonly count: number
  readonly order: number
}

/**
 * Where jobs ask for slots. After a restart of the JobManager, jobs that were running wait here until the TaskManagers
 * that were there before have registered again (or are given up): only then is it known what still runs on them, and a
 * new attempt must not begin beside the old one.
 */
export class SlotDesk {
  readonly #parts: SlotDeskParts
  #expected = new Set<string>()
  #held: HeldRequest[] = []
  #timer: TimerHandle | null = null

  constructor(parts: SlotDeskParts) {
    this.#parts = parts
  }

  /** Waits for these TaskManagers, at most so long. */
  expect(taskManagerIds: readonly string[], timeoutMs: number): void {
    this.#expected = new Set(taskManagerIds)
    if (this.#expected.size === 0) return
    this.#timer = this.#parts.timers.after(timeoutMs, () => this.#open())
  }

  get isWaiting(): boolean {
    return this.#expected.size > 0
  }

  registered(taskManagerId: string): void {
    if (this.#expected.delete(taskManagerId) && this.#expected.size === 0) this.#open()
  }

  /** `recovered`: the job ran before this JobManager. */
  request(request: HeldRequest, recovered: boolean): void {
    if (recovered && this.isWaiting) {
      this.#held.push(request)
      return
    }
    this.#parts.resources.request(request.jobId, request.attempt, request.count, request.order)
    this.serve()
  }

  release(jobId: string, attempt: number): void {
    this.#held = this.#held.filter(request => request.jobId !== jobId)
    this.#parts.resources.release(jobId, attempt)
    this.serve()
  }

  /** To be called after every change of what is free. */
  serve(): void {
    const { granted, waiting } = this.#parts.resources.allocate()
    for (const grant of granted) this.#parts.onGranted(grant)
    for (const each of waiting) this.#parts.onWaiting(each)
  }

  close(): void {
    this.#timer?.cancel()
    this.#held = []
  }

  #open(): void {
    this.#timer?.cancel()
    this.#expected.clear()
    for (const { jobId, attempt, count, order } of this.#held.splice(0)) {
      this.#parts.resources.request(jobId, attempt, count, order)
    }
    this.serve()
  }
}
