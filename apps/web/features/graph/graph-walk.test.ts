import type { EdgeView, PipelineView } from '@weir/proto/web/pipeline'
import { expect, test } from 'vitest'
import { neighboursOf, topologicalOrder } from './graph-topology.ts'
import { walk } from './graph-walk.ts'
import { layoutOf } from './layout.ts'

function pipelineOf(...ways: readonly string[]): PipelineView {
  const pairs = ways.map(way => way.split('>') as [string, string])
  const uids = [...new Set(pairs.flat())]
  return {
    name: 'walk',
    parallelism: 1,
    maxParallelism: 128,
    operators: uids.map(uid => ({
      uid,
      type: 'map',
      kind: 'transform',
      name: uid,
      detail: '',
      parallelism: 1,
      vertexId: uid,
      place: null,
    })),
    edges: pairs.map(
      ([from, to], input): EdgeView => ({
        id: `${from}->${to}`,
        from,
        to,
        partitioner: 'rebalance',
        key: null,
        output: null,
        input,
        chained: false,
      }),
    ),
  }
}

const twoRoads = pipelineOf('in>left', 'in>right', 'left>out', 'right>out')
const layout = layoutOf(twoRoads)
const neighbours = neighboursOf(twoRoads)

test('down follows an edge, up goes back', () => {
  const below = walk('in', 'ArrowDown', layout, neighbours)
  expect(['left', 'right']).toContain(below)
  expect(walk(below!, 'ArrowUp', layout, neighbours)).toBe('in')
})

test('left and right stay in the row', () => {
  const [first, second] =
    layout.nodes.get('left')!.x < layout.nodes.get('right')!.x ? ['left', 'right'] : ['right', 'left']
  expect(walk(first!, 'ArrowRight', layout, neighbours)).toBe(second)
  expect(walk(second!, 'ArrowLeft', layout, neighbours)).toBe(first)
  expect(walk(first!, 'ArrowLeft', layout, neighbours)).toBeNull()
})

test('where no edge leads, the focus stays', () => {
  expect(walk('in', 'ArrowUp', layout, neighbours)).toBeNull()
  expect(walk('out', 'ArrowDown', layout, neighbours)).toBeNull()
})

test('Home and End are the first and the last', () => {
  expect(walk('left', 'Home', layout, neighbours)).toBe('in')
  expect(walk('left', 'End', layout, neighbours)).toBe('out')
})

test('every operator can be reached by arrows from the first', () => {
  const wide = pipelineOf('a>b', 'a>c', 'a>d', 'c>e', 'd>f', 'b>f')
  const wideLayout = layoutOf(wide)
  const wideNeighbours = neighboursOf(wide)
  const reached = new Set([topologicalOrder(wide)[0]!])
  for (const uid of reached) {
    for (const key of ['ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight'] as const) {
      const next = walk(uid, key, wideLayout, wideNeighbours)
      if (next !== null) reached.add(next)
    }
  }
  expect([...reached].sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})
