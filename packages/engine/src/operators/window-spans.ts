import type { TimeWindow } from '../functions/window-function.ts'
import { type AssignerConfig, timeWindowAssigner, windowEndingAt } from '../window/assigner.ts'
import type { WindowTime } from '../window/triggers.ts'

/** What an assigner means to windows with triggers. */
export interface Spans extends WindowTime {
  /** Whether a record needs a timestamp to have a window. */
  readonly needsTime: boolean
  /** Windows follow from the other records of the key: sessions, with this gap. */
  readonly merging: boolean
  readonly gapMs: number
  /** The window that all records are in, where there is only one. */
  readonly only: TimeWindow | undefined
  /** The windows of a moment, in order of their ends; none for sessions. */
  windowsOf(time: number): TimeWindow[]
  windowEndingAt(end: number): TimeWindow
  /** The timestamp of a result; `at` is the highest one of its records. */
  resultTime(window: TimeWindow, at: number): number
}

const GLOBAL: TimeWindow = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }

export function spansOf(config: AssignerConfig): Spans {
  const isProcessingTime = config.time === 'processing'
  switch (config.type) {
    case 'global':
      return {
        isProcessingTime,
        needsTime: false,
        merging: false,
        gapMs: 0,
        only: GLOBAL,
        windowsOf: () => [GLOBAL],
        windowEndingAt: () => GLOBAL,
        lastMoment: () => Number.POSITIVE_INFINITY,
        resultTime: (_window, at) => at,
      }
    case 'session':
      return {
        isProcessingTime,
        needsTime: true,
        merging: true,
        gapMs: config.gapMs,
        only: undefined,
        windowsOf: () => [],
        windowEndingAt: end => ({ start: end - config.gapMs, end }),
        // A record at the end of a session still belongs to it.
        lastMoment: ({ end }) => end,
        resultTime: ({ end }) => end,
      }
    default: {
      const assigner = timeWindowAssigner(config)
      const { sizeMs, slideMs } = assigner
      return {
        isProcessingTime,
        needsTime: true,
        merging: false,
        gapMs: 0,
        only: undefined,
        windowsOf: time => {
          const windows: TimeWindow[] = []
          for (let end = assigner.firstEnd(time); end - sizeMs <= time; end += slideMs) {
            windows.push(windowEndingAt(end, sizeMs))
          }
          return windows
        },
        windowEndingAt: end => windowEndingAt(end, sizeMs),
        // At end − 1 on the clock a record of this very window may still come.
        lastMoment: ({ end }) => (isProcessingTime ? end : end - 1),
        resultTime: ({ end }) => end - 1,
      }
    }
  }
}
