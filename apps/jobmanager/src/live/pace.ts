import { WeirError } from '@weir/engine/base/errors'
import type { Clock, TimerHandle, Timers } from '@weir/engine/base/platform'

/** Everything is looked at so often. */
export const FULL_INTERVAL_MS = 1_000
/** Between two looks that a change has asked for lies at least this: a storm of changes is shown in steps. */
export const PROMPT_GAP_MS = 200

/** `full` asks for everything; `prompt` for what changes by events, while measured values may stay as they were. */
export type Freshness = 'full' | 'prompt'

export interface PaceParts {
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly timers: Timers
  /** Gives the time in ms until the next full look, where a second would be too often. */
  readonly look: (freshness: Freshness) => Promise<number | undefined>
  /** A look was answered with NOT_FOUND: there are no more looks. */
  readonly onGone: (message: string) => void
  /** A look failed in another way: the next one may not. Told once, until one has succeeded or failed otherwise. */
  readonly onFault: (error: WeirError) => void
}

/**
 * When a topic is looked at: once a second while somebody watches, and soon after a change. One look at a time; a slow
 * one puts off the next.
 */
export class Pace {
  readonly #parts: PaceParts
  #isOn = false
  #isGone = false
  #isLooking = false
  #isNudged = false
  #fault: string | null = null
  #lastMs = Number.NEGATIVE_INFINITY
  #nextFullMs = Number.NEGATIVE_INFINITY
  #timer: TimerHandle | null = null

  constructor(parts: PaceParts) {
    this.#parts = parts
  }

  /** Whoever begins to watch does not wait, however seldom it was looked at before. */
  start(): void {
    this.#isOn = true
    this.#nextFullMs = Number.NEGATIVE_INFINITY
    this.#schedule()
  }

  stop(): void {
    this.#isOn = false
    this.#timer?.cancel()
    this.#timer = null
  }

  nudge(): void {
    this.#isNudged = true
    this.#schedule()
  }

  #schedule(): void {
    if (!this.#isOn || this.#isLooking || this.#isGone) return
    this.#timer?.cancel()
    const promptMs = this.#isNudged ? this.#lastMs + PROMPT_GAP_MS : Number.POSITIVE_INFINITY
    const delayMs = Math.min(promptMs, this.#nextFullMs) - this.#parts.clock.monotonicMs()
    if (delayMs <= 0) {
      void this.#look()
      return
    }
    this.#timer = this.#parts.timers.after(delayMs, () => void this.#look())
  }

  async #look(): Promise<void> {
    this.#timer = null
    const now = this.#parts.clock.monotonicMs()
    const isFull = now >= this.#nextFullMs
    this.#isLooking = true
    this.#isNudged = false
    this.#lastMs = now
    if (isFull) this.#nextFullMs = now + FULL_INTERVAL_MS
    try {
      const pauseMs = await this.#parts.look(isFull ? 'full' : 'prompt')
      if (pauseMs !== undefined) this.#nextFullMs = now + pauseMs
      this.#fault = null
    } catch (thrown) {
      this.#failed(WeirError.from(thrown))
    }
    this.#isLooking = false
    this.#schedule()
  }

  #failed(error: WeirError): void {
    if (error.code === 'NOT_FOUND') {
      this.#isGone = true
      this.#parts.onGone(error.message)
    } else if (error.message !== this.#fault) {
      this.#fault = error.message
      this.#parts.onFault(error)
    }
  }
}
