import { jobGraphSchema } from '@weir/engine/graph/job-graph'
import { expect, test } from 'vitest'
import { edgeIdsOf } from './edge-ids.ts'
import { pipelineView } from './pipeline-view.ts'

const wordCount = jobGraphSchema.parse({
  name: 'word-count',
  parallelism: 2,
  nodes: [
    { uid: 'src', type: 'datagen', name: 'sentences', config: { rowsPerSecond: 5000, seed: 1, generator: '() => 1' } },
    { uid: 'split', type: 'flatMap', name: 'split', config: { fn: "line => line.split(' ')" } },
    { uid: 'count', type: 'count', name: 'count', parallelism: 4 },
    { uid: 'out', type: 'print', name: 'out', parallelism: 1 },
  ],
  edges: [
    { from: 'src', to: 'split' },
    { from: 'split', to: 'count', partitioner: 'hash', key: 'w => w' },
    { from: 'count', to: 'out' },
  ],
})

test('operators have their kind, their chain and their parallelism', () => {
  const view = pipelineView(wordCount, null)
  expect(view).toMatchObject({ name: 'word-count', parallelism: 2, maxParallelism: 128 })
  expect(view.operators.map(({ uid, kind, vertexId, parallelism }) => [uid, kind, vertexId, parallelism])).toEqual([
    ['src', 'source', 'src', 2],
    ['split', 'transform', 'src', 2],
    ['count', 'transform', 'count', 4],
    ['out', 'sink', 'out', 1],
  ])
})

test('edges show what the plan made of them', () => {
  expect(pipelineView(wordCount, null).edges).toEqual([
    {
      id: 'src->split',
      from: 'src',
      to: 'split',
      partitioner: 'forward',
      key: null,
      output: null,
      input: 0,
      chained: true,
    },
    {
      id: 'split->count',
      from: 'split',
      to: 'count',
      partitioner: 'hash',
      key: 'w => w',
      output: null,
      input: 0,
      chained: false,
    },
    // Forward between 4 and 1 subtasks cannot be.
    {
      id: 'count->out',
      from: 'count',
      to: 'out',
      partitioner: 'rebalance',
      key: null,
      output: null,
      input: 0,
      chained: false,
    },
  ])
})

test('an edge by key within a chain is still one by key', () => {
  const nodes = wordCount.nodes.map(node => ({ ...node, parallelism: 1 }))
  const { edges, operators } = pipelineView({ ...wordCount, stateBackend: 'memory', nodes }, null)
  expect(edges.map(({ id, partitioner, chained }) => [id, partitioner, chained])).toEqual([
    ['src->split', 'forward', true],
    ['split->count', 'hash', true],
    ['count->out', 'forward', true],
  ])
  expect(new Set(operators.map(({ vertexId }) => vertexId))).toEqual(new Set(['src']))
})

test('places count columns from 1, and an operator without one has none', () => {
  const places = new Map([['split', { file: 'job.ts', line: 12, column: 3, operator: 'split' }]])
  const { operators } = pipelineView(wordCount, places)
  expect(operators.map(({ place }) => place)).toEqual([null, { line: 12, column: 4 }, null, null])
})

test('edges between the same two operators get ids of their own', () => {
  const edge = { from: 'a', to: 'b', partitioner: 'forward', output: null, input: 0 } as const
  expect(edgeIdsOf({ edges: [edge, { ...edge, to: 'c' }] })).toEqual(['a->b', 'a->c'])
  expect(
    edgeIdsOf({ edges: [edge, { ...edge, output: 'late', input: 1 }, { ...edge, output: 'late', input: 1 }] }),
  ).toEqual(['a->b::0', 'a->b:late:1', 'a->b:late:1~2'])
})
