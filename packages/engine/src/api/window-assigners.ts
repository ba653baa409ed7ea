import { WeirError } from '../base/errors.ts'
import type { GlobalConfig, SessionConfig, SlidingConfig, TumblingConfig } from '../window/assigner.ts'

/** A window assigner as it stands in a window operator's config. */
export type TumblingAssignerConfig = TumblingConfig & { readonly offsetMs: number }
export type WindowAssignerConfig = TumblingConfig | SlidingConfig | SessionConfig | GlobalConfig

/** What `window(…)` takes. */
export type WindowAssigner = TumblingWindow | SlidingWindow | SessionWindow | GlobalWindow

/** Windows of one size that follow one another without gaps: [offset + n × size, offset + (n + 1) × size). */
export class TumblingWindow {
  readonly #config: TumblingAssignerConfig

  private constructor(config: TumblingAssignerConfig) {
    this.#config = config
  }

  /**
   * @param sizeMs length of a window, a whole number of ms from 1 on
   * @param offsetMs shifts the windows' starts away from multiples of the size since the epoch (UTC); less than the size
   */
  static of(sizeMs: number, offsetMs = 0): TumblingWindow {
    checkLength(`TumblingWindow.of(${sizeMs})`, 'the size of a window', sizeMs)
    checkOffset(`TumblingWindow.of(${sizeMs}, ${offsetMs})`, offsetMs, sizeMs, 'the window')
    return new TumblingWindow({ type: 'tumbling', sizeMs, offsetMs, time: 'event' })
  }

  /** The same windows on the wall clock of the machine instead of event time. */
  processingTime(): TumblingWindow {
    return new TumblingWindow({ ...this.#config, time: 'processing' })
  }

  toConfig(): TumblingAssignerConfig {
    return this.#config
  }
}

export interface SlidingWindowOptions {
  /** Length of a window, a whole number of ms from 1 on. */
  readonly sizeMs: number
  /**
   * From the start of one window to the start of the next, a whole number of ms from 1 on. Shorter than the size, windows
   * overlap and a record is in several of them; longer, there are gaps, and a record in one is in no window.
   */
  readonly slideMs: number
  /** Shifts the windows' starts away from multiples of the slide since the epoch (UTC); less than the slide. */
  readonly offsetMs?: number
}

/** Windows of one size that start at every offset + n × slide. */
export class SlidingWindow {
  readonly #config: SlidingConfig

  private constructor(config: SlidingConfig) {
    this.#config = config
  }

  static of(options: SlidingWindowOptions): SlidingWindow {
    const {
      sizeMs,
      slideMs,
      offsetMs = 0,
    } = optionsOf('SlidingWindow.of', options, '{ sizeMs: 30_000, slideMs: 10_000 }')
    const call = `SlidingWindow.of({ sizeMs: ${sizeMs}, slideMs: ${slideMs} })`
    checkLength(call, 'the size of a window', sizeMs)
    checkLength(call, 'the slide', slideMs)
    checkOffset(`SlidingWindow.of({ …, offsetMs: ${offsetMs} })`, offsetMs, slideMs, 'the slide')
    return new SlidingWindow({ type: 'sliding', sizeMs, slideMs, offsetMs, time: 'event' })
  }

  /** The same windows on the wall clock of the machine instead of event time. */
  processingTime(): SlidingWindow {
    return new SlidingWindow({ ...this.#config, time: 'processing' })
  }

  toConfig(): SlidingConfig {
    return this.#config
  }
}

export interface SessionWindowOptions {
  /** A session ends so many ms after its last record: a whole number from 1 on. */
  readonly gapMs: number
}

/**
 * Windows of activity, per key: from a record to `gapMs` after the last one that is no further than that from another.
 * Two records exactly one gap apart are in one session.
 */
export class SessionWindow {
  readonly #config: SessionConfig

  private constructor(config: SessionConfig) {
    this.#config = config
  }

  static of(options: SessionWindowOptions): SessionWindow {
    const { gapMs } = optionsOf('SessionWindow.of', options, '{ gapMs: 30_000 }')
    checkLength(`SessionWindow.of({ gapMs: ${gapMs} })`, 'the gap', gapMs)
    return new SessionWindow({ type: 'session', gapMs, time: 'event' })
  }

  /** The same on the wall clock of the machine instead of event time. */
  processingTime(): SessionWindow {
    return new SessionWindow({ ...this.#config, time: 'processing' })
  }

  toConfig(): SessionConfig {
    return this.#config
  }
}

/**
 * One window for all records of a key: [-Infinity, Infinity). Without a trigger it fires once, when a bounded input has
 * come to its end; so it is mostly used with one, such as `CountTrigger`. Its results take the highest timestamp of its
 * records.
 */
export class GlobalWindow {
  readonly #config: GlobalConfig

  private constructor(config: GlobalConfig) {
    this.#config = config
  }

  static create(): GlobalWindow {
    return new GlobalWindow({ type: 'global', time: 'event' })
  }

  /** For a trigger on the wall clock: records need no timestamps. */
  processingTime(): GlobalWindow {
    return new GlobalWindow({ ...this.#config, time: 'processing' })
  }

  toConfig(): GlobalConfig {
    return this.#config
  }
}

function optionsOf<O extends object>(call: string, options: O, example: string): O {
  if (typeof options === 'object' && options !== null) return options
  throw new WeirError(
    'JOB_GRAPH',
    `${call}(${String(options)}): the argument has to be an object, e.g. ${call}(${example})`,
  )
}

function checkLength(call: string, what: string, ms: number): void {
  if (Number.isInteger(ms) && ms >= 1 && ms <= 1e15) return
  throw new WeirError('JOB_GRAPH', `${call}: ${what} has to be a whole number of milliseconds from 1 on`)
}

function checkOffset(call: string, offsetMs: number, lengthMs: number, than: string): void {
  if (Number.isInteger(offsetMs) && Math.abs(offsetMs) < lengthMs) return
  throw new WeirError('JOB_GRAPH', `${call}: the offset has to be a whole number of milliseconds, shorter than ${than}`)
}
