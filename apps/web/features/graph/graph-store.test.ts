import type { JobDoc, LoadDoc, OperatorDoc, VertexDoc } from '@weir/proto/web/job-doc'
import type { PipelineView } from '@weir/proto/web/pipeline'
import { describe, expect, test } from 'vitest'
import { GraphStore } from './graph-store.ts'

const pipeline: PipelineView = {
  name: 'clicks',
  parallelism: 2,
  maxParallelism: 128,
  operators: [
    {
      uid: 'src',
      type: 'fileSource',
      kind: 'source',
      name: 'lines',
      detail: '',
      parallelism: 2,
      vertexId: 'src',
      place: null,
    },
    {
      uid: 'parse',
      type: 'map',
      kind: 'transform',
      name: 'parse',
      detail: '',
      parallelism: 2,
      vertexId: 'src',
      place: null,
    },
    {
      uid: 'sum',
      type: 'sum',
      kind: 'transform',
      name: 'total',
      detail: '',
      parallelism: 2,
      vertexId: 'sum',
      place: null,
    },
  ],
  edges: [
    {
      id: 'src->parse',
      from: 'src',
      to: 'parse',
      partitioner: 'forward',
      key: null,
      output: null,
      input: 0,
      chained: true,
    },
    {
      id: 'parse->sum',
      from: 'parse',
      to: 'sum',
      partitioner: 'hash',
      key: 'c => c.id',
      output: null,
      input: 0,
      chained: false,
    },
  ],
}

const load: LoadDoc = {
  status: 'RUNNING',
  recordsIn: 1_000,
  recordsOut: 1_000,
  recordsInPerSecond: 100,
  recordsOutPerSecond: 100,
  busy: 0.4,
  backpressure: 0,
  idle: 0.6,
  watermark: 5,
  watermarkLagMs: 900,
  stateBytes: null,
}

function vertex(vertexId: string, extra: Partial<VertexDoc> = {}): VertexDoc {
  return { ...load, vertexId, name: vertexId, parallelism: 2, skew: null, noProgress: false, subtasks: {}, ...extra }
}

function operator(uid: string, extra: Partial<OperatorDoc> = {}): OperatorDoc {
  return {
    uid,
    recordsIn: 1_000,
    recordsOut: 1_000,
    recordsInPerSecond: 100,
    recordsOutPerSecond: 100,
    lateRecords: 0,
    stateBytes: null,
    ...extra,
  }
}

function doc(extra: Partial<JobDoc> = {}): JobDoc {
  return {
    jobId: 'job_1',
    name: 'clicks',
    status: 'RUNNING',
    restarting: false,
    reason: null,
    verdict: { kind: 'running-well', tone: 'ok', text: 'Running well.', detail: null, operator: null, since: null },
    parallelism: 2,
    attempt: 1,
    restarts: 0,
    submittedAt: 0,
    startedAt: 0,
    finishedAt: null,
    draftId: null,
    totals: {
      recordsIn: null,
      recordsOut: null,
      recordsInPerSecond: null,
      recordsOutPerSecond: null,
      busyMax: null,
      backpressureMax: null,
      watermark: null,
      watermarkLagMs: null,
      lateRecords: null,
      stateBytes: null,
    },
    exceptions: 0,
    vertices: { src: vertex('src'), sum: vertex('sum') },
    operators: { src: operator('src'), parse: operator('parse'), sum: operator('sum') },
    edges: { 'src->parse': { recordsPerSecond: 100 }, 'parse->sum': { recordsPerSecond: 100 } },
    ...extra,
  }
}

function storeOf(job: JobDoc | null) {
  return new GraphStore(pipeline, { mode: 'live', doc: job, problems: [], edgeTypes: {} })
}

function updated(store: GraphStore, job: JobDoc) {
  store.update({ mode: 'live', doc: job, problems: [], edgeTypes: {} })
}

