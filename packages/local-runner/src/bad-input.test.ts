import { collectSink, customSink } from '@weir/connectors/index'
import { compile } from '@weir/engine/api/compile'
import type { DataStream } from '@weir/engine/api/data-stream'
import { StreamExecutionEnvironment } from '@weir/engine/api/stream-environment'
import { WatermarkStrategies } from '@weir/engine/api/watermark-strategies'
import { SessionWindow, SlidingWindow, TumblingWindow } from '@weir/engine/api/window-assigners'
import { RECORD_TEXT_MAX } from '@weir/engine/base/record-text'
import type { Aggregator } from '@weir/engine/functions/aggregator'
import type { Collector } from '@weir/engine/functions/collector'
import {
  type Context,
  KeyedProcessFunction,
  type OnTimerContext,
  type RuntimeContext,
} from '@weir/engine/functions/process-function'
import { listState, valueState } from '@weir/engine/functions/state-descriptors'
import { describe, expect, it } from 'vitest'
import { LocalCluster } from './local-cluster.ts'

/**
 * What users get wrong, as they meet it: each job fails at the record of 'cy' (or at the first), by an error that names
 * operator, subtask and record, and says what to do.
 */

interface Click {
  readonly user: string
  readonly at: number
  readonly more?: string
}

const CLICKS: readonly Click[] = [
  { user: 'ann', at: 1_000 },
  { user: 'bob', at: 2_000 },
  { user: 'cy', at: 3_000, more: 'x'.repeat(10_000) },
  { user: 'dee', at: 9_000 },
]
const CY = /^\{"user": "cy", "at": 3000, "more": "x+…$/
const ANN = '{"user": "ann", "at": 1000}'

/** A function that gives or does something else for the record of 'cy'. `R` is what it should give. */
function but<R>(usual: (click: Click) => R, bad: (click: Click) => unknown): (click: Click) => R {
  return click => (click.user === 'cy' ? (bad(click) as R) : usual(click))
}
function fail(): never {
  throw new Error('not this one')
}
const same = (click: Click): Click => click

type Env = StreamExecutionEnvironment
/** A stream of whatever records, whose last operator goes wrong. */
type Broken = (env: Env) => { name(name: string): unknown }

const clicks = (env: Env): DataStream<Click> => env.fromCollection(CLICKS).name('clicks')
const timed = (env: Env): DataStream<Click> =>
  clicks(env)
    .assignTimestampsAndWatermarks(at(click => click.at))
    .name('times')
const at = (assigner: (click: Click) => unknown) =>
  WatermarkStrategies.monotonous<Click>().withTimestampAssigner(assigner as (click: Click) => number)
const joined = (env: Env) => timed(env).join(timed(env))
const byUser = (click: Click): string => click.user
const day = TumblingWindow.of(86_400_000)

function counter(change: Partial<Record<keyof Aggregator<Click, number, number>, unknown>> = {}) {
  const plain: Aggregator<Click, number, number> = {
    createAccumulator: () => 0,
    add: (_click, count) => count + 1,
    getResult: count => count,
    merge: (a, b) => a + b,
  }
  return { ...plain, ...change } as Aggregator<Click, number, number>
}

class Fires extends KeyedProcessFunction<string, Click, Click> {
  override processElement(click: Click, context: Context<string>): void {
    context.timerService().registerEventTimeTimer(click.at + 1)
  }
  override onTimer(timestamp: number, _context: OnTimerContext<string>): void {
    if (timestamp === 3_001) fail()
  }
}

class TwoKinds extends KeyedProcessFunction<string, Click, Click> {
  override open(context: RuntimeContext): void {
    context.getState(valueState('seen'))
    context.getState(listState('seen'))
  }
  override processElement(): void {
    // It does not come so far.
  }
}

const floods = (click: Click, _context: unknown, out: Collector<Click>): void => {
  for (let i = 0; click.user === 'cy' || i < 1; i++) out.collect({ ...click })
}

/** Runs a job with this stream to its end, and gives what it was warned of. */
function run(build: Broken): Promise<string[]> {
  return runJob(env => {
    const broken = build(env).name('broken') as DataStream<unknown>
    // An exchange behind it, since some things are found only where records are sent.
    broken
      .rebalance()
      .map(value => value)
      .setParallelism(2)
      .addSink(collectSink())
  })
}

async function runJob(build: (env: Env) => void): Promise<string[]> {
  const env = new StreamExecutionEnvironment('bad input')
  build(env)
  const { graph, functions } = compile(env)
  const warnings: string[] = []
  const cluster = new LocalCluster({
    jobId: 'job_00000000',
    graph,
    load: async () => functions,
    workdir: '/',
    place: error => error,
    onRow: () => undefined,
    probe: new Int32Array(2),
    onOperators: () => undefined,
    onStatus: () => undefined,
    log: (level, operator, _subtask, message) => {
      if (level === 'warn') warnings.push(`${operator}: ${message}`)
    },
  })
  expect(await cluster.run()).toBe('FINISHED')
  return warnings
}

/** Title, job, code, record, message. */
type Row = readonly [string, Broken, string, RegExp | string | undefined, RegExp]

const THROWS: readonly Row[] = (
  [
    ['map', env => clicks(env).map(but(same, fail))],
    ['filter', env => clicks(env).filter(but(() => true, fail))],
    [
      'the iterable of flatMap',
      env =>
        clicks(env).flatMap(function* (click) {
          yield click
          if (click.user === 'cy') fail()
        }),
    ],
    [
      'reduce',
      env =>
        clicks(env)
          .keyBy(() => 1)
          .reduce((_a, b) => but(same, fail)(b)),
    ],
    [
      'an aggregator',
      env =>
        clicks(env)
          .keyBy(() => 1)
          .aggregate(counter({ add: but(() => 1, fail) })),
    ],
    ['a key selector', env => clicks(env).keyBy(but(byUser, fail)).count()],
    ['a key selector before an exchange', env => clicks(env).keyBy(but(byUser, fail)).count().setParallelism(2)],
    [
      'a process function',
      env =>
        clicks(env)
          .keyBy(byUser)
          .process(but(() => undefined, fail)),
    ],
    [
      'reduce in a window',
      env =>
        timed(env)
          .keyBy(() => 1)
          .window(day)
          .reduce((_a, b) => but(same, fail)(b)),
    ],
    ['a timestamp assigner', env => clicks(env).assignTimestampsAndWatermarks(at(but(click => click.at, fail)))],
    ['one input of a connected stream', env => clicks(env).connect(clicks(env).map(same)).map(same, but(same, fail))],
    [
      'statefulMap',
      env =>
        clicks(env)
          .keyBy(byUser)
          .statefulMap((_key, click) => [[but(same, fail)(click)], 1]),
    ],
    ['asyncMap', env => clicks(env).asyncMap(async click => but(same, fail)(click))],
  ] as const satisfies readonly (readonly [string, Broken])[]
).map(([title, build]) => [title, build, 'USER_FUNCTION', CY, /not this one/])

const WRONG_RESULTS: readonly Row[] = [
  ['a promise from map', env => clicks(env).map(but(same, async c => c)), 'USER_FUNCTION', CY, /use asyncMap\(\)/],
  [
    'a promise from filter',
    env =>
      clicks(env).filter(
        but(
          () => true,
          async () => true,
        ),
      ),
    'USER_FUNCTION',
    CY,
    /use asyncMap\(\)/,
  ],
  [
    'a number from flatMap',
    env =>
      clicks(env).flatMap(
        but<Click[]>(
          c => [c],
          () => 5,
        ),
      ),
    'USER_FUNCTION',
    CY,
    /has to return an iterable, not number; return an array/,
  ],
  [
    'nothing from flatMap',
    env =>
      clicks(env).flatMap(
        but<Click[]>(
          c => [c],
          () => undefined,
        ),
      ),
    'USER_FUNCTION',
    CY,
    /iterable, not undefined; return an array/,
  ],
  [
    'a promise from flatMap',
    env =>
      clicks(env).flatMap(
        but<Click[]>(
          c => [c],
          async c => [c],
        ),
      ),
    'USER_FUNCTION',
    CY,
    /use asyncMap\(\)/,
  ],
  [
    'no accumulator to begin with',
    env =>
      clicks(env)
        .keyBy(() => 1)
        .aggregate(counter({ createAccumulator: () => undefined })),
    'USER_FUNCTION',
    ANN,
    /createAccumulator\(\) returned undefined; it has to return the accumulator/,
  ],
  [
    'no accumulator from add',
    env =>
      clicks(env)
        .keyBy(() => 1)
        .aggregate(
          counter({
            add: but(
              () => 1,
              () => undefined,
            ),
          }),
        ),
    'USER_FUNCTION',
    CY,
    /add\(value, accumulator\) has to return the accumulator/,
  ],
  [
    'no accumulator to begin a window with',
    env =>
      timed(env)
        .keyBy(() => 1)
        .window(day)
        .aggregate(counter({ createAccumulator: () => undefined })),
    'USER_FUNCTION',
    ANN,
    /createAccumulator\(\) returned undefined/,
  ],
  [
    'no accumulator from add in a window',
    env =>
      timed(env)
        .keyBy(() => 1)
        .window(day)
        .aggregate(
          counter({
            add: but(
              () => 1,
              () => undefined,
            ),
          }),
        ),
    'USER_FUNCTION',
    CY,
    /has to return the accumulator/,
  ],
  [
    'nothing from reduce',
    env =>
      clicks(env)
        .keyBy(() => 1)
        .reduce((_a, b) => but(same, () => undefined)(b)),
    'USER_FUNCTION',
    CY,
    /returned undefined; it has to return what the two values reduce to/,
  ],
  [
    'nothing from reduce in a window',
    env =>
      timed(env)
        .keyBy(() => 1)
        .window(day)
        .reduce((_a, b) => but(same, () => undefined)(b)),
    'USER_FUNCTION',
    CY,
    /returned undefined; it has to return/,
  ],
  [
    'a record that is written to',
    env => clicks(env).map(but(same, c => Object.assign(c, { at: 5 }))),
    'USER_FUNCTION',
    CY,
    /must not be changed after an operator has emitted it.*emit or store a new one instead/,
  ],
]

const keyedBy =
  (key: unknown, parallelism = 1): Broken =>
  env =>
    clicks(env)
      .keyBy(but<string>(byUser, () => key))
      .count()
      .setParallelism(parallelism)

const KEYS: readonly Row[] = [1, 2].flatMap(parallelism =>
  (
    [
      ['undefined', undefined, /The key is undefined, which cannot be a key/],
      ['null', null, /The key is null/],
      ['NaN', Number.NaN, /The key is NaN/],
      ['an object with an object in it', { a: { b: 1 } }, /The field "a" of the key is an object/],
      ['a function', () => 1, /The key is a function/],
    ] as const
  ).map(([what, key, message]): Row => {
    const remedy = new RegExp(`${message.source}.*Change the function that selects the key`)
    return [`${what} at parallelism ${parallelism}`, keyedBy(key, parallelism), 'KEY_TYPE', CY, remedy]
  }),
)

const TIMESTAMPS: readonly Row[] = [
  [
    'none, before a window',
    env => clicks(env).keyBy(byUser).window(day).count(),
    'NO_TIMESTAMP',
    ANN,
    /Give the source a watermark strategy with a timestamp assigner/,
  ],
  ...(
    [
      ['undefined', undefined, /not undefined/],
      ['NaN', Number.NaN, /not NaN/],
      ['a text', '2024-01-01', /not the string "2024-01-01"/],
      ['a Date', new Date(0), /not a Date \(use its getTime\(\)\)/],
    ] as const
  ).map(
    ([what, timestamp, message]): Row => [
      what,
      env =>
        clicks(env).assignTimestampsAndWatermarks(
          at(
            but(
              click => click.at,
              () => timestamp,
            ),
          ),
        ),
      'NO_TIMESTAMP',
      CY,
      new RegExp(`has to return ms since the epoch as a number, ${message.source}`),
    ],
  ),
]

/** What runs without a record at hand says for which key and when. */
const FIRING: readonly Row[] = [
  [
    'a timer',
    env => timed(env).keyBy(byUser).process(new Fires()),
    'USER_FUNCTION',
    undefined,
    /not this one \(in the timer for 3001 of the key "cy"\)/,
  ],
  [
    'a window function',
    env =>
      timed(env)
        .keyBy(byUser)
        .window(TumblingWindow.of(1_000))
        .process(key => {
          if (key === 'cy') fail()
        }),
    'USER_FUNCTION',
    undefined,
    /not this one \(in the window from 3000 to 4000 of the key "cy"\)/,
  ],
  [
    'the first pair of a window join',
    env => joined(env).where(byUser).equalTo(byUser).window(TumblingWindow.of(1_000)).apply(but(same, fail)),
    'USER_FUNCTION',
    undefined,
    /in the window from 3000 to 4000 of the key "cy"/,
  ],
  [
    'a later pair of a window join',
    env =>
      joined(env)
        .where(() => 1)
        .equalTo(() => 1)
        .window(day)
        .apply((_left, right) => but(same, fail)(right)),
    'USER_FUNCTION',
    undefined,
    /in the window from 0 to 86400000 for the pair \{"user": "ann", "at": 1000\} and \{"user": "cy", /,
  ],
]

const LIMITS: readonly Row[] = [
  [
    'one state as two kinds',
    env => clicks(env).keyBy(byUser).process(new TwoKinds()),
    'STATE_TYPE',
    undefined,
    /the state 'seen' is used both as value state and as list state; give each its own name/,
  ],
  [
    'a record above the limit',
    env => clicks(env).map(but(same, c => ({ ...c, more: 'x'.repeat(70_000_000) }))),
    'RECORD_TOO_LARGE',
    CY,
    /larger than the 67108864 bytes that a record may have; split it/,
  ],
  [
    'a flood from one record',
    env => clicks(env).process(floods),
    'OVERDRAFT',
    CY,
    /emitted about \d+ KB for one input record while its outputs were full.*return the results as an iterable/,
  ],
]

describe.each([
  ['a function that throws, in', THROWS],
  ['a function that gives the wrong thing:', WRONG_RESULTS],
  ['a key that is', KEYS],
  ['a timestamp:', TIMESTAMPS],
  ['a function that throws without a record at hand, in', FIRING],
  ['beyond a limit:', LIMITS],
])('%s', (_title, rows) => {
  it.each(rows)('%s', async (_what, build, code, record, message) => {
    const error = await run(build).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    const place = { operator: 'broken', subtask: expect.any(Number) }
    expect(error).toMatchObject({
      code,
      place,
      message: expect.stringMatching(/^(key selector of )?operator 'broken': /),
    })
    expect(error).toHaveProperty('message', expect.stringMatching(message))
    const shown = (error as { place: { record?: string } }).place.record
    if (typeof record === 'string') expect(shown).toBe(record)
    else if (record === undefined) expect(shown).toBeUndefined()
    else expect(shown).toMatch(record)
    expect(shown?.length ?? 0).toBeLessThanOrEqual(RECORD_TEXT_MAX)
  })
})

describe('windows without a size', () => {
  it.each([
    ['TumblingWindow.of(0)', () => TumblingWindow.of(0)],
    ['TumblingWindow.of(-5)', () => TumblingWindow.of(-5)],
    ['TumblingWindow.of(NaN)', () => TumblingWindow.of(Number.NaN)],
    ['SlidingWindow', () => SlidingWindow.of({ sizeMs: 0, slideMs: 1 })],
    ['SlidingWindow', () => SlidingWindow.of({ sizeMs: 10, slideMs: -1 })],
    ['SessionWindow', () => SessionWindow.of({ gapMs: 0 })],
  ])('%s is refused when the job is built', (name, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'JOB_GRAPH', message: expect.stringContaining(name) }))
    expect(make).toThrow(/whole number of milliseconds from 1 on/)
  })
})

