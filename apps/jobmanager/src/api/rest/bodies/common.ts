import { z } from 'zod'

export const timeSchema = z.iso.datetime()

export const jobParams = z.object({ id: z.string().min(1).max(100) })

/** The latest and earliest moments that ISO 8601 as JavaScript writes it can name. */
const DATE_MS_MAX = 8_640_000_000_000_000

export function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}

/** Null stays null; so does an event time beyond what a date can say (a watermark of ±Infinity). */
export function isoTimeOrNull(ms: number | null): string | null {
  return ms === null || !(Math.abs(ms) <= DATE_MS_MAX) ? null : isoTime(ms)
}
