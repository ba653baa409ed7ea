import { executionGraph } from '@weir/engine/graph/execution-graph'
import { jobGraphSchema } from '@weir/engine/graph/job-graph'
import type { SubtaskMetrics } from '@weir/proto/metrics'
import { describe, expect, it } from 'vitest'
import { JobMetrics } from './job-metrics.ts'
import { subtaskMetrics } from './testing/subtask-metrics.ts'

const graph = executionGraph(
  jobGraphSchema.parse({
    name: 'test',
    parallelism: 2,
    nodes: [
      { uid: 'src', type: 'source', name: 'src', parallelism: 1 },
      { uid: 'map', type: 'map', name: 'map' },
      { uid: 'out', type: 'sink', name: 'out' },
    ],
    edges: [
      { from: 'src', to: 'map', partitioner: 'rebalance' },
      { from: 'map', to: 'out' },
    ],
  }),
)

const subtask = (vertex: number, index: number, change: Partial<SubtaskMetrics> = {}): SubtaskMetrics =>
  subtaskMetrics({ vertex, subtask: index, ...change })

const operator = (uid: string, recordsIn: number, recordsOut: number) => ({
  uid,
  name: uid,
  recordsIn,
  recordsOut,
  lateRecords: 0,
  stateBytes: 0,
})

describe('JobMetrics', () => {
  it('knows nothing before the first report', () => {
    const view = new JobMetrics(graph).view('job', true, 0)
    expect(view.recordsIn).toBe(null)
    expect(view.vertices[0]).toMatchObject({ id: 'src', recordsIn: null, busy: null, sent: null })
    expect(view.vertices[1]?.subtasks).toHaveLength(2)
  })

  it('counts what sources read as the records in, what sinks take as the records out', () => {
    const metrics = new JobMetrics(graph)
    const source = subtask(0, 0, { recordsOut: 100, operators: [operator('src', 0, 100)] })
    metrics.report({ jobId: 'job', attempt: 1, slot: 0, subtasks: [source] }, 0, 0)
    for (const index of [0, 1]) {
      const sink = subtask(1, index, { recordsIn: 50, operators: [operator('map', 50, 30), operator('out', 30, 0)] })
      metrics.report({ jobId: 'job', attempt: 1, slot: index, subtasks: [sink] }, 0, 0)
    }
    const view = metrics.view('job', true, 0)
    expect(view).toMatchObject({ recordsIn: 100, recordsOut: 60 })
    expect(view.vertices[1]?.operators[1]).toMatchObject({ uid: 'out', recordsIn: 60 })
  })

  it('takes rates and ratios over the last five seconds alone', () => {
    const metrics = new JobMetrics(graph)
    const at = (second: number, records: number, busyMs: number, backpressuredMs: number) => {
      const source = subtask(0, 0, { recordsIn: records, busyMs, backpressuredMs })
      metrics.report({ jobId: 'job', attempt: 1, slot: 0, subtasks: [source] }, second * 1000, 0)
    }
    // Ten busy seconds at 1,000 a second, then ten that wait, at 100 a second.
    for (let s = 0; s <= 10; s++) at(s, s * 1000, s * 1000, 0)
    for (let s = 11; s <= 20; s++) at(s, 10_000 + (s - 10) * 100, 10_000, (s - 10) * 1000)
    const [source] = metrics.view('job', true, 20_000).vertices
    expect(source).toMatchObject({ recordsPerSecond: 100, busy: 0, backpressure: 1, idle: 0 })
  })

  it('has rates from the first report on, over the time that the subtask has run', () => {
    const metrics = new JobMetrics(graph)
    const times = { busyMs: 100, backpressuredMs: 0, idleMs: 300, ranMs: 400 }
    const source = subtask(0, 0, { ...times, recordsOut: 200, operators: [operator('src', 0, 200)] })
    metrics.report({ jobId: 'job', attempt: 1, slot: 0, subtasks: [source] }, 1000, 1000)
    expect(metrics.view('job', true, 1000).vertices[0]).toMatchObject({ recordsPerSecond: 500, busy: 0.25, idle: 0.75 })
    expect(metrics.figures(true, 1000).operators.get('src')).toMatchObject({ recordsOutPerSecond: 500 })
  })

  it('takes rates over the time that the subtask has counted, however long its reports were on their way', () => {
    const metrics = new JobMetrics(graph)
    for (const [ranMs, arrivedMs] of [
      [1000, 1900],
      [2000, 2100],
      [3000, 3900],
    ]) {
      const source = subtask(0, 0, { recordsIn: ranMs! / 10, ranMs: ranMs! })
      metrics.report({ jobId: 'job', attempt: 1, slot: 0, subtasks: [source] }, arrivedMs!, 0)
      expect(metrics.view('job', true, arrivedMs!).recordsPerSecond).toBe(100)
    }
  })

  it.each([100, 60_000])('has no rate at a first report of a subtask that has run for %i ms', ranMs => {
    const metrics = new JobMetrics(graph)
    metrics.report({ jobId: 'job', attempt: 1, slot: 0, subtasks: [subtask(0, 0, { recordsIn: 9, ranMs })] }, 0, 0)
    expect(metrics.view('job', true, 0)).toMatchObject({ recordsIn: 9, recordsPerSecond: null })
  })

  it('gives no rate when a subtask has been silent, or the job does not run', () => {
    const metrics = new JobMetrics(graph)
    for (const s of [0, 1]) {
      const source = subtask(0, 0, { recordsIn: s })
      metrics.report({ jobId: 'job', attempt: 1, slot: 0, subtasks: [source] }, s * 1000, 0)
    }
    expect(metrics.view('job', true, 1000).recordsPerSecond).toBe(1)
    expect(metrics.view('job', false, 1000).recordsPerSecond).toBe(null)
    expect(metrics.view('job', true, 60_000).recordsPerSecond).toBe(null)
    expect(metrics.view('job', true, 60_000).recordsIn).toBe(1)
  })

  it('shows the smallest watermark, none while one is unknown, and its lag behind the clock', () => {
    const metrics = new JobMetrics(graph)
    const report = (index: number, watermark: number | null) =>
      metrics.report({ jobId: 'job', attempt: 1, slot: index, subtasks: [subtask(1, index, { watermark })] }, 0, 5_000)
    report(0, 4_000)
    report(1, null)
    expect(metrics.view('job', true, 0).watermark).toBe(null)
    report(1, 3_000)
    expect(metrics.view('job', true, 0).watermark).toBe(3_000)
    expect(metrics.view('job', true, 0).vertices[1]?.watermarkLagMs).toBe(2_000)
  })

  it('forgets an attempt when the next one reports, and passes over what comes late of it', () => {
    const metrics = new JobMetrics(graph)
    const report = (attempt: number, records: number) =>
      metrics.report({ jobId: 'job', attempt, slot: 0, subtasks: [subtask(0, 0, { recordsIn: records })] }, 0, 0)
    report(1, 500)
    report(2, 3)
    report(1, 600)
    expect(metrics.view('job', true, 0).recordsIn).toBe(3)
  })
})