describe('a document that comes', () => {
  test('wakes only the cards and edges that look different', () => {
    const store = storeOf(doc())
    const woken: string[] = []
    for (const { uid } of pipeline.operators) store.onNode(uid, () => woken.push(uid))
    for (const { id } of pipeline.edges) store.onEdge(id, () => woken.push(id))
    updated(store, doc({ vertices: { src: vertex('src'), sum: vertex('sum', { busy: 0.5 }) } }))
    expect(woken).toEqual(['sum'])
  })

  test('with the same figures wakes nobody and keeps the same objects', () => {
    const store = storeOf(doc())
    const before = store.node('sum')
    let woken = 0
    store.onNode('sum', () => woken++)
    updated(store, doc())
    expect(woken).toBe(0)
    expect(store.node('sum')).toBe(before)
  })

  test('does not reach a listener that has left', () => {
    const store = storeOf(doc())
    let woken = 0
    const leave = store.onNode('sum', () => woken++)
    leave()
    updated(store, doc({ vertices: { sum: vertex('sum', { busy: 0.9 }) } }))
    expect(woken).toBe(0)
  })
})

test('work is handed to whoever spreads it over time', () => {
  const later: (() => void)[] = []
  const facts = { mode: 'live', doc: doc(), problems: [], edgeTypes: {} } as const
  const store = new GraphStore(pipeline, facts, work => later.push(...work))
  later.length = 0
  let woken = 0
  store.onNode('sum', () => woken++)
  updated(store, doc({ vertices: { src: vertex('src'), sum: vertex('sum', { busy: 0.5 }) } }))
  expect(woken).toBe(0)
  for (const each of later) each()
  expect(woken).toBe(1)
  expect(store.node('sum').live?.busy).toBe(50)
})

describe('selection', () => {
  test('wakes the card that loses it and the one that gets it', () => {
    const store = storeOf(doc())
    const woken: string[] = []
    for (const { uid } of pipeline.operators) store.onNode(uid, () => woken.push(uid))
    store.select('src')
    store.select('sum')
    expect(woken).toEqual(['src', 'src', 'sum'])
    expect(store.isSelected('sum')).toBe(true)
    expect(store.isSelected('src')).toBe(false)
  })
})

