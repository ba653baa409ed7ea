import type { SlotOperator } from './slot-protocol.ts'

export interface WatchedSlot {
  readonly steps: number
  runningOperator(): SlotOperator | undefined
}

interface Watch {
  steps: number
  /** Monotonic time since which the slot is in the same step. */
  since: number
  reported: boolean
}

/** A slot counts as stuck when it has been in one operator call for so long. */
export const STUCK_AFTER_MS = 5000

/** Looks at slots from outside, by their probes, and tells which do not come back from an operator. */
export class ProgressWatch {
  readonly #watches = new Map<WatchedSlot, Watch>()
  readonly #report: (slot: WatchedSlot, operator: string, stuckMs: number) => void

  /** `report` hears of a slot that is stuck, once, and with an empty operator when it goes on. */
  constructor(report: (slot: WatchedSlot, operator: string, stuckMs: number) => void) {
    this.#report = report
  }

  add(slot: WatchedSlot, nowMs: number): void {
    this.#watches.set(slot, { steps: slot.steps, since: nowMs, reported: false })
  }

  remove(slot: WatchedSlot): void {
    this.#watches.delete(slot)
  }

  /** To be called about once a second with monotonic time. */
  check(nowMs: number): void {
    for (const [slot, watch] of this.#watches) {
      const operator = slot.runningOperator()
      const steps = slot.steps
      if (operator === undefined || steps !== watch.steps) {
        watch.steps = steps
        watch.since = nowMs
        if (watch.reported) this.#report(slot, '', 0)
        watch.reported = false
      } else if (!watch.reported && nowMs - watch.since >= STUCK_AFTER_MS) {
        watch.reported = true
        this.#report(slot, operator.name, nowMs - watch.since)
      }
    }
  }
}
