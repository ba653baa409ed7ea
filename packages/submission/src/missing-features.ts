import type { JobGraph } from '@weir/engine/graph/job-graph'

/** What a job asks for and this version does not do: sentences for whoever starts or checks it. */
export function missingFeatures({
  checkpointing,
  stateBackend,
}: Pick<JobGraph, 'checkpointing' | 'stateBackend'>): string[] {
  const missing: string[] = []
  if (checkpointing !== undefined) {
    missing.push(
      'checkpoints are not there in this version: the settings are kept, and after a failure the job starts from the beginning',
    )
  }
  if (stateBackend === 'rocksdb') {
    missing.push('the state backend "rocksdb" does not spill to disk in this version: state stays in memory')
  }
  return missing
}