describe('timestamps that look like seconds', () => {
  const seconds = CLICKS.map(click => ({ ...click, at: 1_700_000_000 + click.at }))
  const warned = /broken: event time has come to 170000\d{4}, .*1970-01-20T.*2023-11-1.*multiply them by 1000/

  it('are warned of, once, at the operator that assigns them', async () => {
    const warnings = await run(env =>
      env
        .fromCollection(seconds)
        .assignTimestampsAndWatermarks(at(click => click.at))
        .name('broken'),
    )
    expect(warnings).toEqual([expect.stringMatching(warned)])
  })

  it('are warned of at a source', async () => {
    const source = {
      kind: 'source',
      type: 'collection',
      config: { values: '() => []' },
      functions: { values: () => seconds },
    } as const
    const strategy = at(click => click.at)
    const warnings = await run(env => env.addSource<Click>(source, strategy).name('broken'))
    expect(warnings).toEqual([expect.stringMatching(warned)])
  })

  it.each([
    ['milliseconds of today', 1_700_000_000_000],
    ['small numbers, as of tests', 0],
  ])('are no %s', async (_what, from) => {
    const values = CLICKS.map(click => ({ ...click, at: from + click.at }))
    expect(await run(env => env.fromCollection(values).assignTimestampsAndWatermarks(at(click => click.at)))).toEqual(
      [],
    )
  })
})

it('a sink of the job that throws is named with the record that it was given', async () => {
  const writer = { write: but(() => undefined, fail) }
  const failed = runJob(env => {
    clicks(env)
      .addSink(customSink<Click>({ open: () => writer }))
      .name('broken')
  })
  await expect(failed).rejects.toMatchObject({
    code: 'USER_FUNCTION',
    message: "operator 'broken': not this one",
    place: { operator: 'broken', subtask: 0, record: expect.stringMatching(CY) },
  })
})
