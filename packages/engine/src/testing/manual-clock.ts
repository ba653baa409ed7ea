import type { Clock, TimerHandle, Timers } from '../base/platform.ts'

/** A clock that stands still until a test moves it, with the timers that hang on it. */
export class ManualClock implements Clock, Timers {
  #nowMs: number
  #monotonicMs = 0
  #timers: { dueMs: number; callback: () => void }[] = []

  constructor(nowMs = 0) {
    this.#nowMs = nowMs
  }

  now(): number {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#monotonicMs
  }

  /** Lets time pass on both clocks; due timers call back in order of their times, each at its own time. */
  advance(ms: number): void {
    const endMs = this.#monotonicMs + ms
    for (;;) {
      const due = this.#timers.filter(timer => timer.dueMs <= endMs)
      if (due.length === 0) break
      const next = due.reduce((a, b) => (b.dueMs < a.dueMs ? b : a))
      this.#timers = this.#timers.filter(timer => timer !== next)
      this.#moveTo(next.dueMs)
      next.callback()
    }
    this.#moveTo(endMs)
  }

  /** Moves to a wall-clock time, which may lie in the past: then the monotonic clock stands still. */
  set(nowMs: number): void {
    if (nowMs > this.#nowMs) this.advance(nowMs - this.#nowMs)
    else this.#nowMs = nowMs
  }

  after(delayMs: number, callback: () => void): TimerHandle {
    const timer = { dueMs: this.#monotonicMs + delayMs, callback }
    this.#timers.push(timer)
    return {
      cancel: () => {
        this.#timers = this.#timers.filter(other => other !== timer)
      },
    }
  }

  #moveTo(monotonicMs: number): void {
    const passed = Math.max(0, monotonicMs - this.#monotonicMs)
    this.#monotonicMs += passed
    this.#nowMs += passed
  }
}
