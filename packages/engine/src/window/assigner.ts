import type { TimeWindow } from '../functions/window-function.ts'

export type TimeDomain = 'event' | 'processing'

/**
 * Which windows a record belongs to. The windows of a `TimeWindowAssigner` follow from the timestamp alone and are known
 * by their ends. Sessions, which follow from the other records of the key (see `sessions.ts`), and global windows, which
 * have no time, are kinds of their own.
 */
export interface TimeWindowAssigner {
  readonly domain: TimeDomain
  /** All windows have this length in ms. */
  readonly sizeMs: number
  /**
   * The end of the first window that `time` (finite, ms since the epoch) belongs to; the lowest of them. Where windows
   * leave gaps and `time` lies in one: the end of the next window.
   */
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

export interface SlidingConfig {
  readonly type: 'sliding'
  readonly sizeMs: number
  /** A window starts at each offset + n × slide. More than the size: records between two windows belong to none. */
  readonly slideMs: number
  readonly offsetMs?: number
  readonly time: TimeDomain
}

export interface SessionConfig {
  readonly type: 'session'
  /** A session ends so long after its last record. */
  readonly gapMs: number
  readonly time: TimeDomain
}

export interface GlobalConfig {
  readonly type: 'global'
  readonly time: TimeDomain
}

export type TimeWindowConfig = TumblingConfig | SlidingConfig
export type AssignerConfig = TimeWindowConfig | SessionConfig | GlobalConfig

/** How far `time` is behind the last `offset + n × step`: in [0, step). */
export function past(time: number, step: number, offset: number): number {
  // The remainder of doubles is exact, which a division rounded down would not be. It has the sign of the dividend.
  const remainder = (time - offset) % step
  return remainder < 0 ? remainder + step : remainder
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
    return time - past(time, this.sizeMs, this.#offsetMs) + this.sizeMs
  }
}

/** Windows [start, start + size) that start at every offset + n × slide: they overlap, or leave gaps. */
export class SlidingAssigner implements TimeWindowAssigner {
  readonly domain: TimeDomain
  readonly sizeMs: number
  readonly slideMs: number
  readonly #offsetMs: number

  constructor(config: SlidingConfig) {
    this.domain = config.time
    this.sizeMs = config.sizeMs
    this.slideMs = config.slideMs
    this.#offsetMs = config.offsetMs ?? 0
  }

  firstEnd(time: number): number {
    const behind = past(time, this.slideMs, this.#offsetMs)
    // Of the windows that have started, those that started fewer than so many slides ago are not over.
    const open = Math.ceil((this.sizeMs - behind) / this.slideMs)
    return time - behind + this.sizeMs - (open - 1) * this.slideMs
  }
}

export function timeWindowAssigner(config: TimeWindowConfig): TimeWindowAssigner {
  return config.type === 'tumbling' ? new TumblingAssigner(config) : new SlidingAssigner(config)
}

export function windowEndingAt(end: number, sizeMs: number): TimeWindow {
  return { start: end - sizeMs, end }
}
