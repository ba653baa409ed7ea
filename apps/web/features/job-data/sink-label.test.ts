import type { EdgeView, OperatorView, PipelineView } from '@weir/proto/web/pipeline'
import { describe, expect, test } from 'vitest'
import { sinkLabel } from './sink-label.ts'

const operator = (uid: string, type: string, name: string): OperatorView => ({
  ...{ uid, type, name, kind: 'sink', detail: '', parallelism: 1, vertexId: uid, place: null },
})
const edge = (from: string, to: string): EdgeView => ({
  ...{ id: `${from}->${to}`, from, to, partitioner: 'forward', key: null, output: null, input: 0, chained: true },
})

const pipeline: PipelineView = {
  name: 'sinks',
  parallelism: 1,
  maxParallelism: 128,
  operators: [
    operator('a', 'window', 'visits'),
    operator('b', 'collect', 'collect'),
    operator('c', 'print', 'alerts'),
    operator('d', 'collect', 'collect'),
  ],
  edges: [edge('a', 'b'), edge('a', 'c')],
}

describe('a sink is called', () => {
  test('by its name and type', () => expect(sinkLabel(pipeline, 'c')).toBe('alerts (print)'))
  test('by what it follows, without a name', () => expect(sinkLabel(pipeline, 'b')).toBe('collect after visits'))
  test('by its type, where it follows nothing', () => expect(sinkLabel(pipeline, 'd')).toBe('collect'))
})
