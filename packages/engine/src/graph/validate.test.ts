import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type JobGraph, jobGraphSchema } from './job-graph.ts'
import { type OperatorSpec, specRegistry } from './operator-spec.ts'
import { validateGraph } from './validate.ts'

const base = { title: '', help: '', keyed: false, functions: {}, config: z.strictObject({}) } as const
const specs: OperatorSpec[] = [
  { ...base, type: 'numbers', kind: 'source', inputs: 0, config: z.strictObject({ count: z.int().min(1) }) },
  { ...base, type: 'fromElements', kind: 'source', inputs: 0, parallelism: 1 },
  {
    ...base,
    type: 'map',
    kind: 'transform',
    inputs: 1,
    functions: { fn: 'required' },
    config: z.strictObject({ fn: z.string() }),
  },
  {
    ...base,
    type: 'aggregate',
    kind: 'transform',
    inputs: 1,
    keyed: true,
    functions: { aggregator: 'required', windowFn: 'optional' },
    config: z.looseObject({}),
  },
  { ...base, type: 'join', kind: 'transform', inputs: 2, keyed: true },
  { ...base, type: 'timestamps', kind: 'transform', inputs: 1 },
  { ...base, type: 'print', kind: 'sink', inputs: 1 },
]
const registry = specRegistry(specs)

type Json = Record<string, unknown>
const numbers = (more: Json = {}): Json => ({ uid: 'in', type: 'numbers', name: 'in', config: { count: 3 }, ...more })
const map = (more: Json = {}): Json => ({
  uid: 'm',
  type: 'map',
  name: 'double',
  config: { fn: 'x => 2 * x' },
  ...more,
})
const print = (more: Json = {}): Json => ({ uid: 'out', type: 'print', name: 'out', ...more })
const edge = (from: string, to: string, more: Json = {}): Json => ({ from, to, ...more })

function graph(nodes: Json[], edges: Json[], more: Json = {}): JobGraph {
  return jobGraphSchema.parse({ name: 'test', nodes, edges, ...more })
}

function messages(nodes: Json[], edges: Json[], more: Json = {}): string[] {
  return validateGraph(graph(nodes, edges, more), registry).map(problem => problem.message)
}

describe('a graph that is good', () => {
  test('has no problems', () => {
    expect(messages([numbers(), map(), print()], [edge('in', 'm'), edge('m', 'out')])).toEqual([])
  })

  test('needs no sink, as in Flink', () => {
    expect(messages([numbers(), map()], [edge('in', 'm')])).toEqual([])
  })

  test('may unite several streams in one input', () => {
    const nodes = [numbers(), numbers({ uid: 'in2' }), print()]
    expect(messages(nodes, [edge('in', 'out'), edge('in2', 'out')])).toEqual([])
  })

  test('may have an aggregator as an object of texts', () => {
    const aggregate = { uid: 'a', type: 'aggregate', name: 'a', config: { aggregator: { add: '(a, b) => a + b' } } }
    const nodes = [numbers(), aggregate]
    expect(messages(nodes, [edge('in', 'a', { partitioner: 'hash', key: 'x => x' })])).toEqual([])
  })
})

