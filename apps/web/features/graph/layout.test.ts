import type { EdgeView, OperatorView, PipelineView } from '@weir/proto/web/pipeline'
import { describe, expect, test } from 'vitest'
import { layoutOf, topologyKey } from './layout.ts'

function operator(uid: string, extra: Partial<OperatorView> = {}): OperatorView {
  return {
    uid,
    type: 'map',
    kind: 'transform',
    name: uid,
    detail: 'value => value',
    parallelism: 2,
    vertexId: uid,
    place: null,
    ...extra,
  }
}

function edge(from: string, to: string, extra: Partial<EdgeView> = {}): EdgeView {
  return {
    id: `${from}->${to}`,
    from,
    to,
    partitioner: 'hash',
    key: 'click => click.userId',
    output: null,
    input: 0,
    chained: false,
    ...extra,
  }
}

function pipeline(uids: readonly string[], edges: readonly EdgeView[]): PipelineView {
  return { name: 'p', parallelism: 2, maxParallelism: 128, operators: uids.map(uid => operator(uid)), edges }
}

const diamond = pipeline(
  ['out', 'left', 'in', 'right'],
  [
    edge('in', 'left'),
    edge('in', 'right'),
    edge('left', 'out'),
    edge('right', 'out'),
    edge('in', 'out', { output: 'late' }),
  ],
)

describe('layout', () => {
  test('every operator stands below those that feed it', () => {
    const { nodes } = layoutOf(diamond)
    for (const { from, to } of diamond.edges) {
      const upper = nodes.get(from)!
      expect(upper.y + upper.height).toBeLessThan(nodes.get(to)!.y)
    }
  })

  test('cards do not overlap', () => {
    const cards = [...layoutOf(diamond).nodes.values()]
    for (const [at, a] of cards.entries()) {
      for (const b of cards.slice(at + 1)) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
        expect(apart).toBe(true)
      }
    }
  })

  test('an edge ends on the upper side of its target, and its label lies between both cards', () => {
    const { nodes, edges } = layoutOf(diamond)
    for (const view of diamond.edges) {
      const placed = edges.get(view.id)!
      const target = nodes.get(view.to)!
      const source = nodes.get(view.from)!
      expect(placed.end.y).toBe(target.y)
      expect(placed.end.x).toBeGreaterThanOrEqual(target.x)
      expect(placed.end.x).toBeLessThanOrEqual(target.x + target.width)
      expect(placed.label.y).toBeGreaterThan(source.y + source.height)
      expect(placed.label.y).toBeLessThan(target.y)
    }
  })

  test('labels of edges do not lie on one another', () => {
    const { edges } = layoutOf(diamond)
    const labels = [...edges.values()].map(({ label }) => label)
    for (const [at, a] of labels.entries()) {
      for (const b of labels.slice(at + 1)) {
        if (Math.abs(a.y - b.y) < 18) expect(Math.abs(a.x - b.x)).toBeGreaterThan(120)
      }
    }
  })

  test('edges that leave one card do not start at the same place', () => {
    const starts = [...layoutOf(diamond).edges]
      .filter(([id]) => id.startsWith('in->'))
      .map(([, { path }]) => path.split(' ')[0])
    expect(new Set(starts).size).toBe(3)
  })

  test('inputs and branches stand from left to right in their own order', () => {
    const join = [edge('b', 'j', { input: 1 }), edge('a', 'j'), edge('j', 'x'), edge('j', 'y')]
    const { nodes } = layoutOf(pipeline(['a', 'b', 'j', 'x', 'y'], join))
    expect(nodes.get('a')!.x).toBeLessThan(nodes.get('b')!.x)
    expect(nodes.get('x')!.x).toBeLessThan(nodes.get('y')!.x)
  })

  test('the order of focus is topological', () => {
    const { order } = layoutOf(diamond)
    expect(order).toHaveLength(4)
    for (const { from, to } of diamond.edges) expect(order.indexOf(from)).toBeLessThan(order.indexOf(to))
  })

  test('the same topology gives the very same layout object, whatever else changed', () => {
    const again = { ...diamond, operators: diamond.operators.map(each => ({ ...each, place: { line: 7, column: 1 } })) }
    expect(layoutOf(again)).toBe(layoutOf(diamond))
  })

  test('another edge makes another layout', () => {
    const without = { ...diamond, edges: diamond.edges.slice(1) }
    expect(topologyKey(without)).not.toBe(topologyKey(diamond))
    expect(layoutOf(without)).not.toBe(layoutOf(diamond))
  })

  test('a graph in the middle of being written is drawn as far as it goes', () => {
    const { nodes, edges } = layoutOf(pipeline(['a'], [edge('a', 'missing')]))
    expect(nodes.size).toBe(1)
    expect(edges.size).toBe(0)
  })

  test('no operators make an empty picture', () => {
    expect(layoutOf(pipeline([], []))).toMatchObject({ width: 0, height: 0, order: [] })
  })

  test('a cycle is drawn too', () => {
    const { nodes, order } = layoutOf(pipeline(['a', 'b'], [edge('a', 'b'), edge('b', 'a')]))
    expect(nodes.size).toBe(2)
    expect([...order].sort()).toEqual(['a', 'b'])
  })
})
