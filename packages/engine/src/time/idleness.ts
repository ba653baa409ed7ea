import type { Clock } from '../base/platform.ts'

/**
 * Notices that a stream has given nothing for `timeoutMs`.
 *
 * Time during which the stream was not asked, because outputs were full, does not count: the caller says so at each check.
 * Noting a record costs one store; the clock is read at the checks alone, so idleness is noticed at the first check that
 * comes `timeoutMs` or more after the check that saw the last record.
 */
export class IdlenessDetector {
  readonly #clock: Clock
  readonly #timeoutMs: number
  #active = false
  #quietSinceMs: number
  #idle = false

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock
    this.#timeoutMs = timeoutMs
    this.#quietSinceMs = clock.monotonicMs()
  }

  /** A record came. */
  active(): void {
    this.#active = true
  }

  /** Whether the stream is idle now. Called at least once per emission interval. */
  check(backpressured: boolean): boolean {
    const nowMs = this.#clock.monotonicMs()
    if (this.#active) {
      this.#active = false
      this.#idle = false
      this.#quietSinceMs = nowMs
    } else if (backpressured && !this.#idle) {
      this.#quietSinceMs = nowMs
    } else if (nowMs - this.#quietSinceMs >= this.#timeoutMs) {
      this.#idle = true
    }
    return this.#idle
  }

  /** What the last check found, unless a record came since. */
  get idle(): boolean {
    return this.#idle && !this.#active
  }
}
