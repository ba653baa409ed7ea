import { customSink } from '@weir/connectors/index'
import { TumblingWindow } from '@weir/engine/api/window-assigners'
import type { Aggregator } from '@weir/engine/functions/aggregator'
import { type Context, KeyedProcessFunction, type OnTimerContext } from '@weir/engine/functions/process-function'
import { describe, expect, it } from 'vitest'
import {
  ANN,
  at,
  type BadRow,
  type Broken,
  but,
  byUser,
  type Click,
  CY,
  clicks,
  day,
  type Env,
  expectNamed,
  fail,
  runJob,
  same,
  timed,
} from './testing/bad-jobs.ts'

/** Functions of users that throw, or give what they should not, as users meet it. */

const joined = (env: Env) => timed(env).join(timed(env))

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

const THROWS: readonly BadRow[] = (
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

/** Which is thrown in the place of an error, or is one that cannot be asked. */
const NO_ERRORS: readonly BadRow[] = (
  [
    ['null', null, /null was thrown; throw an Error/],
    ['a text', 'not this one', /not this one/],
    ['an object without a prototype', Object.create(null), /\{\} was thrown; throw an Error/],
    ['an object that answers nothing', new Proxy({}, { get: fail, getPrototypeOf: fail, ownKeys: fail }), /was thrown/],
    ['an error without end', new Error('x'.repeat(5_000_000)), /: x{9999}…$/],
  ] as const
).flatMap(([what, thrown, message]): BadRow[] => {
  const bad = (): never => {
    throw thrown
  }
  return [
    [`${what} in map`, env => clicks(env).map(but(same, bad)), 'USER_FUNCTION', CY, message],
    [`${what} in asyncMap`, env => clicks(env).asyncMap(async c => but(same, bad)(c)), 'USER_FUNCTION', CY, message],
    [
      `${what} in a process function`,
      env =>
        clicks(env)
          .keyBy(byUser)
          .process(but(() => undefined, bad)),
      'USER_FUNCTION',
      CY,
      message,
    ],
  ]
})

const WRONG_RESULTS: readonly BadRow[] = [
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
    'an iterable without results from flatMap',
    env =>
      clicks(env).flatMap(
        but<Click[]>(
          c => [c],
          () => ({ [Symbol.iterator]: () => ({ next: () => 5 }) }),
        ),
      ),
    'USER_FUNCTION',
    CY,
    /next\(\) of the iterable returned 5; it has to return \{ value, done \}/,
  ],
  [
    'an iterable of promises of results from flatMap',
    env =>
      clicks(env).flatMap(
        but<Click[]>(
          c => [c],
          () => ({ [Symbol.iterator]: () => ({ next: () => Promise.resolve({ done: true }) }) }),
        ),
      ),
    'USER_FUNCTION',
    CY,
    /next\(\) of the iterable returned a promise.*use asyncMap\(\)/,
  ],
  [
    'an iterable without results from statefulMap',
    env =>
      clicks(env)
        .keyBy(byUser)
        .statefulMap((_key, click) => [
          but<Click[]>(
            c => [c],
            () => ({ [Symbol.iterator]: () => ({ next: () => null }) }),
          )(click),
          1,
        ]),
    'USER_FUNCTION',
    CY,
    /next\(\) of the iterable returned null/,
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

/** What runs without a record at hand says for which key and when. */
const FIRING: readonly BadRow[] = [
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

describe.each([
  ['a function that throws, in', THROWS],
  ['thrown and no error:', NO_ERRORS],
  ['a function that gives the wrong thing:', WRONG_RESULTS],
  ['a function that throws without a record at hand, in', FIRING],
] as const)('%s', (_title, rows) => {
  it.each(rows)('%s', (_what, build, code, record, message) => expectNamed(build, code, record, message))
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
