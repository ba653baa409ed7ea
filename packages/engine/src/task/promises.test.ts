import { describe, expect, it } from 'vitest'
import { WeirError } from '../base/errors.ts'
import type { Collector } from '../functions/collector.ts'
import type { KeyedProcessFunction, ProcessContext, RuntimeContext } from '../functions/process-function.ts'
import { aggregatingState, reducingState } from '../functions/state-descriptors.ts'
import type { TimeWindow } from '../functions/window-function.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { runTestJob, type TestJob } from './testing/test-job.ts'

/** None of these is `async`, so what they return shows only when they run. */
const later = (value: unknown): Promise<unknown> => Promise.resolve(value)
const rejected = (): Promise<unknown> => Promise.reject(new Error('nobody hears of this'))

const key0 = (): unknown => 'one key'
const tumbling = { type: 'tumbling', sizeMs: 10, time: 'event' }
const sumOf = {
  createAccumulator: () => 0,
  add: (value: number, sum: number) => sum + value,
  getResult: (sum: number) => sum,
  merge: (a: number, b: number) => a + b,
}
const AGGREGATOR = { createAccumulator: '', add: '', getResult: '', merge: '' }

interface PromiseCase {
  readonly node: Partial<JobNode> & { readonly type: string }
  readonly functions: Record<string, unknown>
  readonly found: RegExp
}

const returned =
  /^operator 'under test': the function returned a promise, but this operator does not wait for promises; /
const emitted = /^operator 'under test': a record that it emitted is a promise, but /

function stateful(prepare: (context: RuntimeContext) => { add(value: number): void; get(): unknown }): unknown {
  let state: ReturnType<typeof prepare>
  return {
    open: (context: RuntimeContext) => {
      state = prepare(context)
    },
    processElement: (value: number) => {
      state.add(value)
      state.get()
    },
  } satisfies Partial<KeyedProcessFunction<unknown, number, unknown>>
}

const CASES: Readonly<Record<string, PromiseCase>> = {
  map: { node: { type: 'map', config: { fn: '' } }, functions: { fn: later }, found: returned },
  'map whose promise is rejected': {
    node: { type: 'map', config: { fn: '' } },
    functions: { fn: rejected },
    found: returned,
  },
  'map that returns a promise for the 1,500th record alone': {
    node: { type: 'map', config: { fn: '' } },
    functions: { fn: (value: number) => (value === 1_500 ? later(value) : value) },
    found: returned,
  },
  filter: { node: { type: 'filter', config: { fn: '' } }, functions: { fn: () => later(false) }, found: returned },
  'flatMap to a promise': { node: { type: 'flatMap', config: { fn: '' } }, functions: { fn: later }, found: returned },
  'flatMap to a list of promises': {
    node: { type: 'flatMap', config: { fn: '' } },
    functions: { fn: (value: number) => [value, later(value)] },
    found: emitted,
  },
  'flatMap by a generator of promises': {
    node: { type: 'flatMap', config: { fn: '' } },
    functions: {
      fn: function* (value: number) {
        yield later(value)
      },
    },
    found: emitted,
  },
  process: {
    node: { type: 'process', config: { fn: '' } },
    functions: {
      fn: (value: number, _context: ProcessContext, out: Collector<unknown>) => later(value).then(out.collect),
    },
    found: returned,
  },
  'process that collects one': {
    node: { type: 'process', config: { fn: '' } },
    functions: { fn: (value: number, _context: ProcessContext, out: Collector<unknown>) => out.collect(later(value)) },
    found: emitted,
  },
  'process that gives one to a side output': {
    node: { type: 'process', config: { fn: '' } },
    functions: { fn: (value: number, context: ProcessContext) => context.output('side', later(value)) },
    found: emitted,
  },
  'open of process': {
    node: { type: 'process', config: { fn: '' } },
    functions: { fn: { open: () => later(1), processElement: () => undefined } },
    found: /^operator 'under test': open\(\) returned a promise/,
  },
  'keyed process': {
    node: { type: 'keyedProcess', config: { fn: '' } },
    functions: { key0, fn: { processElement: later } },
    found: returned,
  },
  'a timer': {
    node: { type: 'keyedProcess', config: { fn: '' } },
    functions: {
      key0,
      fn: {
        processElement: (_value: number, context: { timerService(): { registerEventTimeTimer(at: number): void } }) =>
          context.timerService().registerEventTimeTimer(5),
        onTimer: later,
      },
    },
    found: /^operator 'under test': onTimer\(\) returned a promise/,
  },
  'stateful map': {
    node: { type: 'statefulMap', config: { fn: '' } },
    functions: { key0, fn: () => later([[], 1]) },
    found: returned,
  },
  'reducing state': {
    node: { type: 'keyedProcess', config: { fn: '' } },
    functions: {
      key0,
      fn: stateful(context => context.getState(reducingState<number>('r', (() => later(1)) as never))),
    },
    found: /^operator 'under test': the function of the reducing state returned a promise/,
  },
  'aggregating state': {
    node: { type: 'keyedProcess', config: { fn: '' } },
    functions: {
      key0,
      fn: stateful(context => context.getState(aggregatingState('a', { ...sumOf, getResult: later } as never))),
    },
    found: /^operator 'under test': getResult\(\) of the aggregating state returned a promise/,
  },
  reduce: { node: { type: 'reduce', config: { fn: '' } }, functions: { key0, fn: later }, found: returned },
  'add of an aggregator': {
    node: { type: 'aggregate', config: { aggregator: AGGREGATOR } },
    functions: { key0, aggregator: { ...sumOf, add: later } },
    found: /^operator 'under test': add\(\) returned a promise/,
  },
  'getResult of an aggregator': {
    node: { type: 'aggregate', config: { aggregator: AGGREGATOR } },
    functions: { key0, aggregator: { ...sumOf, getResult: later } },
    found: /^operator 'under test': getResult\(\) returned a promise/,
  },
  'window with reduce': {
    node: { type: 'window', config: { assigner: tumbling, compute: { type: 'reduce' }, fn: '' } },
    functions: { key0, fn: later },
    found: returned,
  },
  'window with aggregate': {
    node: { type: 'window', config: { assigner: tumbling, compute: { type: 'aggregate' }, aggregator: AGGREGATOR } },
    functions: { key0, aggregator: { ...sumOf, add: later } },
    found: /^operator 'under test': add\(\) returned a promise/,
  },
  'window function': {
    node: { type: 'window', config: { assigner: tumbling, compute: { type: 'process' }, windowFn: '' } },
    functions: {
      key0,
      windowFn: (_key: unknown, _window: TimeWindow, list: number[], out: Collector<unknown>) =>
        later(list.length).then(out.collect),
    },
    found: /^operator 'under test': the window function returned a promise/,
  },
  'timestamp assigner': {
    node: { type: 'timestamps', watermarks: { strategy: 'monotonous', timestampAssigner: '' } },
    functions: { timestampAssigner: later },
    found: /^operator 'under test': the timestamp assigner returned a promise/,
  },
  'watermark generator': {
    node: { type: 'timestamps', watermarks: { strategy: 'custom', generator: '', intervalMs: 1 } },
    functions: { watermarkGenerator: () => ({ onEvent: () => undefined, onPeriodicEmit: () => later(1) }) },
    found: /^operator 'under test': onPeriodicEmit\(\) of the watermark generator returned a promise/,
  },
  'key selector': {
    node: { type: 'count' },
    functions: { key0: later },
    found: /^operator 'under test': the key is a promise, but this operator does not wait for promises; /,
  },
  'key selector of an exchange': {
    node: { type: 'count', parallelism: 2 },
    functions: { key0: later },
    found:
      /^key selector of operator 'under test': it returned a promise, but this operator does not wait for promises; /,
  },
  'field of a key': {
    node: { type: 'count' },
    functions: { key0: (value: number) => ({ value: later(value) }) },
    found: /^operator 'under test': the field "value" of the key is a promise/,
  },
}

