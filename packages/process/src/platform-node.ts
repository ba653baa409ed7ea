import { randomFillSync } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import type { Clock, Platform, Random, TimerHandle, Timers } from '@weir/engine/base/platform'

export const nodeClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
}

/** setTimeout takes delays up to this and fires at once beyond it. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1

class NodeTimer implements TimerHandle {
  readonly #dueMs: number
  readonly #callback: () => void
  #timeout: NodeJS.Timeout

  constructor(delayMs: number, callback: () => void) {
    this.#dueMs = performance.now() + delayMs
    this.#callback = callback
    this.#timeout = this.#arm(delayMs)
  }

  cancel(): void {
    clearTimeout(this.#timeout)
  }

  #arm(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#fire(), Math.min(Math.ceil(delayMs), TIMEOUT_MS_MAX))
  }

  /** libuv rounds to whole milliseconds and may fire a fraction early; the contract says never before. */
  #fire(): void {
    const remainingMs = this.#dueMs - performance.now()
    if (remainingMs > 0) this.#timeout = this.#arm(remainingMs)
    else this.#callback()
  }
}

export const nodeTimers: Timers = {
  after: (delayMs, callback) => new NodeTimer(delayMs, callback),
}

/**
 * Uniform numbers with 53 random bits from the operating system's generator: ids and tokens made from them cannot be
 * guessed. Drawn in blocks, since one system call per number would dominate.
 */
class CryptoRandom implements Random {
  readonly #words = new Uint32Array(512)
  #next = this.#words.length

  next(): number {
    if (this.#next === this.#words.length) {
      randomFillSync(this.#words)
      this.#next = 0
    }
    const high = this.#words[this.#next]! >>> 6
    const low = this.#words[this.#next + 1]! >>> 5
    this.#next += 2
    return (high * 2 ** 27 + low) / 2 ** 53
  }
}

export const cryptoRandom: Random = new CryptoRandom()

export const nodePlatform: Platform = { clock: nodeClock, timers: nodeTimers, random: cryptoRandom }