describe('operators', () => {
  test('a job of sources alone is refused', () => {
    expect(messages([numbers()], [])).toEqual([expect.stringMatching(/no operator that reads them; add at least one/)])
  })

  test('an unknown type is named, with the near miss', () => {
    const nodes = [numbers(), map({ type: 'mpa' })]
    expect(validateGraph(graph(nodes, [edge('in', 'm')]), registry)).toEqual([
      { operator: 'm', message: 'operator "double": the type "mpa" is unknown; did you mean "map"?' },
    ])
  })

  test('the function that makes a source or sink is no type, but tells it', () => {
    const [message] = messages([numbers(), print({ type: 'printSink' })], [edge('in', 'out')])
    expect(message).toContain('the type "printSink" is unknown; did you mean "print"?')
  })

  test('an unknown type without a near miss lists the known ones', () => {
    const [message] = messages([numbers(), map({ type: 'teleport' })], [edge('in', 'm')])
    expect(message).toContain('known are aggregate, fromElements, join, map, numbers, print, timestamps')
  })

  test('a uid that two operators have is named', () => {
    const nodes = [numbers(), map(), map({ name: 'again' })]
    expect(messages(nodes, [edge('in', 'm')])).toContainEqual(
      expect.stringMatching(/"again": the uid "m" is given to two operators; give each its own/),
    )
  })

  test('a wrong type of a setting is named with its path', () => {
    const nodes = [numbers({ config: { count: 'many' } }), print()]
    expect(messages(nodes, [edge('in', 'out')])).toEqual([
      'operator "in": config.count: must be a number (it is "many")',
    ])
  })

  test('an unknown setting is named with its near miss', () => {
    const nodes = [numbers({ config: { count: 3, cuont: 4 } }), print()]
    expect(messages(nodes, [edge('in', 'out')])).toEqual([
      'operator "in": config.cuont is no setting of "numbers"; did you mean "count"?',
    ])
  })

  test('a missing function is one problem, whoever finds it', () => {
    expect(messages([numbers(), map({ config: {} })], [edge('in', 'm')])).toHaveLength(1)
    const aggregate = { uid: 'a', type: 'aggregate', name: 'a' }
    expect(messages([numbers(), aggregate], [edge('in', 'a', { partitioner: 'hash', key: 'x => x' })])).toEqual([
      'operator "a": config.aggregator is missing: "aggregate" needs this function',
    ])
  })

  test.each([[5], [''], [{}], [{ add: 3 }], [['x => x']]])('%j is no function', value => {
    const aggregate = { uid: 'a', type: 'aggregate', name: 'a', config: { aggregator: 'x', windowFn: value } }
    expect(messages([numbers(), aggregate], [edge('in', 'a', { partitioner: 'hash', key: 'x => x' })])).toEqual([
      'operator "a": config.windowFn has to be a function',
    ])
  })

  test('alignment belongs to sources that make watermarks', () => {
    const alignment = { group: 'g', maxDriftMs: 100 }
    const good = { strategy: 'monotonous', alignment }
    expect(messages([numbers({ watermarks: good }), print()], [edge('in', 'out')])).toEqual([])
    const timestamps = { uid: 't', type: 'timestamps', name: 't', watermarks: good }
    expect(messages([numbers(), timestamps], [edge('in', 't')])).toEqual([
      expect.stringMatching(
        /only sources can wait for each other.*addSource\(source, strategy\.withAlignment\("g", 100\)\)/,
      ),
    ])
    const none = numbers({ watermarks: { strategy: 'none', alignment } })
    expect(messages([none, print()], [edge('in', 'out')])).toEqual([
      expect.stringMatching(/watermarks\.strategy is "none"; make it "bounded"/),
    ])
  })

  test('watermarks belong to sources and timestamp operators', () => {
    const watermarks = { strategy: 'monotonous' }
    const timestamps = { uid: 't', type: 'timestamps', name: 't', watermarks }
    const good = [numbers({ watermarks }), timestamps]
    expect(messages(good, [edge('in', 't')])).toEqual([])
    const bad = [numbers(), map({ watermarks })]
    expect(messages(bad, [edge('in', 'm')])).toEqual([expect.stringMatching(/"map" takes no watermarks/)])
  })

  test('a custom strategy needs its generator', () => {
    const nodes = [numbers({ watermarks: { strategy: 'custom' } }), print()]
    expect(messages(nodes, [edge('in', 'out')])).toEqual([expect.stringMatching(/watermarks\.generator/)])
  })
})

describe('parallelism', () => {
  test('equal to maxParallelism is good, one more is named with both numbers', () => {
    const nodes = [numbers(), print()]
    const edges = [edge('in', 'out')]
    expect(messages(nodes, edges, { parallelism: 128 })).toEqual([])
    expect(messages(nodes, edges, { parallelism: 129 })).toEqual([
      expect.stringMatching(/the job has parallelism 129, above its maxParallelism 128/),
    ])
  })

  test('of one operator above maxParallelism is named with the operator', () => {
    const nodes = [numbers(), print({ parallelism: 9 })]
    expect(validateGraph(graph(nodes, [edge('in', 'out')], { maxParallelism: 8 }), registry)).toEqual([
      { operator: 'out', message: expect.stringMatching(/"out": it has parallelism 9, above its maxParallelism 8/) },
    ])
  })

  test('other than 1 is refused where the operator must have 1', () => {
    const nodes = [{ uid: 'e', type: 'fromElements', name: 'e' }, print()]
    expect(messages(nodes, [edge('e', 'out')])).toEqual([])
    expect(messages(nodes, [edge('e', 'out')], { parallelism: 2 })).toEqual([
      expect.stringMatching(/runs with parallelism 1, but it has 2; set its parallelism to 1/),
    ])
  })

  test('a forward() of the user needs equal ones; an implicit forward does not', () => {
    const nodes = [numbers(), print({ parallelism: 2 })]
    expect(messages(nodes, [edge('in', 'out')])).toEqual([])
    expect(messages(nodes, [edge('in', 'out', { strict: true })])).toEqual([
      expect.stringMatching(/it is 1 and 2; make them equal, or use rebalance\(\)/),
    ])
  })
})

