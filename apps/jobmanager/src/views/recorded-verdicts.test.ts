import { readFileSync } from 'node:fs'
import { verdictOf } from '@weir/control/verdict/verdict'
import { executionGraph } from '@weir/engine/graph/execution-graph'
import { jobGraphSchema } from '@weir/engine/graph/job-graph'
import type { SlotMetrics } from '@weir/proto/metrics'
import { expect, test } from 'vitest'
import { JobMetrics } from '../metrics/job-metrics.ts'
import { factsOf } from './job-sight.ts'
import { liveJobOf, statusOf } from './testing/made-up-job.ts'

/**
 * What a TaskManager reported of a real job: a generator of 5,000 records a second, a map that spends 2 ms on each record,
 * a filter and a sink, at parallelism 2. In `slowMap` the generator's records are rebalanced to the map, in `slowChain` all
 * four share a thread.
 */
const recorded = JSON.parse(
  readFileSync(new URL('testing/recorded-slow-jobs.json', import.meta.url), 'utf8'),
) as Record<'slowMap' | 'slowChain', readonly { atMs: number; slot: SlotMetrics }[]>

function slowGraph(partitioner: 'rebalance' | 'forward') {
  return executionGraph(
    jobGraphSchema.parse({
      name: 'slow',
      parallelism: 2,
      nodes: [
        { uid: 'datagen-a0711365af', type: 'datagen', name: 'orders' },
        { uid: 'map-1d48e035c6', type: 'map', name: 'slow' },
        { uid: 'filter-ecb6493cb4', type: 'filter', name: 'filter' },
        { uid: 'print-b8f98363c8', type: 'print', name: 'print' },
      ],
      edges: [
        { from: 'datagen-a0711365af', to: 'map-1d48e035c6', partitioner },
        { from: 'map-1d48e035c6', to: 'filter-ecb6493cb4' },
        { from: 'filter-ecb6493cb4', to: 'print-b8f98363c8' },
      ],
    }),
  )
}

function verdictOn(name: 'slowMap' | 'slowChain', partitioner: 'rebalance' | 'forward') {
  const graph = slowGraph(partitioner)
  const metrics = new JobMetrics(graph)
  for (const { atMs, slot } of recorded[name]) metrics.report(slot, atMs, atMs)
  const now = recorded[name].at(-1)!.atMs
  const status = statusOf({ startedAt: now - 60_000 })
  const live = { ...liveJobOf(status, metrics), graph }
  return verdictOf(factsOf({ now, status, graph, figures: metrics.figures(true, now), live, stuck: null }))
}

test('a slow map behind an exchange is named as the bottleneck', () => {
  expect(verdictOn('slowMap', 'rebalance')).toMatchObject({
    kind: 'bottleneck',
    text: 'slow is the bottleneck: busy 1.00 while its inputs are backpressured.',
    operator: 'map-1d48e035c6',
  })
})

test('a slow map in the thread of its source is named, too', () => {
  const verdict = verdictOn('slowChain', 'forward')
  expect(verdict).toMatchObject({ kind: 'bottleneck', operator: 'map-1d48e035c6' })
  expect(verdict.text).toMatch(
    /^slow is the bottleneck: (?:9\d|100) % of the time of its chain, which is busy 1\.00\.$/,
  )
})
