import { SessionWindow, SlidingWindow, TumblingWindow } from '@weir/engine/api/window-assigners'
import type { Collector } from '@weir/engine/functions/collector'
import { KeyedProcessFunction, type RuntimeContext } from '@weir/engine/functions/process-function'
import { listState, valueState } from '@weir/engine/functions/state-descriptors'
import { describe, expect, it } from 'vitest'
import {
  ANN,
  at,
  type BadRow,
  type Broken,
  but,
  byUser,
  CLICKS,
  type Click,
  CY,
  clicks,
  day,
  expectNamed,
  run,
  same,
} from './testing/bad-jobs.ts'

/** Keys, timestamps, sizes and limits that are none, as users meet them. */

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

const keyedBy =
  (key: unknown, parallelism = 1): Broken =>
  env =>
    clicks(env)
      .keyBy(but<string>(byUser, () => key))
      .count()
      .setParallelism(parallelism)

const KEYS: readonly BadRow[] = [1, 2].flatMap(parallelism =>
  (
    [
      ['undefined', undefined, /The key is undefined, which cannot be a key/],
      ['null', null, /The key is null/],
      ['NaN', Number.NaN, /The key is NaN/],
      ['an object with an object in it', { a: { b: 1 } }, /The field "a" of the key is an object/],
      ['a function', () => 1, /The key is a function/],
    ] as const
  ).map(([what, key, message]): BadRow => {
    const remedy = new RegExp(`${message.source}.*Change the function that selects the key`)
    return [`${what} at parallelism ${parallelism}`, keyedBy(key, parallelism), 'KEY_TYPE', CY, remedy]
  }),
)

const TIMESTAMPS: readonly BadRow[] = [
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
      ['nanoseconds', 1.7e18, /not 1700000000000000000, which as milliseconds is no date.*divide it by 1e6/],
      ['a text', '2024-01-01', /not the string "2024-01-01"/],
      ['a Date', new Date(0), /not a Date \(use its getTime\(\)\)/],
    ] as const
  ).map(
    ([what, timestamp, message]): BadRow => [
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

const LIMITS: readonly BadRow[] = [
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
    /emitted about \d+ KB at one go while its outputs were full.*return the results as an iterable/,
  ],
]

describe.each([
  ['a key that is', KEYS],
  ['a timestamp:', TIMESTAMPS],
  ['beyond a limit:', LIMITS],
] as const)('%s', (_title, rows) => {
  it.each(rows)('%s', (_what, build, code, record, message) => expectNamed(build, code, record, message))
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
