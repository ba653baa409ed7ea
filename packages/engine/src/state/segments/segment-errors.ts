import { WeirError } from '../../base/errors.ts'

/** A segment that cannot be used: which, why, and what to do. */
export function brokenSegment(name: string, why: string, cause?: unknown): WeirError {
  return new WeirError(
    'STATE_SEGMENT',
    `the segment '${name}' of a snapshot of state ${why}. State cannot be restored from this snapshot: restore from another one, or bring this file back as it was written.`,
    cause === undefined ? undefined : { cause },
  )
}
