import { WeirError } from '@weir/engine/base/errors'

interface Waiting {
  readonly start: () => void
}

/**
 * Lets a bounded number of calls run at once; the others wait in order, urgent ones first. The database needs it: the
 * embedded one has a single connection, and Prisma gives up on a transaction that waits too long for one.
 */
export class CallQueue {
  readonly #concurrency: number
  readonly #waitingMax: number
  readonly #urgent: Waiting[] = []
  readonly #normal: Waiting[] = []
  #running = 0
  #idleWaiters: (() => void)[] = []

  constructor(concurrency: number, waitingMax: number) {
    this.#concurrency = concurrency
    this.#waitingMax = waitingMax
  }

  /** Runs `call` when its turn comes. Rejects at once with DATABASE when too many wait already. */
  async run<T>(call: () => Promise<T>, urgent = false): Promise<T> {
    if (this.#running >= this.#concurrency) {
      if (this.#urgent.length + this.#normal.length >= this.#waitingMax) {
        throw new WeirError(
          'DATABASE',
          `${this.#waitingMax} calls wait for the metadata database already: it is too slow for what is asked of it; try again later`,
        )
      }
      await new Promise<void>(start => (urgent ? this.#urgent : this.#normal).push({ start }))
    } else {
      this.#running++
    }
    try {
      return await call()
    } finally {
      this.#next()
    }
  }

  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve()
    return new Promise(resolve => this.#idleWaiters.push(resolve))
  }

  /** The turn passes from the call that has ended to the next one, so `running` stays as it is while somebody waits. */
  #next(): void {
    const next = this.#urgent.shift() ?? this.#normal.shift()
    if (next !== undefined) {
      next.start()
      return
    }
    this.#running--
    if (this.#running > 0) return
    for (const resolve of this.#idleWaiters.splice(0)) resolve()
  }
}
