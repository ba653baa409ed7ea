import type { JobDoc } from '@weir/proto/web/job-doc'
import { expect, test } from 'vitest'
import { HEAT_BUCKET_MS, HEAT_BUCKETS, SubtaskHeat } from './subtask-heat.ts'

function seen(busy: number | null): JobDoc {
  return { vertices: { v: { subtasks: { 0: { busy } } } } } as unknown as JobDoc
}

test('a bucket keeps the most of what it saw', () => {
  const heat = new SubtaskHeat()
  for (const busy of [0.2, 0.9, 0.4]) heat.record(seen(busy), 1_000)
  expect(heat.of('v', '0').at(-1)).toBe(0.9)
})

test('oldest comes first, gaps are null', () => {
  const heat = new SubtaskHeat()
  heat.record(seen(0.1), 0)
  heat.record(seen(0.3), 2 * HEAT_BUCKET_MS)
  expect(heat.of('v', '0').slice(-3)).toEqual([0.1, null, 0.3])
  expect(heat.of('v', '0')).toHaveLength(HEAT_BUCKETS)
})

test('what is older than the strip is forgotten, also after a long pause', () => {
  const heat = new SubtaskHeat()
  heat.record(seen(0.5), 0)
  heat.record(seen(0.7), (HEAT_BUCKETS * 3 + 1) * HEAT_BUCKET_MS)
  expect(heat.of('v', '0').filter(value => value !== null)).toEqual([0.7])
})

test('unknown is not zero', () => {
  const heat = new SubtaskHeat()
  heat.record(seen(0), 0)
  heat.record(seen(null), HEAT_BUCKET_MS)
  expect(heat.of('v', '0').slice(-2)).toEqual([0, null])
  expect(heat.of('v', '1')).toEqual([])
})
