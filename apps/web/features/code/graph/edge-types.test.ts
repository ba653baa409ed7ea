import type { EdgeView, PipelineView } from '@weir/proto/web/pipeline'
import { expect, test } from 'vitest'
import { edgeTypesOf, type OperatorTypes } from './edge-types.ts'

const edge = (from: string, to: string, more: Partial<EdgeView> = {}): EdgeView => ({
  ...{ id: `${from}->${to}`, from, to, partitioner: 'forward', key: null, output: null, input: 0, chained: true },
  ...more,
})
const pipeline = (...edges: EdgeView[]): PipelineView => ({
  ...{ name: 'p', parallelism: 1, maxParallelism: 128, operators: [] },
  edges,
})
const types = (output: string | null, input: string | null, more: Partial<OperatorTypes> = {}): OperatorTypes => ({
  output: output === null ? null : { short: output, full: output },
  input: input === null ? null : { short: input, full: input },
  ...{ key: null, errorAt: null },
  ...more,
})

test('along an edge flow the records that its beginning gives', () => {
  const found = edgeTypesOf(
    pipeline(edge('source', 'map')),
    new Map([
      ['source', types('string', null)],
      ['map', types('Click', 'string')],
    ]),
  )
  expect(found.get('source->map')).toEqual({ type: { short: 'string', full: 'string' }, key: null, bad: false })
})

test('along a side output flow the records of the stream that its end was called on', () => {
  const found = edgeTypesOf(
    pipeline(edge('map', 'late', { output: 'late' })),
    new Map([
      ['map', types('Click', 'string')],
      ['late', types(null, 'Late')],
    ]),
  )
  expect(found.get('map->late')?.type?.short).toBe('Late')
})

test('an edge by key says the type of the key', () => {
  const found = edgeTypesOf(
    pipeline(edge('map', 'count', { partitioner: 'hash' })),
    new Map([['count', types('Count', 'Click', { key: 'string' })]]),
  )
  expect(found.get('map->count')).toEqual({ type: { short: 'Click', full: 'Click' }, key: 'string', bad: false })
})

test('an edge into an operator with a type error is bad, one out of it is not', () => {
  const found = edgeTypesOf(
    pipeline(edge('map', 'count'), edge('count', 'sink')),
    new Map([['count', types('Count', 'Click', { errorAt: 17 })]]),
  )
  expect([...found.values()].map(({ bad }) => bad)).toEqual([true, false])
})

test('what nobody knows is null', () => {
  expect(edgeTypesOf(pipeline(edge('a', 'b')), new Map()).get('a->b')).toEqual({ type: null, key: null, bad: false })
})
