import { executionGraph } from '@weir/engine/graph/execution-graph'
import { expect, test } from 'vitest'
import { clicksGraph, reportSeconds } from '../views/testing/made-up-job.ts'
import { JobMetrics } from './job-metrics.ts'
import { metricsView } from './metrics-view.ts'
import { fromStoredFigures, toStoredFigures } from './stored-figures.ts'

test('what a job has done comes back from the database, for pages and for REST alike', () => {
  const metrics = reportSeconds(new JobMetrics(clicksGraph), 8)
  const ended = metrics.figures(false, 60_000)
  const kept = JSON.parse(JSON.stringify(toStoredFigures(ended)))
  const back = fromStoredFigures(kept, clicksGraph)!
  expect(back.totals).toMatchObject({ recordsIn: 8_000, recordsOut: 352, recordsInPerSecond: null })
  expect(back.vertices).toEqual(ended.vertices)
  expect(back.operators).toEqual(ended.operators)
  expect(metricsView('job_1', clicksGraph, back)).toEqual(metrics.view('job_1', false, 60_000))
})

test('of a job with thousands of subtasks the vertices are kept', () => {
  const nodes = clicksGraph.job.nodes.map(node => (node.uid === 'late' ? { ...node, parallelism: 3_000 } : node))
  const large = executionGraph({ ...clicksGraph.job, maxParallelism: 4_096, nodes })
  const kept = toStoredFigures(reportSeconds(new JobMetrics(large), 8).figures(false, 8_000))
  expect(JSON.stringify(kept).length).toBeLessThan(5_000)
  const back = fromStoredFigures(kept, large)!
  expect(back.vertices[0]).toMatchObject({ recordsIn: 8_000 })
  expect(back.vertices[2]!.subtasks).toHaveLength(3_000)
})

test('what this version cannot read is not known', () => {
  for (const kept of [null, 'x', { vertices: 3 }]) expect(fromStoredFigures(kept, clicksGraph)).toBe(null)
})
