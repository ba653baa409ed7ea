import { executionGraph } from '@weir/engine/graph/execution-graph'
import { jobGraphSchema } from '@weir/engine/graph/job-graph'
import type { SubtaskMetrics } from '@weir/proto/metrics'
import { describe, expect, test } from 'vitest'
import { edgeRates } from './edge-rates.ts'
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

const operator = (uid: string, recordsIn: number, recordsOut: number, lateRecords = 0) => ({
  uid,
  name: uid,
  recordsIn,
  recordsOut,
  lateRecords,
  stateBytes: 0,
})

/** A source that reads 100 a second, of which every second record passes the map in each of two subtasks. */
function reported(seconds: number, metrics = new JobMetrics(graph)): JobMetrics {
  for (let s = 0; s <= seconds; s++) {
    const source = subtask(0, 0, {
      recordsOut: s * 100,
      busyMs: s * 250,
      idleMs: s * 750,
      operators: [operator('src', 0, s * 100)],
    })
    const maps = [0, 1].map(index =>
      subtask(1, index, {
        recordsIn: s * 50,
        watermark: s * 1000 - index * 10,
        operators: [operator('map', s * 50, s * 25, 1), operator('out', s * 25, 0)],
      }),
    )
    metrics.report({ jobId: 'job', attempt: 1, slot: 0, subtasks: [source, maps[0]!] }, s * 1000, s * 1000 + 5)
    metrics.report({ jobId: 'job', attempt: 1, slot: 1, subtasks: [maps[1]!] }, s * 1000, s * 1000 + 5)
  }
  return metrics
}

describe('figures', () => {
  test('know nothing before the first report', () => {
    const figures = new JobMetrics(graph).figures(true, 0)
    expect(figures.vertices[1]).toMatchObject({ recordsIn: null, busy: null, finished: false })
    expect(figures.operators.get('map')).toMatchObject({ recordsInPerSecond: null, lateRecords: null })
    expect(figures).toMatchObject({
      attempt: 0,
      edges: [null, null],
      input: { records: null, lastAt: null, finished: false },
    })
  })

  test('have rates in and out of vertices, subtasks, operators and edges', () => {
    const figures = reported(8).figures(true, 8_000)
    expect(figures.vertices[0]).toMatchObject({
      recordsIn: 800,
      recordsInPerSecond: 100,
      recordsOutPerSecond: 100,
      busy: 0.25,
      idle: 0.75,
    })
    // What its sink takes is what the chain gives out.
    expect(figures.vertices[1]).toMatchObject({
      recordsIn: 800,
      recordsOut: 400,
      recordsInPerSecond: 100,
      recordsOutPerSecond: 50,
    })
    expect(figures.vertices[1]!.subtasks[1]).toMatchObject({
      recordsInPerSecond: 50,
      recordsOutPerSecond: 25,
      watermark: 7_990,
      watermarkLagMs: 15,
    })
    expect(figures.vertices[1]!.watermark).toBe(7_990)
    expect(figures.operators.get('src')).toMatchObject({ recordsIn: 800, recordsInPerSecond: 100 })
    expect(figures.operators.get('map')).toMatchObject({
      recordsInPerSecond: 100,
      recordsOutPerSecond: 50,
      lateRecords: 2,
    })
    expect(figures.operators.get('out')).toMatchObject({ recordsOut: 400, recordsOutPerSecond: 50 })
    expect(figures.edges).toEqual([100, 50])
  })

  test('have no rates when the job does not run, or its subtasks are silent', () => {
    const metrics = reported(8)
    for (const figures of [metrics.figures(false, 8_000), metrics.figures(true, 23_001)]) {
      expect(figures.vertices[1]).toMatchObject({ recordsIn: 800, recordsInPerSecond: null, busy: null })
      expect(figures.edges).toEqual([null, null])
    }
  })

  test('stay as they were while a thread is in a long call and its last report is said again', () => {
    const metrics = reported(8)
    const silent = [
      subtask(0, 0, { recordsOut: 800, busyMs: 2_000, idleMs: 6_000, operators: [operator('src', 0, 800)] }),
    ]
    for (let s = 9; s <= 20; s++) {
      metrics.report({ jobId: 'job', attempt: 1, slot: 0, subtasks: silent }, s * 1000, s * 1000 + 5)
    }
    expect(metrics.figures(true, 20_000).vertices[0]).toMatchObject({ recordsInPerSecond: 100, busy: 0.25 })
    expect(metrics.figures(true, 23_001).vertices[0]).toMatchObject({ recordsInPerSecond: null, busy: null })
  })

  test('a subtask that has finished is no longer heard of, and gives nothing', () => {
    const metrics = reported(3)
    const done = subtask(0, 0, { status: 'finished', recordsOut: 300, operators: [operator('src', 0, 300)] })
    metrics.report({ jobId: 'job', attempt: 1, slot: 0, subtasks: [done] }, 3_500, 3_505)
    const figures = metrics.figures(true, 60_000)
    expect(figures.vertices[0]).toMatchObject({ finished: true, recordsIn: 300, recordsInPerSecond: 0, busy: null })
    expect(figures.input.finished).toBe(true)
  })

  test('tell when something last came in', () => {
    const metrics = reported(4)
    expect(metrics.figures(true, 4_000).input).toEqual({ records: 400, lastAt: 4_005, finished: false })
    const silent = subtask(0, 0, { recordsOut: 400, operators: [operator('src', 0, 400)] })
    metrics.report({ jobId: 'job', attempt: 1, slot: 0, subtasks: [silent] }, 9_000, 9_005)
    expect(metrics.figures(true, 9_000).input.lastAt).toBe(4_005)
    metrics.report({ jobId: 'job', attempt: 2, slot: 0, subtasks: [subtask(0, 0)] }, 10_000, 10_005)
    expect(metrics.figures(true, 10_000).input).toMatchObject({ records: 0, lastAt: 10_005 })
  })
})

