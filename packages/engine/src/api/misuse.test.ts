import { afterEach, describe, expect, test } from 'vitest'
import { WeirError } from '../base/errors.ts'
import { KeyedProcessFunction } from '../functions/process-function.ts'
import { CountEvictor, DeltaEvictor, TimeEvictor } from './evictors.ts'
import { HOST, LOCAL_RUNNER } from './host-hooks.ts'
import { exponentialDelay, failureRate, fixedDelay } from './restart-strategies.ts'
import { StreamExecutionEnvironment } from './stream-environment.ts'
import {
  ContinuousEventTimeTrigger,
  ContinuousProcessingTimeTrigger,
  CountTrigger,
  PurgingTrigger,
} from './triggers.ts'
import { WatermarkStrategies } from './watermark-strategies.ts'
import { GlobalWindow, SessionWindow, SlidingWindow, TumblingWindow } from './window-assigners.ts'

/** Jobs are bundled without a type check, so calls come with any arguments. */
// biome-ignore lint/complexity/noBannedTypes: calls of any form are the point here
const loose = (value: unknown): Record<string, Function> => value as Record<string, Function>

const numbers = () => new StreamExecutionEnvironment('job').fromElements({ a: 1 })
const keyed = () => numbers().keyBy(record => record.a)

class Process extends KeyedProcessFunction<number, { a: number }, number> {
  processElement(): void {
    // Only its form matters.
  }
}

/** Its type says nothing of the promise. */
class AsyncProcess extends KeyedProcessFunction<number, { a: number }, number> {
  async processElement(): Promise<void> {
    // Only its form matters.
  }
}

const asyncTime: (record: { a: number }) => unknown = async record => record.a
const ASYNC_TIME = WatermarkStrategies.monotonous<{ a: number }>().withTimestampAssigner(
  asyncTime as (record: { a: number }) => number,
)

