import { formatDateTime } from './format.ts'

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

/** Where there is little room: `01-01 00:00:25`; the whole of it belongs into a title. */
export function shortEventTime(at: number): string {
  return formatDateTime(at).slice(5)
}
