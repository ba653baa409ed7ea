/**
 * The engine's door to the world. Nothing in the engine's core reads a clock, sets a timer or draws a random number but
 * through these interfaces, so the same engine runs in a worker thread, in one process, in the simulator and in a
 * browser. The adapters stand in the apps (and `testing/` has the manual ones).
 */

export interface Clock {
  /** Wall-clock time in ms since the epoch. It may jump; use it for what people see and for processing-time windows. */
  now(): number
  /** Monotonic time in ms (fractions allowed) from an arbitrary start. Never goes back; use it for time-outs and rates. */
  monotonicMs(): number
}

export interface TimerHandle {
  cancel(): void
}

export interface Timers {
  /** Calls back once, never before `delayMs` of monotonic time has passed. */
  after(delayMs: number, callback: () => void): TimerHandle
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number
}

export interface Platform {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
}
