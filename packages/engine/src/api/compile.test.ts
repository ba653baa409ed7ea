import { CONNECTOR_SPECS } from '@weir/connectors/specs'
import { describe, expect, test } from 'vitest'
import type { Evictor } from '../functions/evictor.ts'
import { OutputTag } from '../functions/output-tag.ts'
import type { Trigger, TriggerResult } from '../functions/trigger.ts'
import { DEFAULT_MAX_PARALLELISM, type JobGraph, jobGraphSchema, MAX_PARALLELISM_LIMIT } from '../graph/job-graph.ts'
import { specRegistry } from '../graph/operator-spec.ts'
import { validateGraph } from '../graph/validate.ts'
import { TRANSFORM_SPECS } from '../operators/operator-specs.ts'
import { windowConfigSchema } from '../operators/window-specs.ts'
import { PARALLELISM_LIMIT } from './checks.ts'
import { type CompiledJob, compile } from './compile.ts'
import { CountEvictor, DeltaEvictor, TimeEvictor } from './evictors.ts'
import type { KeyedStream } from './keyed-stream.ts'
import { fixedDelay } from './restart-strategies.ts'
import { StreamExecutionEnvironment } from './stream-environment.ts'
import {
  ContinuousEventTimeTrigger,
  ContinuousProcessingTimeTrigger,
  CountTrigger,
  EventTimeTrigger,
  ProcessingTimeTrigger,
  PurgingTrigger,
} from './triggers.ts'
import { WatermarkStrategies } from './watermark-strategies.ts'
import { GlobalWindow, SessionWindow, SlidingWindow, TumblingWindow } from './window-assigners.ts'

const registry = specRegistry(TRANSFORM_SPECS, CONNECTOR_SPECS)

interface Click {
  user: string
  at: number
  amount: number
}

const clicks: Click[] = [{ user: 'ann', at: 1, amount: 2 }]

/** Compiles, and asserts that the stored form is the same and that nothing is wrong with it. */
function compiled(env: StreamExecutionEnvironment): CompiledJob {
  const job = compile(env)
  expect(jobGraphSchema.parse(JSON.parse(JSON.stringify(job.graph)))).toEqual(job.graph)
  expect(validateGraph(job.graph, registry)).toEqual([])
  expect([...job.functions.keys()]).toEqual(job.graph.nodes.map(node => node.uid))
  return job
}

function nodeOf({ graph }: CompiledJob, type: string): JobGraph['nodes'][number] {
  const [node, ...others] = graph.nodes.filter(found => found.type === type)
  expect(others).toEqual([])
  return node as JobGraph['nodes'][number]
}

test('the limits of the API are those of the graph', () => {
  expect(PARALLELISM_LIMIT).toBe(MAX_PARALLELISM_LIMIT)
  expect(new StreamExecutionEnvironment().settings.maxParallelism).toBe(DEFAULT_MAX_PARALLELISM)
})

test('a chain of operators becomes nodes, edges, texts and closures', () => {
  const env = new StreamExecutionEnvironment('numbers')
  const double = (n: number): number => n * 2
  const key = (n: number): number => n % 3
  const add = (a: number, b: number): number => a + b
  env
    .fromElements(1, 2, 3)
    .map(double)
    .filter(n => n > 2)
    .keyBy(key)
    .reduce(add)
    .print('out')
  const job = compiled(env)
  const uids = job.graph.nodes.map(node => node.uid)
  expect(job.graph).toEqual({
    name: 'numbers',
    parallelism: 1,
    maxParallelism: 128,
    nodes: [
      { uid: uids[0], type: 'collection', name: 'collection', config: { values: '() => ([1,2,3])' }, parallelism: 1 },
      { uid: uids[1], type: 'map', name: 'map', config: { fn: double.toString() } },
      { uid: uids[2], type: 'filter', name: 'filter', config: { fn: expect.stringContaining('n > 2') } },
      { uid: uids[3], type: 'reduce', name: 'reduce', config: { fn: add.toString() } },
      { uid: uids[4], type: 'print', name: 'print', config: { label: 'out' } },
    ],
    edges: [
      { from: uids[0], to: uids[1], partitioner: 'forward', output: null, input: 0 },
      { from: uids[1], to: uids[2], partitioner: 'forward', output: null, input: 0 },
      { from: uids[2], to: uids[3], partitioner: 'hash', key: key.toString(), output: null, input: 0 },
      { from: uids[3], to: uids[4], partitioner: 'forward', output: null, input: 0 },
    ],
  })
  expect(job.functions.get(uids[1] as string)).toEqual({ fn: double })
  expect(job.functions.get(uids[3] as string)).toEqual({ fn: add, key0: key })
  const { values } = job.functions.get(uids[0] as string) as { values: () => unknown }
  expect(values()).toEqual([1, 2, 3])
})

