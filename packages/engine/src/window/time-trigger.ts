import type { TimeDomain } from './assigner.ts'

/**
 * When a window fires that no user-defined trigger governs: once the operator's time (its watermark, or the wall clock)
 * has reached `fireAt`, and in event time again for each record that comes within the allowed lateness.
 *
 * This is the whole of what time windows need: all keys of a window fire together, so nothing is registered per key.
 * Triggers that look at records register timers per (key, window) with `time/timer-service` instead.
 */
export interface TimeTrigger {
  readonly domain: TimeDomain
  /** The first moment of the operator's time at which the window fires. */
  fireAt(end: number): number
}

/** Watermark end − 1 says that no record with a timestamp below the end will come. */
export const eventTimeTrigger: TimeTrigger = { domain: 'event', fireAt: end => end - 1 }

/** At end − 1 on the clock a record of this very window may still come. */
export const processingTimeTrigger: TimeTrigger = { domain: 'processing', fireAt: end => end }
