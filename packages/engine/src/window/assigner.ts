import type { TimeWindow } from '../functions/window-function.ts'

export type TimeDomain = 'event' | 'processing'

/**
 * Which windows a record belongs to. The windows of a `TimeWindowAssigner` follow from the timestamp alone and are known
 * by their ends; a merging assigner (sessions) and one without time (global windows) are other kinds, which need a
 * trigger and a store of their own.
 */
export interface TimeWindowAssigner {
  readonly domain: TimeDomain
  /** All windows have this length in ms. */
  readonly sizeMs: number
  /** The end of the first window that `time` (finite, ms since the epoch) belongs to; the lowest of them. */
  firstEnd(time: number): number
  /** From the end of one window to the next; equal to `sizeMs` where windows do not overlap. */
  readonly slideMs: number
}

export interface TumblingConfig {
  readonly type: 'tumbling'
  readonly sizeMs: number
  /** Windows start at offset + n × size. */
  readonly offsetMs?: number
  readonly time: TimeDomain
}

/** Windows [start, start + size) that touch and do not overlap, for negative times too. */
export class TumblingAssigner implements TimeWindowAssigner {
  readonly domain: TimeDomain
  readonly sizeMs: number
  readonly slideMs: number
  readonly #offsetMs: number

  constructor(config: TumblingConfig) {
    this.domain = config.time
    this.sizeMs = config.sizeMs
    this.slideMs = config.sizeMs
    this.#offsetMs = config.offsetMs ?? 0
  }

  firstEnd(time: number): number {
    // The remainder of doubles is exact, which a division rounded down would not be. It has the sign of the dividend.
    const past = (time - this.#offsetMs) % this.sizeMs
    return time - (past < 0 ? past + this.sizeMs : past) + this.sizeMs
  }
}

export function windowEndingAt(end: number, sizeMs: number): TimeWindow {
  return { start: end - sizeMs, end }
}
