import { CONNECTOR_SPECS } from '@weir/connectors/specs'
import { describe, expect, test } from 'vitest'
import { WeirError } from '../base/errors.ts'
import { KeyedCoProcessFunction } from '../functions/co-process-function.ts'
import { mapState } from '../functions/state-descriptors.ts'
import type { JobGraph } from '../graph/job-graph.ts'
import { jobGraphSchema } from '../graph/job-graph.ts'
import { specRegistry } from '../graph/operator-spec.ts'
import { validateGraph } from '../graph/validate.ts'
import { TRANSFORM_SPECS } from '../operators/operator-specs.ts'
import { compile } from './compile.ts'
import { StreamExecutionEnvironment } from './stream-environment.ts'
import { TumblingWindow } from './window-assigners.ts'

/** Jobs are bundled without a type check, so calls come with any arguments. */
// biome-ignore lint/complexity/noBannedTypes: calls of any form are the point here
const loose = (value: unknown): Record<string, Function> => value as Record<string, Function>

const env = new StreamExecutionEnvironment('job')
const numbers = env.fromElements({ a: 1 })
const texts = env.fromElements({ b: '1' }).name('texts')
const others = new StreamExecutionEnvironment('other').fromElements({ a: 1 })

class PerKey extends KeyedCoProcessFunction<number, { a: number }, { a: number }, number> {
  processElement1(): void {
    // Only its form matters.
  }
  processElement2(): void {
    // Only its form matters.
  }
}

const windows = () => numbers.join(numbers).where('a').equalTo('a').window(TumblingWindow.of(10).processingTime())

