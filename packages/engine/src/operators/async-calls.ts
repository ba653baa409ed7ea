import type { Platform, TimerHandle } from '../base/platform.ts'
import { describeThrown } from '../base/thrown.ts'
import type { AsyncCall } from './async-queue.ts'

export interface AsyncRetries {
  /** How often a call is tried again after it failed. */
  readonly attempts: number
  /** Before the first retry; each further one waits `factor` times as long, at most `maxDelayMs`. */
  readonly delayMs?: number
  readonly factor?: number
  readonly maxDelayMs?: number
}

export const DEFAULT_RETRY_DELAY_MS = 100
export const DEFAULT_RETRY_FACTOR = 2
export const DEFAULT_RETRY_DELAY_MAX_MS = 10_000

interface Options {
  readonly fn: (value: unknown) => unknown
  readonly timeoutMs: number | undefined
  readonly retries: AsyncRetries | undefined
  readonly platform: Platform
}

interface Attempt {
  /** Counts from 1. */
  readonly number: number
  /** Of its time-out, or of the pause before the next one. */
  timer: TimerHandle | undefined
}

/**
 * Calls the function of an asyncMap, tries again what failed or took too long, and tells of each record's end once. What
 * an attempt answers after it was given up is passed over.
 */
export class AsyncCalls {
  readonly #options: Options
  readonly #onDone: (call: AsyncCall) => void
  readonly #onFailed: (call: AsyncCall, error: unknown) => void
  /** The latest attempt of each call that has not come to an end. */
  readonly #attempts = new Map<AsyncCall, Attempt>()
  #closed = false

  constructor(
    options: Options,
    onDone: (call: AsyncCall) => void,
    onFailed: (call: AsyncCall, error: unknown) => void,
  ) {
    this.#options = options
    this.#onDone = onDone
    this.#onFailed = onFailed
  }

  /** Calls that have not come to an end, those that pause before a retry included. */
  get running(): number {
    return this.#attempts.size
  }

  start(call: AsyncCall): void {
    const attempt: Attempt = { number: ++call.attempts, timer: undefined }
    this.#attempts.set(call, attempt)
    const { timeoutMs, platform, fn } = this.#options
    if (timeoutMs !== undefined) {
      attempt.timer = platform.timers.after(timeoutMs, () =>
        this.#attemptFailed(call, attempt, new Error(`the function did not answer within ${timeoutMs} ms`)),
      )
    }
    let answer: unknown
    try {
      answer = fn(call.value)
    } catch (error) {
      this.#attemptFailed(call, attempt, error)
      return
    }
    if (!isThenable(answer)) {
      this.#answered(call, attempt, answer)
      return
    }
    answer.then(
      result => this.#answered(call, attempt, result),
      error => this.#attemptFailed(call, attempt, error),
    )
  }

  close(): void {
    this.#closed = true
    for (const { timer } of this.#attempts.values()) timer?.cancel()
    this.#attempts.clear()
  }

  #counts(call: AsyncCall, attempt: Attempt): boolean {
    return !this.#closed && this.#attempts.get(call) === attempt
  }

  #answered(call: AsyncCall, attempt: Attempt, result: unknown): void {
    if (!this.#counts(call, attempt)) return
    attempt.timer?.cancel()
    this.#attempts.delete(call)
    call.result = result
    this.#onDone(call)
  }

  #attemptFailed(call: AsyncCall, attempt: Attempt, error: unknown): void {
    if (!this.#counts(call, attempt)) return
    attempt.timer?.cancel()
    const { number } = attempt
    const { retries, platform } = this.#options
    if (retries === undefined || number > retries.attempts) {
      this.#attempts.delete(call)
      this.#onFailed(call, number === 1 ? error : afterAttempts(error, number))
      return
    }
    const { delayMs = DEFAULT_RETRY_DELAY_MS, factor = DEFAULT_RETRY_FACTOR } = retries
    const { maxDelayMs = Math.max(delayMs, DEFAULT_RETRY_DELAY_MAX_MS) } = retries
    // Another attempt, so that a late answer of this one counts no more.
    const pause: Attempt = { number, timer: undefined }
    this.#attempts.set(call, pause)
    pause.timer = platform.timers.after(Math.min(maxDelayMs, delayMs * factor ** (number - 1)), () => {
      if (this.#counts(call, pause)) this.start(call)
    })
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function afterAttempts(error: unknown, attempts: number): Error {
  const { message, stack } = describeThrown(error)
  const failed = new Error(`${message} (the last of ${attempts} attempts)`, { cause: error })
  if (stack !== undefined) failed.stack = stack
  return failed
}
