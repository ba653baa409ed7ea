import { WeirError } from '../base/errors.ts'

/** A window assigner as it stands in a window operator's config. */
export interface TumblingAssignerConfig {
  readonly type: 'tumbling'
  readonly sizeMs: number
  readonly offsetMs: number
  readonly time: 'event' | 'processing'
}

/** What `window(…)` takes. Sliding, session and global windows join here. */
export type WindowAssigner = TumblingWindow

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
    if (!Number.isInteger(sizeMs) || sizeMs < 1) {
      throw new WeirError(
        'JOB_GRAPH',
        `TumblingWindow.of(${sizeMs}): the size of a window has to be a whole number of milliseconds from 1 on`,
      )
    }
    if (!Number.isInteger(offsetMs) || Math.abs(offsetMs) >= sizeMs) {
      throw new WeirError(
        'JOB_GRAPH',
        `TumblingWindow.of(${sizeMs}, ${offsetMs}): the offset has to be a whole number of milliseconds, shorter than the window`,
      )
    }
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
