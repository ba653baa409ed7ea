import { WeirError } from '@weir/engine/base/errors'
import type { Clock, TimerHandle, Timers } from '@weir/engine/base/platform'
import type { Logger } from '@weir/process/logging'

/** How often is looked for what has expired. */
export const EXPIRY_INTERVAL_MS = 3_600_000
/** What has expired is kept for so long: an expired token is still listed for a while, so that people see why it fails. */
export const KEPT_AFTER_EXPIRY_MS = 24 * 3_600_000

export interface ExpiredCredentialsParts {
  /** Deletes login links, sessions and tokens that had expired at `before`; gives how many. */
  readonly deleteExpired: (before: number) => Promise<number>
  readonly clock: Pick<Clock, 'now'>
  readonly timers: Timers
  readonly logger: Pick<Logger, 'info' | 'warn'>
}

/** Deletes what has expired by and by. It is refused in any case: this keeps the tables small. */
export class ExpiredCredentials {
  readonly #parts: ExpiredCredentialsParts
  #timer: TimerHandle | null = null
  #isOn = false

  constructor(parts: ExpiredCredentialsParts) {
    this.#parts = parts
  }

  /** Looks at once and then every hour. */
  start(): void {
    this.#isOn = true
    void this.#look()
  }

  stop(): void {
    this.#isOn = false
    this.#timer?.cancel()
  }

  async #look(): Promise<void> {
    const { deleteExpired, clock, timers, logger } = this.#parts
    try {
      const deleted = await deleteExpired(clock.now() - KEPT_AFTER_EXPIRY_MS)
      if (deleted > 0) logger.info({ deleted }, `deleted ${deleted} expired tokens, sessions and login links`)
    } catch (thrown) {
      const error = WeirError.from(thrown)
      if (this.#isOn) logger.warn({ err: error }, `expired credentials are not deleted yet: ${error.message}`)
    }
    if (this.#isOn) this.#timer = timers.after(EXPIRY_INTERVAL_MS, () => void this.#look())
  }
}
