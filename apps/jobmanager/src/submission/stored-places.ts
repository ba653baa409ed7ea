import type { PreparedJob } from '@weir/submission/prepare-job'
import type { OperatorPlaces } from '@weir/submission/problems'
import type { SourcePlaces } from '../store/records.ts'

/** The places of operators as they are stored: those in the job's own file. */
export function toStoredPlaces({ places, fileName }: Pick<PreparedJob, 'places' | 'fileName'>): SourcePlaces {
  const own = [...places].flatMap(([uid, { file, line, column }]) =>
    line === undefined || (file !== undefined && file !== fileName)
      ? []
      : [[uid, { line, column: column ?? 0 }] as const],
  )
  return Object.fromEntries(own)
}

/** Places as everybody takes them who puts an error or an operator on its line. */
export function fromStoredPlaces(places: SourcePlaces): OperatorPlaces {
  return new Map(Object.entries(places))
}
