import { WeirError } from '@weir/engine/base/errors'

/** Checks that may wait; a further one is refused. */
const WAITING_MAX = 16

interface Waiting {
  readonly caller: string | null
  readonly start: () => void
  readonly giveUp: (error: WeirError) => void
}

/**
 * Runs checks one at a time, in the order in which they came. Somebody who types asks again and again: a newer check of
 * one caller makes the one of theirs that still waits pointless, which rejects with CONFLICT and leaves the queue.
 */
export class CheckQueue {
  readonly #waiting: Waiting[] = []
  #running = false

  /** `caller`: null when checks of this caller do not follow each other. */
  async run<T>(caller: string | null, check: () => Promise<T>): Promise<T> {
    await this.#turn(caller)
    try {
      return await check()
    } finally {
      const next = this.#waiting.shift()
      // The turn passes on, so `running` stays as it is while somebody waits.
      if (next === undefined) this.#running = false
      else next.start()
    }
  }

  #turn(caller: string | null): Promise<void> {
    if (!this.#running) {
      this.#running = true
      return Promise.resolve()
    }
    if (caller !== null) this.#supersede(caller)
    if (this.#waiting.length >= WAITING_MAX) {
      const message = `${WAITING_MAX} checks wait already; check again in a moment`
      return Promise.reject(new WeirError('CONFLICT', message))
    }
    return new Promise((start, giveUp) => this.#waiting.push({ caller, start, giveUp }))
  }

  #supersede(caller: string): void {
    const at = this.#waiting.findIndex(waiting => waiting.caller === caller)
    if (at < 0) return
    const [older] = this.#waiting.splice(at, 1)
    older?.giveUp(new WeirError('CONFLICT', 'this check was superseded by a newer one of the same page'))
  }
}