test.each<[string, () => unknown, RegExp]>([
  ['a job without a name', () => new StreamExecutionEnvironment(''), /name of the job has to be a text/],
  [
    'a name that would clear a terminal',
    () =>
      numbers()
        .map(x => x)
        .name('a\u001b[2J'),
    /^operator "map": name\("a\\u001b\[2J"\): the name must not contain control characters/,
  ],
  [
    'parallelism 0',
    () => new StreamExecutionEnvironment('j').setParallelism(0),
    /^job "j": setParallelism\(0\).*from 1 to 32768/,
  ],
  [
    'parallelism -1',
    () =>
      numbers()
        .map(x => x)
        .setParallelism(-1),
    /"map": setParallelism\(-1\)/,
  ],
  ['half a subtask', () => numbers().print().setParallelism(1.5), /"print": setParallelism\(1.5\).*whole number/],
  [
    'a million subtasks',
    () =>
      numbers()
        .map(x => x)
        .setParallelism(1_000_000),
    /from 1 to 32768/,
  ],
  ['a collection in several subtasks', () => numbers().setParallelism(2), /"collection" runs with parallelism 1 only/],
  ['maxParallelism 0', () => new StreamExecutionEnvironment('j').setMaxParallelism(0), /setMaxParallelism\(0\)/],
  [
    'a checkpoint interval of 0',
    () => new StreamExecutionEnvironment('j').enableCheckpointing(0),
    /interval has to be a number from 10/,
  ],
  [
    'an unknown checkpoint setting',
    () => loose(new StreamExecutionEnvironment('j')).enableCheckpointing(10, { timeout: 5 }),
    /"timeout" is no setting of checkpoints; there are mode,/,
  ],
  [
    'a wrong checkpoint mode',
    () => loose(new StreamExecutionEnvironment('j')).enableCheckpointing(10, { mode: 'once' }),
    /mode has to be "exactly-once"/,
  ],
  [
    'a restart strategy by name',
    () => loose(new StreamExecutionEnvironment('j')).setRestartStrategy('fixed'),
    /fixedDelay\(…\)/,
  ],
  [
    'an unknown state backend',
    () => loose(new StreamExecutionEnvironment('j')).setStateBackend('disk'),
    /"rocksdb" or "memory"/,
  ],
  [
    'a path instead of a source',
    () => loose(new StreamExecutionEnvironment('j')).addSource('a.txt'),
    /addSource\("a.txt"\).*has to be a source/,
  ],
  [
    'a number instead of a collection',
    () => loose(new StreamExecutionEnvironment('j')).fromCollection(5),
    /has to be an array or another iterable/,
  ],
  [
    'map without a function',
    () => loose(numbers()).map('x'),
    /"collection": map\("x"\): the argument has to be a function/,
  ],
  [
    'an async map',
    () => numbers().map(async record => record),
    /"map": the function is async, but this operator does not wait for promises; make it a plain function, or use asyncMap\(\)/,
  ],
  [
    'an async key',
    () =>
      numbers()
        .keyBy(async record => record.a)
        .count(),
    /"count": the function is async/,
  ],
  ['an async timestamp', () => numbers().assignTimestampsAndWatermarks(ASYNC_TIME), /"timestamps": .* is async/],
  [
    'an aggregator with an async function',
    () =>
      keyed().aggregate({
        createAccumulator: () => 0,
        add: (_record, sum: number) => sum,
        getResult: async sum => sum,
        merge: a => a,
      }),
    /"aggregate": getResult\(\) is async/,
  ],
  [
    'a function class whose ancestor has an async method',
    () => keyed().process(new (class extends AsyncProcess {})()),
    /"keyedProcess": processElement\(\) is async/,
  ],
  [
    'process with a class instead of an object',
    () => loose(numbers()).process(Process),
    /process\(a function\).*write process\(new Process\(\)\)/,
  ],
  [
    'a keyed function without keyBy',
    () => loose(numbers()).process(new Process()),
    /KeyedProcessFunction works per key; put .keyBy/,
  ],
  ['keyed process with a class', () => loose(keyed()).process(Process), /process\(new Deduplicate\(\)\)/],
  ['a sink that is none', () => loose(numbers()).addSink(console), /has to be a sink/],
  ['keyBy nothing', () => loose(numbers()).keyBy(), /keyBy\(undefined\)/],
  ['union with a keyed stream', () => loose(numbers()).union(keyed()), /has to be a stream that is not keyed/],
  ['union of two jobs', () => numbers().union(numbers()), /belong to two jobs/],
  ['reduce without keyBy', () => loose(numbers()).reduce(() => 1), /reduce\(\) works on a keyed stream; put .keyBy/],
  ['window without keyBy', () => loose(numbers()).window(TumblingWindow.of(5)), /window\(\) works on a keyed stream/],
  [
    'an aggregator that lacks a function',
    () => loose(keyed()).aggregate({ add: () => 1 }),
    /missing: createAccumulator, getResult, merge/,
  ],
  ['sum of a function', () => loose(keyed()).sum(() => 1), /name of a field, e.g. sum\("amount"\)/],
  ['a window by its size alone', () => loose(keyed()).window(10), /window\(10\).*TumblingWindow.of\(10_000\)/],
  ['a window of size 0', () => TumblingWindow.of(0), /size of a window has to be a whole number/],
  ['a window of negative size', () => TumblingWindow.of(-5), /TumblingWindow.of\(-5\)/],
  ['an offset as long as the window', () => TumblingWindow.of(5, 5), /shorter than the window/],
  [
    'a sliding window of size NaN',
    () => SlidingWindow.of({ sizeMs: Number.NaN, slideMs: 1 }),
    /sizeMs: NaN.*the size of/,
  ],
  ['a slide of 0', () => SlidingWindow.of({ sizeMs: 10, slideMs: 0 }), /slideMs: 0 \}\): the slide has to be a whole/],
  [
    'a sliding window by two numbers',
    () => loose(SlidingWindow).of(10, 5),
    /has to be an object, e\.g\. SlidingWindow/,
  ],
  [
    'an offset as long as the slide',
    () => SlidingWindow.of({ sizeMs: 10, slideMs: 5, offsetMs: 5 }),
    /shorter than the slide/,
  ],
  [
    'a gap of 0',
    () => SessionWindow.of({ gapMs: 0 }),
    /SessionWindow\.of\(\{ gapMs: 0 \}\): the gap has to be a whole/,
  ],
  ['a negative gap', () => SessionWindow.of({ gapMs: -5 }), /the gap has to be a whole number/],
  ['a gap that is missing', () => loose(SessionWindow).of({}), /gapMs: undefined/],
  ['a count window of 0', () => keyed().countWindow(0), /countWindow\(0\): the size has to be a whole number from 1/],
  ['a count window that slides by half', () => keyed().countWindow(4, 0.5), /countWindow\(0\.5\): the slide/],
  ['a count window without keyBy', () => loose(numbers()).countWindow(2), /countWindow\(\) works on a keyed stream/],
  ['a count trigger of 0', () => CountTrigger.of(0), /CountTrigger\.of\(0\): the number of records/],
  ['an interval of 0', () => ContinuousEventTimeTrigger.of(0), /ContinuousEventTimeTrigger\.of\(0\): the interval/],
  ['an interval of NaN', () => ContinuousProcessingTimeTrigger.of(Number.NaN), /of\(NaN\): the interval/],
  [
    'a trigger by its name',
    () => loose(keyed().window(GlobalWindow.create())).trigger('count'),
    /trigger\("count"\): the argument has to be an object with the functions onElement/,
  ],
  [
    'a class instead of a trigger',
    () => loose(keyed().window(GlobalWindow.create())).trigger(Process),
    /the argument has to be a trigger, e\.g\. CountTrigger\.of\(100\), or an object of a class: new …/,
  ],
  [
    'half a trigger, to be purged',
    () => loose(PurgingTrigger).of({ onElement: () => 'FIRE' }),
    /PurgingTrigger\.of\(an object\).*missing: onEventTime, onProcessingTime, clear/,
  ],
  [
    'a trigger for sessions that does not merge',
    () =>
      keyed()
        .window(SessionWindow.of({ gapMs: 5 }))
        .trigger({
          onElement: () => 'CONTINUE',
          onEventTime: () => 'FIRE',
          onProcessingTime: () => 'CONTINUE',
          clear: () => undefined,
        }),
    /sessions merge, so their trigger needs the function onMerge/,
  ],
  [
    'a trigger with an async function',
    () =>
      loose(
        keyed()
          .window(GlobalWindow.create())
          .trigger({
            onElement: (async () => 'FIRE') as never,
            onEventTime: () => 'FIRE',
            onProcessingTime: () => 'CONTINUE',
            clear: () => undefined,
          }),
      ).count(),
    /onElement\(\) is async/,
  ],
  ['a count evictor of 0', () => CountEvictor.of(0), /CountEvictor\.of\(0\)/],
  ['a time evictor of -1', () => TimeEvictor.of(-1), /TimeEvictor\.of\(-1\)/],
  ['a delta evictor without a function', () => loose(DeltaEvictor).of(5), /DeltaEvictor\.of\(undefined\).*a function/],
  [
    'an evictor that evicts nothing',
    () => loose(keyed().window(GlobalWindow.create())).evictor({}),
    /evictor\(an object\): the argument has to be an evictor, e\.g\. CountEvictor\.of\(100\)/,
  ],
  [
    'lateness of a global window',
    () => keyed().window(GlobalWindow.create()).allowedLateness(5),
    /no record is late in a global window/,
  ],
  [
    'an aggregator without merge in a session',
    () =>
      loose(keyed().window(SessionWindow.of({ gapMs: 5 }))).aggregate({
        createAccumulator: String,
        add: String,
        getResult: String,
      }),
    /"window": aggregate\(an object\).*missing: merge/,
  ],
  ['negative lateness', () => keyed().window(TumblingWindow.of(5)).allowedLateness(-1), /allowedLateness\(-1\)/],
  [
    'lateness on the wall clock',
    () => keyed().window(TumblingWindow.of(5).processingTime()).allowedLateness(1),
    /no record is late in a processing-time window/,
  ],
  [
    'a late tag that is a text',
    () => loose(keyed().window(TumblingWindow.of(5))).sideOutputLateData('late'),
    /has to be an OutputTag/,
  ],
  [
    'a negative bound',
    () => WatermarkStrategies.boundedOutOfOrderness(-1),
    /bound has to be a number of milliseconds from 0/,
  ],
  [
    'alignment without watermarks',
    () => WatermarkStrategies.none().withAlignment('g', 100),
    /none\(\) makes no watermarks.*use boundedOutOfOrderness/,
  ],
  [
    'an alignment group without a name',
    () => WatermarkStrategies.monotonous().withAlignment(' ', 100),
    /withAlignment\(" ", …\): the group has to be a name/,
  ],
  [
    'a negative drift',
    () => WatermarkStrategies.monotonous().withAlignment('g', -1),
    /withAlignment\("g", -1\): the drift has to be a number of milliseconds from 0 on/,
  ],
  [
    'a drift that is no number',
    () => WatermarkStrategies.monotonous().withAlignment('g', Number.NaN),
    /withAlignment\("g", NaN\): the drift/,
  ],
  [
    'an alignment interval of 0',
    () => WatermarkStrategies.monotonous().withAlignment('g', 100, 0),
    /withAlignment\("g", 100, 0\): the interval has to be a number of milliseconds from 10 to 1000000000/,
  ],
  ['an idleness of 0', () => WatermarkStrategies.none().withIdleness(0), /withIdleness\(0\)/],
  [
    'a strategy without a generator',
    () => loose(WatermarkStrategies).custom(5),
    /has to be a function that gives a generator/,
  ],
  ['a negative number of restarts', () => fixedDelay(-1, 5), /fixedDelay\(…\): attempts has to be a whole number/],
  ['jitter above 1', () => exponentialDelay({ jitter: 2 }), /jitter has to be a number from 0 to 1/],
  [
    'a failure rate of no failures',
    () => failureRate({ failures: 0, intervalMs: 1, delayMs: 1 }),
    /failures has to be a whole number from 1/,
  ],
  ['a job without operators', () => new StreamExecutionEnvironment('empty').getJobGraph(), /"empty" has no operators/],
  [
    'two operators with one uid',
    () => {
      const env = new StreamExecutionEnvironment('j')
      env
        .fromElements(1)
        .uid('x')
        .map(n => n)
        .name('second')
        .uid('x')
      return env.getJobGraph()
    },
    /uid "x" is given to two operators, "collection" and "second"/,
  ],
  ['an empty uid', () => numbers().uid(''), /uid has to be a text/],
])('%s is refused in words', (_, call, message) => {
  let thrown: unknown
  try {
    call()
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(WeirError)
  expect(thrown).toMatchObject({ code: 'JOB_GRAPH', message: expect.stringMatching(message) })
})

describe('execute()', () => {
  const env = () => {
    const made = new StreamExecutionEnvironment('job')
    made.fromElements(1).print()
    return made
  }
  const withGlobal = (name: symbol, value: unknown): void => {
    Reflect.set(globalThis, name, value)
  }
  afterEach(() => {
    Reflect.deleteProperty(globalThis, HOST)
    Reflect.deleteProperty(globalThis, LOCAL_RUNNER)
  })

  test('says what to do where nothing runs jobs', async () => {
    await expect(env().execute()).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringMatching(/weir run/),
    })
  })

  test('only names the environment to a host, at once, and never comes', async () => {
    const executed: unknown[] = []
    withGlobal(HOST, { onExecute: (environment: unknown) => executed.push(environment) })
    withGlobal(LOCAL_RUNNER, { runLocally: () => expect.unreachable() })
    const environment = env()
    const execution = environment.execute('other name')
    expect(executed).toEqual([environment])
    expect(environment.name).toBe('other name')
    const waited = new Promise(resolve => setTimeout(resolve, 20, 'still waiting'))
    expect(await Promise.race([execution, waited])).toBe('still waiting')
  })

  test('runs the job where a runner is', async () => {
    const result = { jobId: 'job_1', jobName: 'job', durationMs: 1 }
    withGlobal(LOCAL_RUNNER, { runLocally: async () => result })
    expect(await StreamExecutionEnvironment.getExecutionEnvironment('x').execute()).toBe(result)
  })
})
