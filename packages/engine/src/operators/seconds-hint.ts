import type { Clock } from '../base/platform.ts'
import type { OperatorLogger } from './operator.ts'

/** As seconds since the epoch these are the years 1973 to 2286; as milliseconds some days of 1970. */
const SECONDS_MIN = 1e8
const SECONDS_MAX = 1e10
/** A clock that shows less counts from a start of its own, as those of tests do, and says nothing of event time. */
const CLOCK_MIN = 1e11

/**
 * Warns of event times that are seconds where milliseconds are meant: every window would come out right and a thousand
 * times too long, which nobody sees. A hint and no error, since times of 1970 may be meant.
 */
export class SecondsHint {
  readonly #clock: Clock
  readonly #logger: OperatorLogger
  #given = false

  constructor(clock: Clock, logger: OperatorLogger) {
    this.#clock = clock
    this.#logger = logger
  }

  /** The first watermark that is known; later ones are passed over. */
  look(watermark: number): void {
    if (this.#given || !Number.isFinite(watermark)) return
    this.#given = true
    if (watermark < SECONDS_MIN || watermark >= SECONDS_MAX || this.#clock.now() < CLOCK_MIN) return
    this.#logger.warn(
      `event time has come to ${Math.round(watermark)}, which as milliseconds is ${new Date(watermark).toISOString()}, and as ` +
        `seconds ${new Date(watermark * 1000).toISOString()}: if the timestamps are seconds, multiply them by 1000 in the ` +
        'timestamp assigner',
    )
  }
}
