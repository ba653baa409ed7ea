import type { WeirError } from '@weir/engine/base/errors'
import type { Random } from '@weir/engine/base/platform'
import type { RestartStrategy } from '@weir/engine/graph/job-graph'

/** What follows from the failure of an attempt. */
export type RestartDecision =
  | { readonly restart: true; readonly delayMs: number }
  /** `why` completes "the job fails: …". */
  | { readonly restart: false; readonly why: string }

type ExponentialDelay = Extract<RestartStrategy, { type: 'exponential-delay' }>

/** For faults of the platform in a job that sets no strategy: without limit. */
export const DEFAULT_BACKOFF: ExponentialDelay = {
  type: 'exponential-delay',
  initialMs: 100,
  maxMs: 10_000,
  multiplier: 2,
  resetAfterMs: 60_000,
  jitter: 0.1,
}

/**
 * Decides after each failure of a job's attempt whether there is another, and when. Semantics of the strategies follow
 * Flink's; a strategy that the job sets holds for every failure. Without one, faults of the platform restart without
 * limit, and an error of user code (or a defect of Weir, which would only come again) fails the job.
 */
export class RestartPolicy {
  readonly #strategy: RestartStrategy | undefined
  readonly #random: Random
  #failures = 0
  #backoffMs = 0
  #lastFailureMs = Number.NEGATIVE_INFINITY
  /** Monotonic times of the failures inside the interval of `failure-rate`; never more than its number of failures. */
  #recentMs: number[] = []

  constructor(strategy: RestartStrategy | undefined, random: Random) {
    this.#strategy = strategy
    this.#random = random
  }

  /** `monotonicMs`: when the failure was noticed. */
  onFailure(error: WeirError, monotonicMs: number): RestartDecision {
    const strategy = this.#strategy
    if (strategy === undefined) {
      if (error.domain === 'user') return { restart: false, why: 'an error of the job itself' }
      if (error.code === 'ASSERTION') return { restart: false, why: 'a defect that would come again' }
      return this.#exponential(DEFAULT_BACKOFF, monotonicMs)
    }
    switch (strategy.type) {
      case 'none':
        return { restart: false, why: 'its restart strategy is "none"' }
      case 'fixed-delay':
        this.#failures++
        return this.#failures <= strategy.attempts
          ? { restart: true, delayMs: strategy.delayMs }
          : { restart: false, why: `its restart strategy allows ${strategy.attempts} restarts` }
      case 'exponential-delay':
        return this.#exponential(strategy, monotonicMs)
      case 'failure-rate':
        this.#recentMs = this.#recentMs.filter(at => monotonicMs - at < strategy.intervalMs)
        this.#recentMs.push(monotonicMs)
        return this.#recentMs.length <= strategy.failures
          ? { restart: true, delayMs: strategy.delayMs }
          : { restart: false, why: `more than ${strategy.failures} failures within ${strategy.intervalMs} ms` }
    }
  }

  #exponential(strategy: ExponentialDelay, monotonicMs: number): RestartDecision {
    const calm = monotonicMs - this.#lastFailureMs > strategy.resetAfterMs + this.#backoffMs
    this.#backoffMs =
      calm || this.#backoffMs === 0
        ? Math.min(strategy.initialMs, strategy.maxMs)
        : Math.min(strategy.maxMs, this.#backoffMs * strategy.multiplier)
    this.#lastFailureMs = monotonicMs
    const jitter = 1 + strategy.jitter * (2 * this.#random.next() - 1)
    return { restart: true, delayMs: this.#backoffMs * jitter }
  }
}
