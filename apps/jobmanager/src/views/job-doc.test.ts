import { verdictOf } from '@weir/control/verdict/verdict'
import { expect, test } from 'vitest'
import { JobMetrics } from '../metrics/job-metrics.ts'
import { jobDoc } from './job-doc.ts'
import { factsOf, type JobSight } from './job-sight.ts'
import { clicksGraph, liveJobOf, reportSeconds, statusOf } from './testing/made-up-job.ts'

function sightOf(seconds: number, change: Partial<JobSight> = {}): JobSight {
  const metrics = reportSeconds(new JobMetrics(clicksGraph), seconds)
  const live = liveJobOf(statusOf(), metrics)
  const now = seconds * 1000
  return {
    now,
    status: live.status,
    graph: clicksGraph,
    figures: metrics.figures(true, now),
    live,
    stuck: null,
    ...change,
  }
}

function docOf(sight: JobSight, change: Partial<Parameters<typeof jobDoc>[0]> = {}) {
  return jobDoc({ sight, verdict: verdictOf(factsOf(sight)), draftId: 'draft_1', exceptions: 2, ...change })
}

test('the document of a running job has everything, rounded to what people can see', () => {
  const doc = docOf(sightOf(8))
  expect(doc).toMatchObject({
    jobId: 'job_1',
    status: 'RUNNING',
    draftId: 'draft_1',
    exceptions: 2,
    totals: {
      recordsIn: 8_000,
      recordsOut: 320 + 32,
      recordsInPerSecond: 1_000,
      recordsOutPerSecond: 44,
      busyMax: 0.46,
      backpressureMax: 0,
      watermark: 6_766,
      watermarkLagMs: 1_234,
      lateRecords: 32,
    },
  })
  expect(Object.keys(doc.vertices)).toEqual(['clicks', 'count', 'late'])
  expect(doc.vertices.count).toMatchObject({ name: 'count -> rows', recordsInPerSecond: 1_000, busy: 0.46, idle: 0.54 })
  expect(doc.vertices.count!.subtasks['0']).toMatchObject({ taskManager: 'tm-1', slot: 0, recordsInPerSecond: 700 })
  expect(doc.operators.rows).toMatchObject({ recordsInPerSecond: 40, recordsOut: 320 })
})

test('edges have their rates, the side output that of its consumer', () => {
  expect(docOf(sightOf(8)).edges).toEqual({
    'clicks->count': { recordsPerSecond: 1_000 },
    'count->rows': { recordsPerSecond: 40 },
    'count->late': { recordsPerSecond: 4 },
  })
})

test('a subtask that does lastingly more than twice the others is seen', () => {
  expect(docOf(sightOf(8)).vertices.count!.skew).toBe(null)
  const doc = docOf(sightOf(40))
  expect(doc.vertices.count!.skew).toBe(7)
  expect(doc.vertices.clicks!.skew).toBe(null)
})

test('before the first report nothing is known, and nothing is shown as nought', () => {
  const metrics = new JobMetrics(clicksGraph)
  const sight = { ...sightOf(0), figures: metrics.figures(true, 0) }
  const doc = docOf(sight)
  expect(new Set(Object.values(doc.totals))).toEqual(new Set([null]))
  expect(doc.vertices.count).toMatchObject({ recordsIn: null, busy: null, skew: null })
  expect(doc.edges['clicks->count']).toEqual({ recordsPerSecond: null })
})

test('the vertex that does not come back is marked, others in the same slot are not', () => {
  const sight = sightOf(8)
  const live = { ...sight.live!, stuck: [{ slot: 2, operator: 'count', ms: 5_000 }] }
  const { vertices } = docOf({ ...sight, live })
  expect([vertices.clicks!.noProgress, vertices.count!.noProgress, vertices.late!.noProgress]).toEqual([
    false,
    true,
    false,
  ])
})

test('subtasks may stay as they were a moment ago', () => {
  const before = docOf(sightOf(7))
  const doc = docOf(sightOf(8), { before, keepSubtasksOf: index => index === 1 })
  expect(doc.vertices.count!.subtasks).toBe(before.vertices.count!.subtasks)
  expect(doc.vertices.clicks!.subtasks).not.toBe(before.vertices.clicks!.subtasks)
})
