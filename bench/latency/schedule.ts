export const WINDOW_MS = 100

/** When which record is due: an open loop, so a source that falls behind has to catch up and the wait counts. */
export interface Schedule {
  /** The first record is due then, in ms since the epoch. */
  readonly startAt: number
  /** Records per second, over all subtasks together. */
  readonly rate: number
  /** Record n is of subtask n modulo this. */
  readonly parallelism: number
}

/** When record `n` is due, in ms since the epoch with fractions. Its event time are the whole ms of it. */
export function dueAt({ startAt, rate }: Schedule, n: number): number {
  return startAt + (n * 1000) / rate
}

/** How many records, over all subtasks, are due at `now` at the latest. */
export function dueBy({ startAt, rate }: Schedule, now: number): number {
  return now < startAt ? 0 : Math.floor(((now - startAt) * rate) / 1000) + 1
}

/**
 * When the last record is due that the watermark needs to pass `end`: the first record of each subtask whose event time is
 * `end` or later, and of these the last, since a window waits for all sources.
 */
export function passes(schedule: Schedule, end: number): number {
  const first = Math.max(0, Math.ceil(((end - schedule.startAt) * schedule.rate) / 1000))
  return dueAt(schedule, first + schedule.parallelism - 1)
}