test('settings of the job stand in its graph', () => {
  const env = new StreamExecutionEnvironment('settings', { parallelism: 2 })
    .setMaxParallelism(64)
    .enableCheckpointing(10_000, { mode: 'at-least-once', retained: 3, timeoutMs: undefined })
    .setRestartStrategy(fixedDelay(3, 1_000))
    .setStateBackend('memory')
  env.fromElements(1).print()
  expect(compiled(env).graph).toMatchObject({
    parallelism: 2,
    maxParallelism: 64,
    checkpointing: { intervalMs: 10_000, mode: 'at-least-once', retained: 3 },
    restart: { type: 'fixed-delay', attempts: 3, delayMs: 1_000 },
    stateBackend: 'memory',
  })
})

test('settings of operators stand at their nodes', () => {
  const env = new StreamExecutionEnvironment()
  env
    .fromElements(1)
    .map(n => n)
    .name('twice')
    .uid('my-map')
    .setParallelism(4)
    .startNewChain()
    .filter(Boolean)
    .disableChaining()
    .print()
    .name('shown')
  const job = compiled(env)
  expect(nodeOf(job, 'map')).toMatchObject({ uid: 'my-map', name: 'twice', parallelism: 4, chaining: 'head' })
  expect(nodeOf(job, 'filter')).toMatchObject({ chaining: 'never' })
  expect(nodeOf(job, 'print')).toMatchObject({ name: 'shown' })
})

test('a slot sharing group is inherited from the inputs, where they agree', () => {
  const env = new StreamExecutionEnvironment()
  const a = env
    .fromElements(1)
    .slotSharingGroup('a')
    .map(n => n)
    .name('in a')
  const b = env.fromElements(2).name('other').slotSharingGroup('b')
  a.union(b)
    .map(n => n)
    .name('of both')
    .print()
  a.map(n => n)
    .name('in c')
    .slotSharingGroup('c')
    .filter(Boolean)
  const groups = compiled(env).graph.nodes.map(node => [node.name, node.slotSharingGroup])
  expect(groups).toEqual([
    ['collection', 'a'],
    ['in a', 'a'],
    ['other', 'b'],
    ['of both', undefined],
    ['print', undefined],
    ['in c', 'c'],
    ['filter', 'c'],
  ])
})

test('partitioners, unions and side outputs become edges', () => {
  const env = new StreamExecutionEnvironment()
  const tag = new OutputTag<string>('rejected')
  const checked = env
    .fromElements(1, 2)
    .process<number>((n, ctx, out) => (n > 1 ? out.collect(n) : ctx.output(tag, 'no')))
  const numbers = env.fromElements(3).name('more')
  checked
    .rebalance()
    .union(numbers.broadcast())
    .map(n => n)
  checked
    .getSideOutput(tag)
    .rescale()
    .filter(text => text !== '')
  checked.forward().flatMap(n => [n])
  const { graph } = compiled(env)
  const typeOf = new Map(graph.nodes.map(node => [node.uid, node.type]))
  const edges = graph.edges.map(edge => [typeOf.get(edge.to), edge.partitioner, edge.output, edge.strict ?? false])
  expect(edges).toEqual([
    ['process', 'forward', null, false],
    ['map', 'rebalance', null, false],
    ['map', 'broadcast', null, false],
    ['filter', 'rescale', 'rejected', false],
    ['flatMap', 'forward', null, true],
  ])
})