describe('what a card says', () => {
  test('of load stands on the head of a chain; the others name the head', () => {
    const store = storeOf(doc())
    expect(store.node('src').live).toMatchObject({ busy: 40, chainedTo: null, rate: '100 /s', lag: '900 ms' })
    expect(store.node('parse').live).toMatchObject({ busy: null, backpressure: null, chainedTo: 'lines' })
  })

  test('before anything is known is a dash, not a zero', () => {
    const { live, state } = storeOf(null).node('src')
    expect(state).toBe('unknown')
    expect(live).toMatchObject({ rate: '—', lag: '—', busy: null })
  })

  test('of a vertex that the job does not speak of is unknown', () => {
    const { live, state } = storeOf(doc({ vertices: {}, operators: {} })).node('sum')
    expect(state).toBe('unknown')
    expect(live).toMatchObject({ rate: '—', busy: null, backpressure: null })
  })

  test('of old data is how far its event time has come', () => {
    const old = vertex('src', { watermark: new Date(2026, 0, 1, 0, 0, 25).getTime(), watermarkLagMs: null })
    const { live, words } = storeOf(doc({ vertices: { src: old } })).node('src')
    expect(live).toMatchObject({ lag: '01-01 00:00:25', atEventTime: true })
    expect(words).toContain('event time 01-01 00:00:25')
  })

  test('of an ended operator is its total', () => {
    const ended = vertex('sum', { status: 'FINISHED' })
    const { live, state } = storeOf(doc({ vertices: { sum: ended } })).node('sum')
    expect(state).toBe('ended')
    expect(live).toMatchObject({ rate: 'done', lag: 'end', total: '1,000', busy: null })
  })

  test('blames only the operator of the verdict, not its chain', () => {
    const verdict = {
      kind: 'failed',
      tone: 'error',
      text: 'Failed in parse.',
      detail: null,
      operator: 'parse',
      since: null,
    } as const
    const subtask = { ...load, index: 1, status: 'FAILED', taskManager: null, slot: null } as const
    const failed = vertex('src', { status: 'FAILED', subtasks: { 1: subtask } })
    const store = storeOf(
      doc({ status: 'FAILED', verdict, vertices: { src: failed, sum: vertex('sum', { status: 'CANCELED' }) } }),
    )
    expect(store.node('parse').state).toBe('failed')
    expect(store.node('parse').tags[0]).toMatchObject({
      kind: 'error',
      text: 'failed: subtask 1',
      hint: 'Failed in parse.',
    })
    expect(store.node('parse').live).toMatchObject({ rate: 'failed', total: '1,000' })
    expect(store.node('src').state).toBe('ended')
    expect(store.node('src').live).toMatchObject({ rate: 'stopped', total: '1,000' })
    expect(store.node('sum').state).toBe('ended')
  })

  test('names bottleneck, skew and late records as badges', () => {
    const verdict = {
      kind: 'bottleneck',
      tone: 'warn',
      text: 'total is the bottleneck.',
      detail: null,
      operator: 'sum',
      since: null,
    } as const
    const store = storeOf(
      doc({
        verdict,
        vertices: { sum: vertex('sum', { skew: 2.34, busy: 0.97 }) },
        operators: { sum: operator('sum', { lateRecords: 12 }) },
      }),
    )
    expect(store.node('sum').tags.map(({ text }) => text)).toEqual(['bottleneck', 'skew 2.3×', '12 late'])
    expect(store.node('sum').words).toContain('busy 97 percent')
  })

  test('while it waits for slots is that it waits', () => {
    const waiting = { src: vertex('src', { status: 'CREATED', busy: null }), sum: vertex('sum', { status: 'CREATED' }) }
    const store = storeOf(doc({ status: 'CREATED', vertices: waiting }))
    expect(store.node('src').tags.map(({ text }) => text)).toEqual(['waiting'])
    expect(store.node('src').state).toBe('unknown')
  })

  test('while it is written is the first of its worst problems', () => {
    const problem = { message: 'no such field', line: 22, column: 1, operator: 'sum' } as const
    const store = new GraphStore(pipeline, {
      mode: 'design',
      doc: null,
      edgeTypes: {
        'parse->sum': { short: 'ClickOfSomebodyElse', full: 'ClickOfSomebodyElse { id: number }', bad: true },
      },
      problems: [
        { ...problem, severity: 'warning', line: 3 },
        { ...problem, severity: 'error' },
      ],
    })
    expect(store.node('sum').state).toBe('failed')
    expect(store.node('sum').tags).toEqual([{ kind: 'error', text: 'line 22 +1', hint: 'error: no such field' }])
    expect(store.node('src').tags).toEqual([])
    expect(store.edge('parse->sum')).toMatchObject({
      figure: 'ClickOfSomebodyEl…',
      full: 'ClickOfSomebodyElse { id: number }',
      bad: true,
    })
    expect(store.edge('src->parse')).toMatchObject({ figure: '', full: '', bad: false })
  })
})

describe('an edge', () => {
  test('carries the tint on the way to the cause of backpressure only', () => {
    const store = storeOf(
      doc({ vertices: { src: vertex('src', { backpressure: 0.7 }), sum: vertex('sum', { busy: 0.98 }) } }),
    )
    expect(store.edge('parse->sum')).toMatchObject({ blocked: true, figure: '100 /s' })
    expect(store.edge('src->parse')).toMatchObject({ blocked: false })
  })

  test('is one of the blocked edges, whose set is another only when another edge is', () => {
    const slow = { src: vertex('src', { backpressure: 0.7 }), sum: vertex('sum', { busy: 0.98 }) }
    const store = storeOf(doc({ vertices: slow }))
    const before = store.blockedEdges()
    expect([...before]).toEqual(['parse->sum'])
    let woken = 0
    store.onBlockedEdges(() => woken++)
    updated(store, doc({ vertices: { ...slow, sum: vertex('sum', { busy: 0.97 }) } }))
    expect(store.blockedEdges()).toBe(before)
    updated(store, doc())
    expect(woken).toBe(1)
    expect(store.blockedEdges().size).toBe(0)
  })

  test('to a receiver that keeps up is not blamed', () => {
    const store = storeOf(
      doc({ vertices: { src: vertex('src', { backpressure: 0.7 }), sum: vertex('sum', { busy: 0.05 }) } }),
    )
    expect(store.edge('parse->sum')?.blocked).toBe(false)
  })
})
