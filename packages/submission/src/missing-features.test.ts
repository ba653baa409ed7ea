import { expect, test } from 'vitest'
import { missingFeatures } from './missing-features.ts'

test('whoever asks for checkpoints is told that there are none; of state on disk, which there is, nothing is said', () => {
  const graph = { checkpointing: { intervalMs: 10_000, mode: 'exactly-once' }, stateBackend: 'rocksdb' } as const
  expect(missingFeatures(graph)).toEqual([expect.stringMatching(/^checkpoints are not there in this version/)])
  expect(missingFeatures({ ...graph, checkpointing: undefined })).toEqual([])
})
