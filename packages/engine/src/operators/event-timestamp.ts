import { WeirError } from '../base/errors.ts'
import { promiseRefused } from '../base/promises.ts'
import type { TimestampAssigner } from '../functions/watermark-generator.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { userError } from './operator-errors.ts'

/** The event time that the user's assigner gives a record: a finite number of ms, or NO_TIMESTAMP is thrown. */
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
  if (Number.isFinite(timestamp)) return timestamp as number
  throw new WeirError(
    'NO_TIMESTAMP',
    `operator '${node.name}': the timestamp assigner has to return ms since the epoch as a number, not ${describe(timestamp)}`,
    { place: { operator: node.name } },
  )
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `the string ${JSON.stringify(value.slice(0, 40))}`
  if (value instanceof Date) return 'a Date (use its getTime())'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
