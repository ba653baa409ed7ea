/** Clock and timers, so that tests decide what time it is. */
export interface Timers {
  now(): number
  set(fire: () => void, delayMs: number): number
  clear(timer: number): void
}

export const browserTimers: Timers = {
  now: () => Date.now(),
  set: (fire, delayMs) => window.setTimeout(fire, delayMs),
  clear: timer => window.clearTimeout(timer),
}