test.each<[string, () => unknown, RegExp]>([
  [
    'connect to nothing',
    () => loose(numbers).connect(undefined),
    /connect\(undefined\): a stream is connected to another/,
  ],
  [
    'connect to a keyed stream',
    () => loose(numbers).connect(numbers.keyBy('a')),
    /another one that is not keyed, with connect\(…\)\.keyBy/,
  ],
  [
    'connect a keyed stream to a plain one',
    () => loose(numbers.keyBy('a')).connect(numbers),
    /put \.keyBy\(record => …\) after that one too/,
  ],
  ['connect streams of two jobs', () => numbers.connect(others), /connect\(\): the streams belong to two jobs/],
  [
    'connect to a broadcast stream of another job',
    () => numbers.connect(others.broadcast(mapState('m'))),
    /belong to two jobs/,
  ],
  [
    'map with one function',
    () => loose(numbers.connect(texts)).map(() => 1),
    /map\(…\): connected streams need a function for each/,
  ],
  [
    'flatMap with a text',
    () => loose(numbers.connect(texts)).flatMap('x', () => []),
    /flatMap\("x"\): the argument has to be a function/,
  ],
  [
    'an async map',
    () =>
      loose(numbers.connect(texts)).map(
        async () => 1,
        () => 1,
      ),
    /"coMap": the function is async/,
  ],
  ['keyBy with one key', () => loose(numbers.connect(texts)).keyBy('a'), /connected streams need a key for each/],
  [
    'a keyed function without keys',
    () => loose(numbers.connect(numbers)).process(new PerKey()),
    /a KeyedCoProcessFunction works per key; put \.keyBy/,
  ],
  [
    'process without its methods',
    () => loose(numbers.connect(texts)).process({ processElement1: () => 1 }),
    /missing: processElement2/,
  ],
  [
    'broadcast a value state',
    () => loose(numbers).broadcast({ kind: 'value', name: 'v' }),
    /every argument has to be a map state/,
  ],
  [
    'broadcast a state that expires',
    () => numbers.broadcast(mapState('m', { ttlMs: 5 })),
    /broadcast state has no time to live/,
  ],
  [
    'timers without keys',
    () =>
      loose(numbers.connect(texts.broadcast(mapState('m')))).process({
        processElement: () => 1,
        processBroadcastElement: () => 1,
        onTimer: () => 1,
      }),
    /timers need a keyed stream/,
  ],
  [
    'an interval join of a plain stream',
    () => loose(numbers).intervalJoin(texts),
    /intervalJoin\(\) works on a keyed stream/,
  ],
  [
    'an interval join with a plain stream',
    () => loose(numbers.keyBy('a')).intervalJoin(texts),
    /the argument has to be a keyed stream/,
  ],
  [
    'bounds the wrong way round',
    () => numbers.keyBy('a').intervalJoin(numbers.keyBy('a')).between(5, -5),
    /between\(5, -5\): the lower bound is above the upper one.*between\(-5, 5\)/,
  ],
  [
    'a bound that is no number',
    () => loose(numbers.keyBy('a').intervalJoin(numbers.keyBy('a'))).between('1 s', 5),
    /between\("1 s"\): the lower bound has to be a number/,
  ],
  [
    'one moment without itself',
    () => numbers.keyBy('a').intervalJoin(numbers.keyBy('a')).between(5, 5).lowerBoundExclusive(),
    /between\(5, 5\) is one moment/,
  ],
  [
    'a join without a function',
    () => loose(numbers.keyBy('a').intervalJoin(numbers.keyBy('a')).between(1, 2)).process(7),
    /has to be a function \(left, right, ctx, out\)/,
  ],
  [
    'a join with a keyed stream',
    () => loose(numbers).join(numbers.keyBy('a')),
    /join\(an object\): the argument has to be a stream that is not keyed/,
  ],
  [
    'a join without a window',
    () => loose(numbers.join(numbers).where('a').equalTo('a')).window(10),
    /window\(10\): the argument has to be a window/,
  ],
  [
    'a join that applies nothing',
    () => loose(numbers.join(numbers).where('a').equalTo('a').window(TumblingWindow.of(10))).apply(),
    /"join": apply\(undefined\): the argument has to be a function/,
  ],
  ['lateness on the clock', () => windows().allowedLateness(5), /no record is late in a processing-time window/],
  ['asyncMap with a text', () => loose(numbers).asyncMap('x'), /asyncMap\("x"\): the argument has to be a function/],
  [
    'no capacity',
    () => numbers.asyncMap(async x => x, { capacity: 0 }),
    /asyncMap\(0\): the capacity has to be a whole number from 1 to/,
  ],
  ['half a capacity', () => numbers.asyncMap(async x => x, { capacity: 1.5 }), /the capacity has to be a whole number/],
  [
    'no time at all',
    () => numbers.asyncMap(async x => x, { timeoutMs: 0 }),
    /the time-out has to be a number from 1 to/,
  ],
  [
    'an unknown setting',
    () => loose(numbers).asyncMap(async (x: unknown) => x, { timeout: 5 }),
    /"timeout" is no setting; there are capacity, timeoutMs, ordered, retries/,
  ],
  [
    'minus one retry',
    () => numbers.asyncMap(async x => x, { retries: -1 }),
    /the number of retries has to be a whole number from 0/,
  ],
  [
    'an unknown setting of retries',
    () => loose(numbers).asyncMap(async (x: unknown) => x, { retries: { times: 3 } }),
    /"times" is no setting/,
  ],
  [
    'statefulMap without a function',
    () => loose(numbers.keyBy('a')).statefulMap(),
    /statefulMap\(undefined\): the argument has to be a function/,
  ],
  [
    'statefulMap without keys',
    () => loose(numbers).statefulMap(() => [[], 1]),
    /statefulMap\(\) works on a keyed stream/,
  ],
])('%s is refused', (_name, call, message) => {
  let thrown: unknown
  try {
    call()
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(WeirError)
  expect((thrown as WeirError).code).toBe('JOB_GRAPH')
  expect((thrown as WeirError).message).toMatch(message)
})

describe('graphs with two inputs', () => {
  const registry = specRegistry(TRANSFORM_SPECS, CONNECTOR_SPECS)
  const messages = (graph: JobGraph): string[] => validateGraph(graph, registry).map(({ message }) => message)

  test('that the API describes are valid, also where both inputs are one stream', () => {
    const job = new StreamExecutionEnvironment('job')
    const stream = job.fromElements({ a: 1, at: 1 })
    const keyed = stream.keyBy('a')
    stream.connect(stream).map(
      x => x,
      x => x,
    )
    stream
      .connect(stream)
      .keyBy('a', 'at')
      .flatMap(
        () => [],
        () => [],
      )
    keyed.connect(keyed).process(new PerKey() as never)
    keyed
      .intervalJoin(keyed)
      .between(-1, 1)
      .upperBoundExclusive()
      .process((a, b, _ctx, out) => out.collect([a, b]))
    stream
      .join(stream)
      .where('a')
      .equalTo('at')
      .window(TumblingWindow.of(10))
      .allowedLateness(5)
      .apply(a => a)
    stream
      .coGroup(stream)
      .where('a')
      .equalTo('at')
      .window(TumblingWindow.of(10))
      .apply(() => undefined)
    stream.connect(stream.broadcast(mapState('m'))).process({
      open: () => undefined,
      processElement: () => undefined,
      processBroadcastElement: () => undefined,
      close: () => undefined,
    })
    stream.asyncMap(async x => x, { capacity: 2, timeoutMs: 5, ordered: false, retries: 2 })
    keyed.statefulMap((_key, _value, n: number | undefined) => [[], n])
    const { graph, functions } = compile(job)
    expect(jobGraphSchema.parse(JSON.parse(JSON.stringify(graph)))).toEqual(graph)
    expect(messages(graph)).toEqual([])
    expect(new Set(graph.nodes.map(({ uid }) => uid)).size).toBe(graph.nodes.length)
    const join = graph.nodes.find(({ type }) => type === 'windowJoin')
    expect(Object.keys(functions.get(join?.uid ?? '') ?? {})).toEqual(['fn', 'key0', 'key1'])
  })

  const sources = ['x', 'y'].map(uid => ({ uid, type: 'datagen', name: uid, config: { fields: { n: 'sequence' } } }))
  const into = (type: string, config: JobGraph['nodes'][number]['config'], edges: object[]): JobGraph =>
    jobGraphSchema.parse({
      name: 'job',
      nodes: [...sources, { uid: 'op', type, name: 'op', config }],
      edges: edges.map((edge, input) => ({ from: sources[input]?.uid, to: 'op', input, ...edge })),
    })

  test.each<[string, JobGraph, RegExp]>([
    ['a missing second input', into('coMap', { fn1: 'x', fn2: 'x' }, [{}]), /its second input \(1\) is not connected/],
    [
      'a second input without a key',
      into('keyedCoProcess', { fn: 'x' }, [{ partitioner: 'hash', key: 'x => x' }, {}]),
      /works per key, but its second input \(1\) comes from "y" by "forward"/,
    ],
    [
      'broadcast state that is not broadcast',
      into('broadcastProcess', { fn: 'x', states: [{ name: 'm' }] }, [{}, {}]),
      /needs its second input in every subtask, but it comes from "y" by "forward"; put broadcast\(\) before it/,
    ],
    [
      'a first input without a key beside a broadcast one',
      into('keyedBroadcastProcess', { fn: 'x', states: [{ name: 'm' }] }, [{}, { partitioner: 'broadcast' }]),
      /works per key, but its first input \(0\)/,
    ],
    [
      'no broadcast state',
      into('broadcastProcess', { fn: 'x', states: [] }, [{}, { partitioner: 'broadcast' }]),
      /at least one broadcast state is needed/,
    ],
    [
      'bounds the wrong way round',
      into('intervalJoin', { fn: 'x', lowerMs: 5, upperMs: 1 }, [
        { partitioner: 'hash', key: 'x => x' },
        { partitioner: 'hash', key: 'x => x' },
      ]),
      /config\.lowerMs: must not be above upperMs/,
    ],
    ['a capacity of 0', into('asyncMap', { fn: 'x', capacity: 0 }, [{}]), /config\.capacity: must be at least 1/],
  ])('%s is refused', (_name, graph, message) => {
    expect(messages(graph).join('\n')).toMatch(message)
  })
})
