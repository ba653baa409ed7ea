import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chainsOf, topologicalOrder } from './chaining.ts'
import {
  channelId,
  consumersOf,
  type ExecutionEdge,
  executionGraph,
  parallelismOf,
  producersOf,
  slotOf,
  subtasksInSlot,
} from './execution-graph.ts'
import { type JobEdge, type JobGraph, jobGraphSchema, PARTITIONERS } from './job-graph.ts'

type Json = Record<string, unknown>

/** `a -> b -> c` as edges, with the same more for all of them. */
function graph(
  nodes: readonly Json[],
  edges: readonly (readonly [string, string, Json?])[],
  more: Json = {},
): JobGraph {
  return jobGraphSchema.parse({
    name: 'test',
    nodes: nodes.map(node => ({ type: 'map', name: node.uid, ...node })),
    edges: edges.map(([from, to, edge]) => ({ from, to, ...edge })),
    ...more,
  })
}

const abc = [{ uid: 'a' }, { uid: 'b' }, { uid: 'c' }]
const chainNames = (job: JobGraph) => chainsOf(job).map(chain => chain.nodes.map(node => node.uid).join('>'))

describe('chaining', () => {
  test('fuses operators over forward edges', () => {
    expect(
      chainNames(
        graph(abc, [
          ['a', 'b'],
          ['b', 'c'],
        ]),
      ),
    ).toEqual(['a>b>c'])
  })

  test.each(PARTITIONERS.filter(partitioner => partitioner !== 'forward'))('breaks at %s', partitioner => {
    const job = graph(abc, [
      ['a', 'b', { partitioner }],
      ['b', 'c'],
    ])
    expect(chainNames(job)).toEqual(['a', 'b>c'])
  })

  test('an edge by key between single subtasks joins them where all state stays in memory', () => {
    const edges = [
      ['a', 'b', { partitioner: 'hash', key: 'v => v' }],
      ['b', 'c'],
    ] as const
    expect(chainNames(graph(abc, edges, { stateBackend: 'memory' }))).toEqual(['a>b>c'])
    expect(chainNames(graph(abc, edges, { stateBackend: 'rocksdb' }))).toEqual(['a', 'b>c'])
    expect(chainNames(graph(abc, edges))).toEqual(['a', 'b>c'])
    expect(chainNames(graph(abc, edges, { stateBackend: 'memory', parallelism: 2 }))).toEqual(['a', 'b>c'])
    const wide = [{ uid: 'a' }, { uid: 'b', parallelism: 2 }, { uid: 'c', parallelism: 2 }]
    expect(chainNames(graph(wide, edges, { stateBackend: 'memory' }))).toEqual(['a', 'b>c'])
    const narrow = [{ uid: 'a' }, { uid: 'b', parallelism: 1 }, { uid: 'c' }]
    expect(chainNames(graph(narrow, edges, { stateBackend: 'memory', parallelism: 2 }))).toEqual(['a', 'b', 'c'])
    const apart = [{ uid: 'a' }, { uid: 'b', chaining: 'head' }, { uid: 'c' }]
    expect(chainNames(graph(apart, edges, { stateBackend: 'memory' }))).toEqual(['a', 'b>c'])
  })

  test('breaks where parallelism changes, and not where it is only written differently', () => {
    const edges = [
      ['a', 'b'],
      ['b', 'c'],
    ] as const
    const changes = [{ uid: 'a', parallelism: 1 }, { uid: 'b' }, { uid: 'c', parallelism: 2 }]
    expect(chainNames(graph(changes, edges, { parallelism: 2 }))).toEqual(['a', 'b>c'])
  })

  test('breaks where the slot-sharing group changes; the absent one is "default"', () => {
    const nodes = [{ uid: 'a', slotSharingGroup: 'default' }, { uid: 'b' }, { uid: 'c', slotSharingGroup: 'other' }]
    expect(
      chainNames(
        graph(nodes, [
          ['a', 'b'],
          ['b', 'c'],
        ]),
      ),
    ).toEqual(['a>b', 'c'])
  })

  test('breaks before an operator that starts a chain, and on both sides of one that never chains', () => {
    const edges = [
      ['a', 'b'],
      ['b', 'c'],
    ] as const
    expect(chainNames(graph([{ uid: 'a' }, { uid: 'b', chaining: 'head' }, { uid: 'c' }], edges))).toEqual(['a', 'b>c'])
    expect(chainNames(graph([{ uid: 'a' }, { uid: 'b', chaining: 'never' }, { uid: 'c' }], edges))).toEqual([
      'a',
      'b',
      'c',
    ])
  })

  test('keeps a fork in one chain, and starts a new one where two streams meet', () => {
    const nodes = [...abc, { uid: 'd' }]
    const job = graph(nodes, [
      ['a', 'b'],
      ['a', 'c'],
      ['b', 'd'],
      ['c', 'd'],
    ])
    expect(chainNames(job)).toEqual(['a>b>c', 'd'])
  })

  test('a stream united with itself is no chain', () => {
    expect(
      chainNames(
        graph(abc.slice(0, 2), [
          ['a', 'b'],
          ['a', 'b'],
        ]),
      ),
    ).toEqual(['a', 'b'])
  })

  test('a cycle is a mistake of ours', () => {
    expect(() =>
      topologicalOrder(
        graph(abc, [
          ['a', 'b'],
          ['b', 'a'],
        ]),
      ),
    ).toThrow(/cycle/)
  })
})