test('a key can be a field, and keys of a union are one', () => {
  const env = new StreamExecutionEnvironment()
  env
    .fromElements(...clicks)
    .union(env.fromCollection(clicks).name('b'))
    .keyBy('user')
    .sum('amount')
  const job = compiled(env)
  expect(job.graph.edges.map(edge => edge.key)).toEqual(['record => record["user"]', 'record => record["user"]'])
  const { key0 } = job.functions.get(nodeOf(job, 'sum').uid) as { key0: (click: Click) => string }
  expect(key0(clicks[0] as Click)).toBe('ann')
})

test('every running aggregation has its config', () => {
  const env = new StreamExecutionEnvironment()
  const keyed = env.fromCollection(clicks).keyBy(click => click.user)
  keyed.sum('amount').print()
  keyed.count().print().name('b')
  keyed.avg('amount').print().name('c')
  keyed.min('user').print().name('d')
  keyed.max('at').print().name('e')
  const aggregator = {
    createAccumulator: () => 0,
    add: (click: Click, sum: number) => sum + click.amount,
    getResult: (sum: number) => `${sum}`,
    merge(a: number, b: number) {
      return a + b
    },
  }
  keyed.aggregate(aggregator).print().name('f')
  const job = compiled(env)
  expect(nodeOf(job, 'sum').config).toEqual({ field: 'amount' })
  expect(nodeOf(job, 'count').config).toEqual({})
  expect(nodeOf(job, 'max').config).toEqual({ field: 'at' })
  expect(nodeOf(job, 'aggregate').config).toEqual({
    aggregator: {
      createAccumulator: '() => 0',
      add: aggregator.add.toString(),
      getResult: aggregator.getResult.toString(),
      merge: expect.stringMatching(/^function merge\(a, b\)/),
    },
  })
  expect(job.functions.get(nodeOf(job, 'aggregate').uid)).toMatchObject({ aggregator })
})

test('windows have assigner, lateness, computation and functions', () => {
  const env = new StreamExecutionEnvironment()
  const late = new OutputTag<Click>('late')
  const windowed = env
    .fromCollection(clicks)
    .assignTimestampsAndWatermarks(WatermarkStrategies.monotonous<Click>().withTimestampAssigner(click => click.at))
    .keyBy(click => click.user)
    .window(TumblingWindow.of(10_000, 500))
  const reduced = windowed
    .allowedLateness(1_000)
    .sideOutputLateData(late)
    .reduce(
      (a, b) => (a.at > b.at ? a : b),
      (key, window, click, out) => out.collect(`${key} ${window.end} ${click.at}`),
    )
    .name('latest')
  reduced.getSideOutput(late).print()
  const job = compiled(env)
  expect(nodeOf(job, 'window').config).toEqual({
    assigner: { type: 'tumbling', sizeMs: 10_000, offsetMs: 500, time: 'event' },
    allowedLatenessMs: 1_000,
    lateTag: 'late',
    compute: { type: 'reduce' },
    fn: expect.stringContaining('a.at > b.at'),
    windowFn: expect.stringContaining('window.end'),
  })
  expect(Object.keys(job.functions.get(nodeOf(job, 'window').uid) ?? {})).toEqual(['fn', 'windowFn', 'key0'])
  expect(nodeOf(job, 'timestamps').watermarks).toEqual({
    strategy: 'monotonous',
    timestampAssigner: expect.stringContaining('click.at'),
  })
  expect(Object.keys(job.functions.get(nodeOf(job, 'timestamps').uid) ?? {})).toEqual(['timestampAssigner'])
})

test('every computation of a window is one that the operator knows', () => {
  const env = new StreamExecutionEnvironment()
  const keyed = env.fromCollection(clicks).keyBy(click => click.user)
  const windowed = keyed.window(TumblingWindow.of(1_000).processingTime())
  windowed.sum('amount').name('sum')
  windowed.count().name('count')
  windowed.avg('amount').name('avg')
  windowed.min('user').name('min')
  windowed.max('at').name('max')
  windowed.process<number>((_key, _window, values, out) => out.collect(values.length)).name('process')
  const { graph } = compiled(env)
  expect(graph.nodes.slice(1).map(node => node.config.compute)).toEqual([
    { type: 'sum', field: 'amount' },
    { type: 'count' },
    { type: 'avg', field: 'amount' },
    { type: 'min', field: 'user' },
    { type: 'max', field: 'at' },
    { type: 'process' },
  ])
})

