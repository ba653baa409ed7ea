import type { JobGraph } from '@weir/engine/graph/job-graph'

/** What a job asks for and this version does not do: sentences for whoever starts or checks it. */
export function missingFeatures({ checkpointing }: Pick<JobGraph, 'checkpointing'>): string[] {
  if (checkpointing === undefined) return []
  return [
    'checkpoints are not there in this version: the settings are kept, and after a failure the job starts from the beginning',
  ]
}