describe('the execution graph', () => {
  test('names vertices by their chains and numbers slots per sharing group', () => {
    const nodes = [
      { uid: 'a', parallelism: 2 },
      { uid: 'b', parallelism: 3 },
      { uid: 'c', parallelism: 4, slotSharingGroup: 'wide' },
    ]
    const built = executionGraph(
      graph(nodes, [
        ['a', 'b'],
        ['b', 'c'],
      ]),
    )
    expect(built.vertices.map(vertex => [vertex.name, vertex.firstSlot])).toEqual([
      ['a', 0],
      ['b', 0],
      ['c', 3],
    ])
    expect(built.slotCount).toBe(7)
    expect(subtasksInSlot(built, 1)).toEqual([
      { vertex: 0, subtask: 1 },
      { vertex: 1, subtask: 1 },
    ])
    expect(subtasksInSlot(built, 2)).toEqual([{ vertex: 1, subtask: 2 }])
    expect(subtasksInSlot(built, 6)).toEqual([{ vertex: 2, subtask: 3 }])
  })

  test('a forward edge joins equal ones one to one, and becomes rebalance between unequal ones', () => {
    const nodes = [
      { uid: 'a', parallelism: 2 },
      { uid: 'b', parallelism: 2, chaining: 'head' },
      { uid: 'c', parallelism: 3 },
    ]
    const [ab, bc] = executionGraph(
      graph(nodes, [
        ['a', 'b'],
        ['b', 'c'],
      ]),
    ).edges
    expect(ab.partitioner).toBe('forward')
    expect([consumersOf(ab, 0), consumersOf(ab, 1)]).toEqual([[0], [1]])
    expect(bc.partitioner).toBe('rebalance')
    expect(consumersOf(bc, 1)).toEqual([0, 1, 2])
  })

  test('an edge keeps its side output, its input and the operator inside the chain that it starts from', () => {
    const nodes = [...abc, { uid: 'd', type: 'join' }]
    const job = graph(nodes, [
      ['a', 'b'],
      ['b', 'd', { partitioner: 'hash', key: 'x => x', output: 'late', input: 1 }],
      ['c', 'd'],
    ])
    const edge = executionGraph(job).edges.find(({ fromNode }) => fromNode === 'b')
    expect(edge).toMatchObject({ output: 'late', input: 1, partitioner: 'hash' })
    expect(edge?.from.id).toBe('a')
  })

  test.each([
    [
      2,
      5,
      [
        [0, 1, 2],
        [3, 4],
      ],
    ],
    [5, 2, [[0], [0], [0], [1], [1]]],
    [3, 3, [[0], [1], [2]]],
    [1, 3, [[0, 1, 2]]],
  ])('rescale from %d to %d keeps to neighbours', (from, to, expected) => {
    const nodes = [
      { uid: 'a', parallelism: from },
      { uid: 'b', parallelism: to },
    ]
    const [edge] = executionGraph(graph(nodes, [['a', 'b', { partitioner: 'rescale' }]])).edges
    expect(Array.from({ length: from }, (_, producer) => consumersOf(edge, producer))).toEqual(expected)
  })
})

/** Any acyclic graph: edges only go from an earlier to a later operator, then the operators are shuffled. */
const anyGraph: fc.Arbitrary<JobGraph> = fc
  .integer({ min: 1, max: 12 })
  .chain(size =>
    fc.record({
      nodes: fc.array(
        fc.record(
          {
            parallelism: fc.integer({ min: 1, max: 5 }),
            chaining: fc.constantFrom('always', 'head', 'never'),
            slotSharingGroup: fc.constantFrom('default', 'x'),
          },
          { requiredKeys: [] },
        ),
        { minLength: size, maxLength: size },
      ),
      edges: fc.array(
        fc.record({
          ends: fc.tuple(fc.nat(size - 1), fc.nat(size - 1)).filter(([a, b]) => a !== b),
          partitioner: fc.oneof(
            { weight: 3, arbitrary: fc.constant('forward' as const) },
            fc.constantFrom(...PARTITIONERS),
          ),
          output: fc.constantFrom(null, 'side'),
        }),
        { maxLength: size === 1 ? 0 : 2 * size },
      ),
      parallelism: fc.integer({ min: 1, max: 4 }),
      order: fc.shuffledSubarray(
        Array.from({ length: size }, (_, i) => i),
        { minLength: size },
      ),
    }),
  )
  .map(({ nodes, edges, parallelism, order }) =>
    graph(
      order.map(index => ({ uid: `n${index}`, ...nodes[index] })),
      edges.map(({ ends: [a, b], ...edge }) => [`n${Math.min(a, b)}`, `n${Math.max(a, b)}`, edge] as const),
      { parallelism },
    ),
  )

