import { WeirError } from '../base/errors.ts'
import { promiseRefused } from '../base/promises.ts'
import type { TimestampAssigner } from '../functions/watermark-generator.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { userError } from './operator-errors.ts'

/**
 * The last moment that is a date, in ms after the epoch (before it, as many): as in JavaScript's `Date`. Beyond it numbers
 * soon have no room for milliseconds, and a window would end where it starts.
 */
export const EVENT_TIME_MAX = 8.64e15

export function isEventTime(timestamp: unknown): timestamp is number {
  return typeof timestamp === 'number' && timestamp <= EVENT_TIME_MAX && timestamp >= -EVENT_TIME_MAX
}

/** The event time that the user's assigner gives a record: ms up to EVENT_TIME_MAX, or NO_TIMESTAMP is thrown. */
export function assignTimestamp(
  assigner: TimestampAssigner<unknown>,
  value: unknown,
  recordTimestamp: number,
  node: JobNode,
): number {
  let timestamp: unknown
  try {
    timestamp = assigner(value, recordTimestamp)
    if (timestamp instanceof Promise) throw promiseRefused(timestamp, 'the timestamp assigner returned a promise')
  } catch (error) {
    throw userError(error, node)
  }
  if (isEventTime(timestamp)) return timestamp
  throw new WeirError(
    'NO_TIMESTAMP',
    `operator '${node.name}': the timestamp assigner has to return ms since the epoch as a number, not ${describe(timestamp)}`,
    { place: { operator: node.name } },
  )
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `the string ${JSON.stringify(value.slice(0, 40))}`
  if (typeof value === 'number' && Number.isFinite(value)) {
    return `${value}, which as milliseconds is no date any more; if it counts nanoseconds, divide it by 1e6`
  }
  if (value instanceof Date) return 'a Date (use its getTime())'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
