import type { TaskManagerDoc } from '@weir/proto/web/overview-doc'
import { formatTime } from '../../lib/format.ts'

/** By id as people count: tm-2 before tm-10. */
export function byId(a: Pick<TaskManagerDoc, 'id'>, b: Pick<TaskManagerDoc, 'id'>): number {
  return a.id.localeCompare(b.id, 'en', { numeric: true })
}

/** The slots of a TaskManager in the order of their index, each with the job that holds it; null is free. */
export function slotsOf({ slots }: Pick<TaskManagerDoc, 'slots'>): readonly (readonly [number, string | null])[] {
  return Object.entries(slots)
    .map(([index, jobId]) => [Number(index), jobId] as const)
    .sort(([a], [b]) => a - b)
}

/** When a TaskManager that is there again was away: `was lost 12:03–12:04`; the latest time of several. Null for never. */
export function lossWords({ losses }: Pick<TaskManagerDoc, 'losses'>): string | null {
  const last = losses.at(-1)
  if (last === undefined) return null
  const times = losses.length === 1 ? 'was lost' : `was lost ${losses.length} times, last`
  return `${times} ${clockSpan(last.lostAt, last.backAt)}`
}

/** `12:03–12:04`; with seconds where the minutes are the same. */
function clockSpan(from: number, to: number): string {
  const [begin, end] = [formatTime(from), formatTime(to)]
  return begin.slice(0, 5) === end.slice(0, 5) ? `${begin}–${end}` : `${begin.slice(0, 5)}–${end.slice(0, 5)}`
}