describe('connections', () => {
  test('to an operator that is not there names it and the near miss', () => {
    const nodes = [numbers(), print()]
    expect(messages(nodes, [edge('in', 'out'), edge('in', 'oot')])).toEqual([
      'the connection in -> oot names the operator "oot", which is not in the graph; did you mean "out"?',
    ])
  })

  test('into a source and out of a sink are refused', () => {
    const nodes = [numbers(), print()]
    const found = messages(nodes, [edge('in', 'out'), edge('out', 'in')])
    expect(found).toContainEqual(expect.stringMatching(/starts at a sink/))
    expect(found).toContainEqual(expect.stringMatching(/ends in a source/))
  })

  test('an operator without its input is named', () => {
    expect(messages([numbers(), print(), map()], [edge('in', 'out')])).toEqual([
      expect.stringMatching(/"double": its input is not connected/),
    ])
  })

  test('each missing input of a two-input operator is named', () => {
    const join = { uid: 'j', type: 'join', name: 'j' }
    const hash = { partitioner: 'hash', key: 'x => x' }
    expect(messages([numbers(), join], [edge('in', 'j', hash)])).toEqual([
      expect.stringMatching(/its second input \(1\) is not connected/),
    ])
    expect(messages([numbers(), join], [edge('in', 'j', { ...hash, input: 1 })])).toEqual([
      expect.stringMatching(/its first input \(0\) is not connected/),
    ])
    expect(messages([numbers(), join], [edge('in', 'j', hash), edge('in', 'j', { ...hash, input: 1 })])).toEqual([])
  })

  test('an input that the operator does not have is named', () => {
    expect(messages([numbers(), print()], [edge('in', 'out'), edge('in', 'out', { input: 1 })])).toEqual([
      expect.stringMatching(/ends in input 1, but "print" has only input 0/),
    ])
  })

  test('a keyed operator needs every stream of its input keyed', () => {
    const aggregate = { uid: 'a', type: 'aggregate', name: 'a', config: { aggregator: 'x' } }
    const nodes = [numbers(), numbers({ uid: 'in2' }), aggregate]
    expect(messages(nodes, [edge('in', 'a', { partitioner: 'hash', key: 'x => x' }), edge('in2', 'a')])).toEqual([
      expect.stringMatching(/its input comes from "in2" by "forward"; put keyBy\(\) before it/),
    ])
  })

  test('two keys for one input are refused', () => {
    const aggregate = { uid: 'a', type: 'aggregate', name: 'a', config: { aggregator: 'x' } }
    const nodes = [numbers(), numbers({ uid: 'in2' }), aggregate]
    const edges = [
      edge('in', 'a', { partitioner: 'hash', key: 'x => x' }),
      edge('in2', 'a', { partitioner: 'hash', key: 'x => x.id' }),
    ]
    expect(messages(nodes, edges)).toEqual([expect.stringMatching(/keyed by different selectors/)])
  })

  test('hash without a key, and a key without hash, are refused', () => {
    const nodes = [numbers(), print()]
    expect(messages(nodes, [edge('in', 'out', { partitioner: 'hash' })])).toEqual([
      expect.stringMatching(/needs a key selector/),
    ])
    expect(messages(nodes, [edge('in', 'out', { partitioner: 'rebalance', key: 'x => x' })])).toEqual([
      expect.stringMatching(/has a key selector but the partitioner "rebalance"/),
    ])
  })

  test('a side output needs a name', () => {
    expect(messages([numbers(), print()], [edge('in', 'out', { output: '' })])).toEqual([
      expect.stringMatching(/side output without a name/),
    ])
  })

  test('a cycle is named all around', () => {
    const nodes = [numbers(), map({ uid: 'a', name: 'a' }), map({ uid: 'b', name: 'b' }), map({ uid: 'c', name: 'c' })]
    const edges = [edge('in', 'a'), edge('a', 'b'), edge('b', 'c'), edge('c', 'a')]
    expect(messages(nodes, edges)).toEqual([expect.stringMatching(/form a cycle: a -> b -> c -> a; remove one/)])
  })

  test('an operator that feeds itself is a cycle', () => {
    const found = messages([numbers(), map()], [edge('in', 'm'), edge('m', 'm')])
    expect(found).toEqual([expect.stringMatching(/form a cycle: double -> double;/)])
  })

  test('a diamond is no cycle, and ten thousand operators in a row are no problem', () => {
    const diamond = [numbers(), map({ uid: 'a' }), map({ uid: 'b' }), print()]
    const edges = [edge('in', 'a'), edge('in', 'b'), edge('a', 'out'), edge('b', 'out')]
    expect(messages(diamond, edges)).toEqual([])
    const row = Array.from({ length: 9_999 }, (_, i) => map({ uid: `m${i}` }))
    const along = row.map((_, i) => edge(i === 0 ? 'in' : `m${i - 1}`, `m${i}`))
    expect(messages([numbers(), ...row], along)).toEqual([])
  })
})