describe('the operator in which the time goes', () => {
  const sampled = (s: number, map: number, out: number) =>
    subtask(1, 0, {
      busyMs: s * 1000,
      operators: [
        { ...operator('map', 0, 0), samples: map * s },
        { ...operator('out', 0, 0), samples: out * s },
      ],
    })
  const hottest = (map: number, out: number) => {
    const metrics = new JobMetrics(graph)
    for (let s = 0; s <= 9; s++) {
      metrics.report({ jobId: 'job', attempt: 1, slot: 0, subtasks: [sampled(s, map, out)] }, s * 1000, s * 1000)
    }
    return metrics.figures(true, 9_000).vertices[1]!.hottest
  }

  test('is the one that was seen most often in the last seconds', () => {
    expect(hottest(5, 45)).toEqual({ uid: 'out', share: 0.9 })
  })

  test('is not known from a few looks, or when nobody looks', () => {
    expect(hottest(1, 2)).toBe(null)
    expect(reported(8).figures(true, 8_000).vertices[1]!.hottest).toBe(null)
  })
})

describe('a source that is aligned with others', () => {
  const waited = (pausedMsPerSecond: number) => {
    const metrics = new JobMetrics(graph)
    for (let s = 0; s <= 8; s++) {
      const alignment = { group: 'g', splits: 1, pausedSplits: 1, pausedMs: s * pausedMsPerSecond, aheadMs: 5 }
      const source = subtask(0, 0, { idleMs: s * 1000, alignment, operators: [operator('src', 0, 0)] })
      metrics.report({ jobId: 'job', attempt: 1, slot: 0, subtasks: [source, subtask(1, 0)] }, s * 1000, s * 1000)
    }
    return metrics.figures(true, 8_000).vertices
  }

  test('shows in which share of the last seconds it waited for slower ones, and no other vertex does', () => {
    expect(waited(750).map(({ aligned }) => aligned)).toEqual([{ group: 'g', waits: 0.75 }, undefined])
    expect(waited(0)[0]?.aligned).toEqual({ group: 'g', waits: 0 })
  })
})

describe('rates of edges', () => {
  const edge = (from: string, to: string, change: Partial<(typeof graph.job.edges)[number]> = {}) => ({
    from,
    to,
    partitioner: 'rebalance' as const,
    output: null,
    input: 0,
    ...change,
  })
  const rates = (edges: ReturnType<typeof edge>[], operators: Record<string, [number | null, number | null]>) =>
    edgeRates(
      { edges },
      new Map(
        Object.entries(operators).map(([uid, [recordsInPerSecond, recordsOutPerSecond]]) => [
          uid,
          { recordsInPerSecond, recordsOutPerSecond },
        ]),
      ),
      () => 4,
    )

  test('every consumer of a main output gets all of it', () => {
    expect(rates([edge('a', 'b'), edge('a', 'c')], { a: [0, 100], b: [100, 0], c: [100, 0] })).toEqual([100, 100])
  })

  test('a broadcast counts a record once', () => {
    expect(rates([edge('a', 'b', { partitioner: 'broadcast' })], { a: [0, 100], b: [400, 0] })).toEqual([100])
  })

  test('a side output is what its consumer takes in', () => {
    expect(
      rates([edge('a', 'b'), edge('a', 'late', { output: 'late' })], { a: [100, 90], b: [90, 0], late: [10, 0] }),
    ).toEqual([90, 10])
  })

  test('a side output that joins main outputs is what is left', () => {
    const edges = [edge('a', 'union'), edge('b', 'union'), edge('c', 'union', { output: 'late' })]
    expect(rates(edges, { a: [0, 10], b: [0, 20], c: [50, 50], union: [37, 0] })).toEqual([10, 20, 7])
    expect(rates(edges, { a: [0, 10], b: [0, 20], c: [50, 50], union: [29, 0] })[2]).toBe(0)
    expect(rates(edges, { a: [0, 10], b: [0, null], c: [50, 50], union: [37, 0] })).toEqual([10, null, null])
  })

  test('two side outputs that meet cannot be told apart', () => {
    const edges = [edge('a', 'union', { output: 'x' }), edge('b', 'union', { output: 'y' })]
    expect(rates(edges, { a: [9, 9], b: [9, 9], union: [3, 0] })).toEqual([null, null])
  })
})
