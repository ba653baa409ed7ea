import { WatermarkStrategies } from '@weir/engine/api/watermark-strategies'
import { TumblingWindow } from '@weir/engine/api/window-assigners'
import type { Collector } from '@weir/engine/functions/collector'
import { type Context, KeyedProcessFunction, type OnTimerContext } from '@weir/engine/functions/process-function'
import { mapState } from '@weir/engine/functions/state-descriptors'
import { describe, it } from 'vitest'
import {
  ANN,
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
  same,
  timed,
} from './testing/bad-jobs.ts'

/** What users get wrong in functions of two streams, triggers, evictors, and around the records. */

const rules = mapState<string, number>('rules')
const nothing = (env: Env) =>
  clicks(env)
    .filter(() => false)
    .name('nothing')
const minute = TumblingWindow.of(60_000)
const windowed = (env: Env) =>
  timed(env)
    .keyBy(() => 1)
    .window(day)
const goOn = () => 'CONTINUE' as const
const silent = { onElement: goOn, onEventTime: goOn, onProcessingTime: goOn, clear: () => undefined }
const ignored = (): void => undefined
const failing = (click: Click): void => void but(same, fail)(click)
const lastUser = {
  createAccumulator: () => '',
  add: (click: Click) => click.user,
  getResult: (user: string) => user,
  merge: (a: string) => a,
}
const generated = (parts: object) =>
  WatermarkStrategies.custom<Click>(() => ({
    onEvent: ignored,
    onPeriodicEmit: () => 0,
    ...parts,
  })).withTimestampAssigner(click => click.at)
function floods(out: Collector<Click>): never {
  for (;;) out.collect({ user: 'flood', at: 1 })
}

class Opens extends KeyedProcessFunction<string, Click, Click> {
  override open(): void {
    fail()
  }
  override processElement(): void {
    // It does not come so far.
  }
}
class Floods extends KeyedProcessFunction<string, Click, Click> {
  override processElement(click: Click, context: Context<string>): void {
    context.timerService().registerEventTimeTimer(click.at)
  }
  override onTimer(_at: number, _context: OnTimerContext<string>, out: Collector<Click>): void {
    floods(out)
  }
}

/** `record`: null where none is at hand. */
const throwing = (title: string, build: Broken, record: BadRow[3] | null = CY, message = /: not this one/): BadRow => [
  title,
  build,
  'USER_FUNCTION',
  record ?? undefined,
  message,
]

const TWO_STREAMS: readonly BadRow[] = [
  throwing('coFlatMap', env =>
    clicks(env)
      .connect(nothing(env))
      .flatMap(
        but((click): Click[] => [click], fail),
        () => [],
      ),
  ),
  throwing('the second method of a coProcess', env =>
    nothing(env)
      .connect(clicks(env))
      .process({ processElement1: ignored, processElement2: failing } as never),
  ),
  throwing('a keyed coProcess', env =>
    clicks(env)
      .keyBy(byUser)
      .connect(nothing(env).keyBy(byUser))
      .process({ processElement1: failing, processElement2: ignored } as never),
  ),
  throwing('a broadcast record', env =>
    nothing(env)
      .connect(clicks(env).broadcast(rules))
      .process({ processElement: ignored, processBroadcastElement: failing } as never),
  ),
  throwing('an interval join', env =>
    timed(env).keyBy(byUser).intervalJoin(timed(env).keyBy(byUser)).between(0, 0).process(failing),
  ),
  throwing(
    'a coGroup',
    env =>
      timed(env)
        .coGroup(timed(env))
        .where(byUser)
        .equalTo(byUser)
        .window(minute)
        .apply(left => left.forEach(failing)),
    null,
    /: not this one \(in the window from 0 to 60000 of the key "cy"\)/,
  ),
]