describe('windows of every kind', () => {
  /** The config of the window that `build` makes, checked by its own schema, and its functions. */
  function windowOf(build: (keyed: KeyedStream<Click, string>) => unknown): {
    config: Record<string, unknown>
    functions: Readonly<Record<string, unknown>>
  } {
    const env = new StreamExecutionEnvironment()
    build(env.fromCollection(clicks).keyBy(click => click.user))
    const job = compiled(env)
    const node = nodeOf(job, 'window')
    expect(windowConfigSchema.safeParse(node.config)).toMatchObject({ success: true })
    return { config: node.config, functions: job.functions.get(node.uid) ?? {} }
  }

  test.each([
    [TumblingWindow.of(10), { type: 'tumbling', sizeMs: 10, offsetMs: 0, time: 'event' }],
    [
      SlidingWindow.of({ sizeMs: 10, slideMs: 2, offsetMs: -1 }).processingTime(),
      { type: 'sliding', sizeMs: 10, slideMs: 2, offsetMs: -1, time: 'processing' },
    ],
    [
      SlidingWindow.of({ sizeMs: 2, slideMs: 10 }),
      { type: 'sliding', sizeMs: 2, slideMs: 10, offsetMs: 0, time: 'event' },
    ],
    [SessionWindow.of({ gapMs: 5 }), { type: 'session', gapMs: 5, time: 'event' }],
    [SessionWindow.of({ gapMs: 5 }).processingTime(), { type: 'session', gapMs: 5, time: 'processing' }],
    [GlobalWindow.create(), { type: 'global', time: 'event' }],
    [GlobalWindow.create().processingTime(), { type: 'global', time: 'processing' }],
  ])('assigner %#', (assigner, config) => {
    expect(windowOf(keyed => keyed.window(assigner).count()).config.assigner).toEqual(config)
  })

  test.each([
    [EventTimeTrigger.create(), { type: 'eventTime' }],
    [ProcessingTimeTrigger.create(), { type: 'processingTime' }],
    [CountTrigger.of(3), { type: 'count', count: 3 }],
    [ContinuousEventTimeTrigger.of(5), { type: 'continuousEventTime', intervalMs: 5 }],
    [
      PurgingTrigger.of(ContinuousProcessingTimeTrigger.of(5)),
      { type: 'purging', of: { type: 'continuousProcessingTime', intervalMs: 5 } },
    ],
    [PurgingTrigger.of(PurgingTrigger.of(CountTrigger.of(3))), { type: 'purging', of: { type: 'count', count: 3 } }],
  ])('trigger %#', (trigger, config) => {
    const window = windowOf(keyed => keyed.window(GlobalWindow.create()).trigger(trigger).count())
    expect(window.config).toMatchObject({ trigger: config })
    expect(Object.keys(window.functions)).toEqual(['key0'])
  })

  test('a trigger and an evictor of the job’s own are functions, and texts in the graph', () => {
    class Never implements Trigger<Click> {
      onElement(): TriggerResult {
        return 'CONTINUE'
      }
      onEventTime(): TriggerResult {
        return 'CONTINUE'
      }
      onProcessingTime(): TriggerResult {
        return 'CONTINUE'
      }
      clear(): void {
        // It keeps nothing.
      }
    }
    const trigger = new Never()
    const evictor: Evictor<Click> = { evictAfter: elements => elements.slice(1) }
    const { config, functions } = windowOf(keyed =>
      keyed.window(TumblingWindow.of(5)).trigger(PurgingTrigger.of(trigger)).evictor(evictor).count(),
    )
    expect(functions).toMatchObject({ triggerFn: trigger, evictorFn: evictor })
    expect(config).toMatchObject({
      trigger: { type: 'purging', of: { type: 'custom' } },
      triggerFn: expect.stringMatching(/^class Never/),
      evictor: { type: 'custom' },
      evictorFn: { evictAfter: expect.stringContaining('elements.slice(1)') },
    })
  })

  test.each([
    [CountEvictor.of(3), { evictor: { type: 'count', count: 3 } }],
    [TimeEvictor.of(3, { after: true }), { evictor: { type: 'time', keepMs: 3, after: true } }],
    [
      DeltaEvictor.of<Click>(3, (a, b) => b.at - a.at),
      { evictor: { type: 'delta', threshold: 3 }, evictorFn: '(a, b) => b.at - a.at' },
    ],
  ])('evictor %#', (evictor, config) => {
    expect(windowOf(keyed => keyed.window(TumblingWindow.of(5)).evictor(evictor).count()).config).toMatchObject(config)
  })

  test('a count window is a global one with a trigger, and with an evictor where it slides', () => {
    expect(windowOf(keyed => keyed.countWindow(3).count()).config).toEqual({
      assigner: { type: 'global', time: 'event' },
      trigger: { type: 'purging', of: { type: 'count', count: 3 } },
      compute: { type: 'count' },
    })
    expect(windowOf(keyed => keyed.countWindow(5, 2).count()).config).toEqual({
      assigner: { type: 'global', time: 'event' },
      trigger: { type: 'count', count: 2 },
      evictor: { type: 'count', count: 5 },
      compute: { type: 'count' },
    })
  })
})