/** The rule of ARCHITECTURE.md, section 3, read off the definition. */
function shouldChain(job: JobGraph, edge: JobEdge): boolean {
  const [from, to] = [edge.from, edge.to].map(uid => job.nodes.find(node => node.uid === uid)!)
  return (
    edge.partitioner === 'forward' &&
    job.edges.filter(other => other.to === edge.to).length === 1 &&
    parallelismOf(job, from) === parallelismOf(job, to) &&
    (from.slotSharingGroup ?? 'default') === (to.slotSharingGroup ?? 'default') &&
    (to.chaining ?? 'always') === 'always' &&
    from.chaining !== 'never'
  )
}

describe('for any graph', () => {
  test('every operator is in one chain, and exactly the chainable edges are inside', () => {
    fc.assert(
      fc.property(anyGraph, job => {
        const chains = chainsOf(job)
        const members = chains.flatMap(chain => chain.nodes.map(node => node.uid))
        expect([...members].sort()).toEqual(job.nodes.map(node => node.uid).sort())
        const inside = new Set(chains.flatMap(chain => chain.edges))
        for (const edge of job.edges) expect(inside.has(edge)).toBe(shouldChain(job, edge))
        for (const chain of chains) {
          const before = new Set([chain.nodes[0].uid])
          for (const node of chain.nodes.slice(1)) {
            expect(chain.edges.some(edge => edge.to === node.uid && before.has(edge.from))).toBe(true)
            before.add(node.uid)
          }
        }
      }),
    )
  })

  test('producers come before consumers, among operators and among vertices', () => {
    fc.assert(
      fc.property(anyGraph, job => {
        const position = new Map(topologicalOrder(job).map((node, index) => [node.uid, index]))
        for (const edge of job.edges) expect(position.get(edge.from)).toBeLessThan(position.get(edge.to)!)
        const built = executionGraph(job)
        for (const edge of built.edges) expect(edge.from.index).toBeLessThan(edge.to.index)
        expect(built.vertices.map(vertex => vertex.index)).toEqual(built.vertices.map((_, index) => index))
      }),
    )
  })

  test('every channel has an id of its own, and both ends agree on which exist', () => {
    fc.assert(
      fc.property(anyGraph, job => {
        const ids = new Set<number>()
        const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)
        for (const edge of executionGraph(job).edges) {
          const sent = upTo(edge.from.parallelism).flatMap(i => consumersOf(edge, i).map(j => `${i}-${j}`))
          const received = upTo(edge.to.parallelism).flatMap(j => producersOf(edge, j).map(i => `${i}-${j}`))
          expect([...sent].sort()).toEqual([...received].sort())
          expectFairConnections(edge)
          for (const channel of sent) {
            const [i, j] = channel.split('-').map(Number)
            const id = channelId(edge, i, j)
            expect(ids.has(id)).toBe(false)
            ids.add(id)
          }
        }
      }),
    )
  })

  test('every subtask stands in one slot, and a slot holds at most one of each vertex', () => {
    fc.assert(
      fc.property(anyGraph, job => {
        const built = executionGraph(job)
        const seen = new Set<string>()
        for (let slot = 0; slot < built.slotCount; slot++) {
          const here = subtasksInSlot(built, slot)
          expect(here.length).toBeGreaterThan(0)
          expect(new Set(here.map(({ vertex }) => vertex)).size).toBe(here.length)
          expect(new Set(here.map(({ vertex }) => built.vertices[vertex].slotSharingGroup)).size).toBe(1)
          for (const { vertex, subtask } of here) {
            expect(slotOf(built.vertices[vertex], subtask)).toBe(slot)
            seen.add(`${vertex}-${subtask}`)
          }
        }
        expect(seen.size).toBe(built.vertices.reduce((sum, vertex) => sum + vertex.parallelism, 0))
      }),
    )
  })

  test('the same graph gives the same execution graph, so it need not be sent', () => {
    fc.assert(
      fc.property(anyGraph, job => {
        expect(executionGraph(structuredClone(job))).toEqual(executionGraph(job))
      }),
    )
  })
})

/** No subtask is left without a partner, and with rescale none has more than its share. */
function expectFairConnections(edge: ExecutionEdge): void {
  const [producers, consumers] = [edge.from.parallelism, edge.to.parallelism]
  const fanOut = Array.from({ length: producers }, (_, i) => consumersOf(edge, i).length)
  const fanIn = Array.from({ length: consumers }, (_, j) => producersOf(edge, j).length)
  expect(Math.min(...fanOut, ...fanIn)).toBeGreaterThan(0)
  if (edge.partitioner === 'forward') expect(Math.max(...fanOut, ...fanIn)).toBe(1)
  if (edge.partitioner !== 'rescale') return
  expect(Math.max(...fanOut)).toBeLessThanOrEqual(Math.ceil(consumers / producers))
  expect(Math.max(...fanIn)).toBeLessThanOrEqual(Math.ceil(producers / consumers))
}
