import { formatDateTime, formatTime, type Quantity } from './format.ts'

/** How far event time has come, as the live documents tell it. */
export interface EventTimeFacts {
  readonly watermark: number | null
  /** Null also where it is more than a day: then the data is old, and a lag behind the clock says nothing. */
  readonly watermarkLagMs: number | null
}

/** The event time to show in place of a lag, for data that is older than a day; null where the lag itself is shown. */
export function eventTimeOf({ watermark, watermarkLagMs }: EventTimeFacts): number | null {
  return watermarkLagMs === null && watermark !== null && Number.isFinite(watermark) ? watermark : null
}

/** `event time 2026-01-01 00:00:25`. */
export function eventTimeWords(at: number): string {
  return `event time ${formatDateTime(at)}`
}

/** The same for a figure: the time of day as its number, the day as its unit. */
export function eventTimeParts(at: number): Quantity {
  return { number: formatTime(at), unit: formatDateTime(at).slice(0, 10) }
}