function jobOf({ node, functions }: PromiseCase): TestJob {
  const keyed = functions.key0 !== undefined
  return {
    graph: {
      name: 'promises',
      parallelism: 1,
      maxParallelism: 128,
      nodes: [
        { uid: 'in', type: 'list', name: 'in', config: { records: Array.from({ length: 2_000 }, (_, i) => [i, i]) } },
        { ...node, uid: 'op', name: 'under test', config: node.config ?? {} },
        { uid: 'out', type: 'keep', name: 'out', config: {}, parallelism: 1 },
        ...(node.type === 'process' ? [{ uid: 'side', type: 'keep', name: 'side', config: {} }] : []),
      ],
      edges: [
        {
          ...{ from: 'in', to: 'op', output: null, input: 0 },
          ...(keyed ? { partitioner: 'hash' as const, key: '' } : { partitioner: 'forward' as const }),
        },
        { from: 'op', to: 'out', partitioner: 'rebalance', output: null, input: 0 },
        ...(node.type === 'process'
          ? [{ from: 'op', to: 'side', partitioner: 'rebalance' as const, output: 'side', input: 0 }]
          : []),
      ],
    },
    functions: { op: functions },
  }
}

async function failureOf(promiseCase: PromiseCase, compile: boolean): Promise<unknown> {
  try {
    const { rows } = await runTestJob(jobOf(promiseCase), { network: 'local', compile })
    return `no failure, but ${rows.length} rows`
  } catch (error) {
    if (!(error instanceof WeirError)) throw error
    return { code: error.code, message: error.message, place: error.place }
  }
}

describe('a function that is not async but returns a promise fails the job by name', () => {
  it.each(Object.entries(CASES))('%s', async (_name, promiseCase) => {
    const interpreted = await failureOf(promiseCase, false)
    expect(interpreted).toMatchObject({ code: 'USER_FUNCTION', place: { operator: 'under test' } })
    expect(interpreted).toHaveProperty('message', expect.stringMatching(promiseCase.found))
    expect(interpreted).toHaveProperty(
      'message',
      expect.stringMatching(/give it the value itself, or use asyncMap\(\)/),
    )
    expect(await failureOf(promiseCase, true), 'generated chain').toEqual(interpreted)
  })
})

it('a source that emits a promise is named', async () => {
  const graph: TestJob['graph'] = {
    name: 'promises',
    parallelism: 1,
    maxParallelism: 128,
    nodes: [
      { uid: 'in', type: 'list', name: 'in', config: { records: [] } },
      { uid: 'out', type: 'keep', name: 'out', config: {} },
    ],
    edges: [{ from: 'in', to: 'out', partitioner: 'forward', output: null, input: 0 }],
  }
  for (const compile of [false, true]) {
    const source = {
      type: 'list',
      isBounded: () => true,
      discoverSplits: async () => [{ id: 'one', state: null }],
      createReader: () => ({
        addSplits: () => undefined,
        noMoreSplits: () => undefined,
        poll: (output: { forSplit(id: string): { collect(value: unknown, timestamp: number): void } }) => {
          output.forSplit('one').collect(later(1), 0)
          return 'emitted' as const
        },
        wantsSplit: () => false,
        snapshot: () => [],
        close: () => undefined,
      }),
    }
    await expect(
      runTestJob({ graph, functions: {} }, { network: 'local', compile, sources: [source] }),
    ).rejects.toThrow("operator 'in': a record that it emitted is a promise")
  }
})