const IN_ITS_WINDOW = 'in the window from 0 to 86400000 of the key 1'
const TRIGGERS_AND_EVICTORS: readonly BadRow[] = [
  throwing('a trigger for a record', env =>
    windowed(env)
      .trigger({ ...silent, onElement: but(goOn, fail) } as never)
      .count(),
  ),
  throwing(
    'a trigger at its time',
    env =>
      windowed(env)
        .trigger({ ...silent, onEventTime: fail } as never)
        .count(),
    null,
    new RegExp(`not this one \\(${IN_ITS_WINDOW}`),
  ),
  throwing(
    'a trigger that gives what is no result',
    env =>
      windowed(env)
        .trigger({ ...silent, onElement: but(goOn, () => 'FIER') } as never)
        .count(),
    CY,
    /returned "FIER"; return TriggerResult.CONTINUE, FIRE/,
  ),
  throwing(
    'an evictor',
    env =>
      windowed(env)
        .evictor({ evictBefore: fail } as never)
        .count(),
    null,
    new RegExp(`not this one \\(${IN_ITS_WINDOW}`),
  ),
  throwing(
    'an evictor that gives what is no list',
    env =>
      windowed(env)
        .evictor({ evictBefore: () => 5 } as never)
        .count(),
    null,
    new RegExp(`evictBefore\\(\\) has to return the array of elements that are to stay, not 5 \\(${IN_ITS_WINDOW}`),
  ),
  throwing(
    'getResult of a window',
    env => windowed(env).aggregate({ ...lastUser, getResult: fail }),
    null,
    new RegExp(`not this one \\(${IN_ITS_WINDOW}`),
  ),
]

const AROUND: readonly BadRow[] = [
  throwing('open', env => clicks(env).keyBy(byUser).process(new Opens()), null),
  throwing('getResult after a record', env =>
    clicks(env)
      .keyBy(byUser)
      .aggregate({ ...lastUser, getResult: user => (user === 'cy' ? fail() : user) }),
  ),
  throwing('a watermark generator', env => clicks(env).assignTimestampsAndWatermarks(generated({ onEvent: failing }))),
  throwing(
    'a watermark that is no number',
    env => clicks(env).assignTimestampsAndWatermarks(generated({ onPeriodicEmit: () => 'x' })),
    null,
    /onPeriodicEmit of the watermark generator has to return a number, not x/,
  ),
  throwing(
    'an answer that does not come',
    env => clicks(env).asyncMap(() => new Promise(ignored), { timeoutMs: 50 }),
    ANN,
    /did not answer within 50 ms/,
  ),
  throwing(
    'a rejection with a text',
    env =>
      clicks(env).asyncMap(
        but(
          async click => click,
          () => Promise.reject('a text'),
        ),
      ),
    CY,
    /: a text/,
  ),
  throwing(
    'statefulMap without a pair',
    env =>
      clicks(env)
        .keyBy(byUser)
        .statefulMap(((_user: string, click: Click) =>
          but(
            (): [Click[], number] => [[], 1],
            () => 5,
          )(click)) as never),
    CY,
    /\[outputs, newState\]|has to return/,
  ),
  [
    'the sum of texts',
    env =>
      clicks(env)
        .keyBy(byUser)
        .sum('user' as never),
    'FIELD_TYPE',
    ANN,
    /the field 'user' has to be a number, but is the string "ann"/,
  ],
  [
    'a flood from a timer',
    env => timed(env).keyBy(byUser).process(new Floods()),
    'OVERDRAFT',
    /"user": "flood"/,
    /emitted about \d+ KB at one go/,
  ],
  [
    'a flood from a window',
    env => windowed(env).process((_key, _window, _clicks, out: Collector<Click>) => floods(out)),
    'OVERDRAFT',
    /"user": "flood"/,
    /emitted about \d+ KB at one go/,
  ],
]

describe.each([
  ['a function of two streams that fails:', TWO_STREAMS],
  ['triggers and evictors that fail:', TRIGGERS_AND_EVICTORS],
  ['around records and keys:', AROUND],
] as const)('%s', (_title, rows) => {
  it.each(rows)('%s', (_what, build, code, record, message) => expectNamed(build, code, record, message))
})