test('watermarks of a source stand at its node', () => {
  const env = new StreamExecutionEnvironment()
  const generator = () => ({ onEvent: () => undefined, onPeriodicEmit: () => 0 })
  const source = {
    kind: 'source',
    type: 'collection',
    config: { values: '() => []' },
    functions: { values: () => [] },
    parallelism: 1,
  } as const
  const strategies = [
    WatermarkStrategies.boundedOutOfOrderness(),
    WatermarkStrategies.boundedOutOfOrderness(10).withIdleness(60_000),
    WatermarkStrategies.none(),
    WatermarkStrategies.custom(generator),
    WatermarkStrategies.monotonous().withAlignment('orders', 60_000),
    WatermarkStrategies.monotonous().withAlignment('orders', 0, 200),
  ]
  for (const strategy of strategies) env.addSource(source, strategy).print()
  const job = compiled(env)
  expect(job.graph.nodes.filter(node => node.type === 'collection').map(node => node.watermarks)).toEqual([
    { strategy: 'bounded', boundMs: 5_000 },
    { strategy: 'bounded', boundMs: 10, idlenessMs: 60_000 },
    { strategy: 'none' },
    { strategy: 'custom', generator: generator.toString() },
    { strategy: 'monotonous', alignment: { group: 'orders', maxDriftMs: 60_000, intervalMs: 1_000 } },
    { strategy: 'monotonous', alignment: { group: 'orders', maxDriftMs: 0, intervalMs: 200 } },
  ])
  expect([...job.functions.values()].filter(functions => functions.watermarkGenerator === generator)).toHaveLength(1)
})

test('values that JSON does not have, or that are many, stay out of the graph', () => {
  const texts = [[1n], [undefined], [new Date(0)], Array(1_000).fill(0), new Set([1])].map(values => {
    const env = new StreamExecutionEnvironment()
    env.fromCollection<unknown>(values).print()
    return nodeOf(compiled(env), 'collection').config.values
  })
  expect(texts).toEqual([
    '() => [/* 1 values of the program */]',
    '() => [/* 1 values of the program */]',
    '() => [/* 1 values of the program */]',
    '() => [/* 1000 values of the program */]',
    '() => [/* an iterable of the program */]',
  ])
})

test('the same description gives the same graph', () => {
  const build = () => {
    const env = new StreamExecutionEnvironment('twice')
    env.fromCollection(clicks).keyBy('user').window(TumblingWindow.of(1_000)).count().print()
    return compile(env).graph
  }
  expect(build()).toEqual(build())
})

test('getJobGraph gives the graph of what was described so far', () => {
  const env = new StreamExecutionEnvironment()
  const numbers = env.fromElements(1)
  expect(env.getJobGraph().nodes).toHaveLength(1)
  numbers.print()
  expect(env.getJobGraph().nodes).toHaveLength(2)
})
