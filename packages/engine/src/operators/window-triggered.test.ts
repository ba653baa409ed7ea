import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TimestampedValue } from '../functions/evictor.ts'
import { listState, mapState, reducingState, valueState } from '../functions/state-descriptors.ts'
import { type OnMergeContext, type Trigger, type TriggerContext, TriggerResult } from '../functions/trigger.ts'
import type { TimeWindow } from '../functions/window-function.ts'
import type { NodeFunctions } from '../graph/job-functions.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { inAnyOrder } from '../testing/harness-modes.ts'
import { end, OperatorHarness, record, time, watermark } from '../testing/operator-harness.ts'
import { createOperator } from './operator-factories.ts'

const TEN = { type: 'tumbling', sizeMs: 10, time: 'event' }
const GLOBAL = { type: 'global', time: 'event' }

/** Emits `key start values`, the values sorted. */
const describing = {
  key0: (value: unknown) => (value as string)[0],
  windowFn: (key: string, { start }: TimeWindow, values: string[], out: { collect(value: string): void }) =>
    out.collect(`${key} ${start} ${values.toSorted().join()}`),
}

function harness(config: JobNode['config'], functions: NodeFunctions = {}, oneCredit = false): OperatorHarness {
  const node = { uid: 'w', type: 'window', name: 'the window', config: { compute: { type: 'process' }, ...config } }
  return new OperatorHarness(node, () => ({ ...describing, ...functions }), createOperator, { oneCredit })
}

function emitted(of: OperatorHarness): unknown[] {
  return of.outputs.flatMap(output => (output.type === 'record' ? [output.value] : []))
}

/** A trigger that never fires, but for what is given. */
function trigger(parts: Partial<Trigger<unknown>>): JobNode['config'] & { triggerFn?: unknown } {
  const quiet: Trigger<unknown> = {
    onElement: () => TriggerResult.CONTINUE,
    onEventTime: () => TriggerResult.CONTINUE,
    onProcessingTime: () => TriggerResult.CONTINUE,
    clear: () => undefined,
  }
  return { triggerFn: { ...quiet, ...parts } as never }
}

function custom(
  assigner: JobNode['config'],
  parts: Partial<Trigger<unknown>>,
  more: JobNode['config'] = {},
): OperatorHarness {
  return harness({ assigner, trigger: { type: 'custom' }, triggerFn: '…', ...more }, trigger(parts))
}

describe('a window with a trigger of its own', () => {
  test('gives no result at its end, and what it held is gone then', () => {
    const window = custom(TEN, {})
    window.push(record('a1', 1), watermark(8))
    expect(window.state.sizeBytes()).toBeGreaterThan(0)
    window.push(watermark(9), end())
    expect(emitted(window)).toEqual([])
    expect(window.state.sizeBytes()).toBe(0)
  })

  test('keeps its records for the allowed lateness, and is then cleared, timers and all', () => {
    const cleared: TimeWindow[] = []
    const window = custom(TEN, { clear: at => void cleared.push({ ...at }) }, { allowedLatenessMs: 5 })
    window.push(record('a1', 1), watermark(13))
    expect([cleared, window.state.sizeBytes() > 0]).toEqual([[], true])
    window.push(watermark(14))
    expect(cleared).toEqual([{ start: 0, end: 10 }])
    expect([window.state.sizeBytes(), window.snapshot().keyed]).toEqual([0, []])
  })

  test('fires when it says so, forgets when it says so, and does both', () => {
    const results: TriggerResult[] = ['CONTINUE', 'FIRE', 'FIRE_AND_PURGE', 'FIRE', 'PURGE', 'FIRE']
    const window = custom(TEN, { onElement: () => results.shift() as TriggerResult })
    window.push(...[1, 2, 3, 4, 5, 6].map(n => record(`a${n}`, n)), end())
    expect(emitted(window)).toEqual(['a 0 a1,a2', 'a 0 a1,a2,a3', 'a 0 a4', 'a 0 a6'])
  })

  test('is called for each of its timers once, in order, and not for those it has deleted', () => {
    const calls: number[] = []
    const window = custom(TEN, {
      onElement: (_value, _timestamp, _window, context) => {
        for (const at of [7, 3, 5, 3]) context.registerEventTimeTimer(at)
        context.deleteEventTimeTimer(5)
        return TriggerResult.CONTINUE
      },
      onEventTime: at => {
        calls.push(at)
        return at === 7 ? TriggerResult.FIRE : TriggerResult.CONTINUE
      },
    })
    window.push(record('a1', 1), watermark(4))
    window.restore()
    window.push(watermark(8), watermark(9))
    expect(emitted(window)).toEqual(['a 0 a1'])
    // The last is the time at which the window is thrown away.
    expect(calls).toEqual([3, 7, 9])
  })

  test('has timers on the clock, beside event time', () => {
    const window = custom(TEN, {
      onElement: (_value, _timestamp, _window, context) => {
        context.registerProcessingTimeTimer(context.currentProcessingTime() + 100)
        return TriggerResult.CONTINUE
      },
      onProcessingTime: () => TriggerResult.FIRE,
    })
    window.push(record('a1', 1))
    expect(window.operator.nextProcessingTime?.()).toBe(100)
    window.push(time(99), time(100), time(200))
    expect(emitted(window)).toEqual(['a 0 a1'])
  })

  test('has state of every kind for each key and window, which is a part of snapshots', () => {
    const COUNT = valueState<number>('count', { default: 0 })
    const SUM = reducingState<number>('sum', (a, b) => a + b)
    const LIST = listState<string>('list')
    const MAP = mapState<string, number>('map')
    const seen: unknown[] = []
    const window = custom(TEN, {
      onElement: (value, timestamp, _window, context) => {
        context.getState(COUNT).update(context.getState(COUNT).value() + 1)
        context.getState(SUM).add(timestamp)
        context.getState(LIST).add(value as string)
        context.getState(MAP).put(value as string, timestamp)
        const held = [context.getState(COUNT).value(), context.getState(SUM).get()]
        seen.push([value, ...held, context.getState(LIST).get().join(), [...context.getState(MAP).entries()].length])
        return TriggerResult.CONTINUE
      },
      clear: (_window, context) => {
        for (const state of [COUNT, SUM, LIST, MAP]) context.getState(state as typeof LIST).clear()
      },
    })
    for (const input of [record('a1', 1), record('b1', 2), record('a2', 3), record('a3', 12), record('a2', 4)]) {
      window.push(input)
      window.restore()
    }
    expect(seen).toEqual([
      ['a1', 1, 1, 'a1', 1],
      ['b1', 1, 2, 'b1', 1],
      ['a2', 2, 4, 'a1,a2', 2],
      ['a3', 1, 12, 'a3', 1],
      ['a2', 3, 8, 'a1,a2,a2', 2],
    ])
    window.push(end())
    expect(window.state.sizeBytes()).toBe(0)
  })

  test('that returns something else is an error with the operator and what to return', () => {
    const window = custom(TEN, { onElement: () => 'fire' as never })
    expect(() => window.push(record('a1', 1))).toThrow(
      /operator 'the window': the trigger returned "fire"; return TriggerResult\.CONTINUE, FIRE, PURGE or FIRE_AND_PURGE/,
    )
    const nothing = custom(TEN, { onElement: () => undefined as never })
    expect(() => nothing.push(record('a1', 1))).toThrow(/the trigger returned undefined/)
    const promise = custom(TEN, { onElement: () => Promise.resolve('FIRE') as never })
    expect(() => promise.push(record('a1', 1))).toThrow(/operator 'the window': onElement\(\) returned a promise/)
  })

  test('that throws is an error with the operator', () => {
    const fail = (): never => {
      throw new RangeError('too much')
    }
    for (const name of ['onElement', 'onEventTime', 'clear'] as const) {
      const window = custom(TEN, { [name]: fail })
      expect(() => window.push(record('a1', 1), end()), name).toThrow("operator 'the window': too much")
    }
  })

  test('that is not whole is refused when the operator is made', () => {
    const make = (assigner: JobNode['config'], triggerFn: unknown) => () =>
      harness({ assigner, trigger: { type: 'custom' } }, { triggerFn })
    expect(make(TEN, {})).toThrow(/operator 'the window' .*missing: onElement, onEventTime, onProcessingTime, clear/)
    expect(make({ type: 'session', gapMs: 1, time: 'event' }, trigger({}).triggerFn)).toThrow(/missing: onMerge/)
  })
})

describe('sessions that merge under a trigger', () => {
  const SEEN = listState<string>('seen')
  const LAST = valueState<number>('last')
  const remembering: Partial<Trigger<unknown>> = {
    onElement: (value, _timestamp, _window, context) => {
      context.getState(SEEN).add(value as string)
      return context.getState(SEEN).get().length === 3 ? TriggerResult.FIRE : TriggerResult.CONTINUE
    },
    onMerge: (_window, context: OnMergeContext) => context.mergePartitionedState(SEEN),
    clear: (_window, context: TriggerContext) => context.getState(SEEN).clear(),
  }
  const session = { type: 'session', gapMs: 5, time: 'event' }

  test('hand on what it asks for, and nothing else', () => {
    const window = custom(session, remembering)
    window.push(record('a1', 0), record('a2', 10))
    window.restore()
    window.push(record('a3', 5), end())
    expect(emitted(window)).toEqual(['a 0 a1,a2,a3'])
    expect(window.state.sizeBytes()).toBe(0)
  })

  test('refuse to merge state that has no way to be merged', () => {
    const window = custom(session, {
      ...remembering,
      onElement: (_value, timestamp, _window, context) => {
        context.getState(LAST).update(timestamp)
        return TriggerResult.CONTINUE
      },
      onMerge: (_window, context) => context.mergePartitionedState(LAST as never),
    })
    window.push(record('a1', 0), record('a2', 10))
    expect(() => window.push(record('a3', 5))).toThrow(/operator 'the window': mergePartitionedState\(\) takes/)
  })

  test('count on with a count trigger', () => {
    const window = harness({ assigner: session, trigger: { type: 'count', count: 3 } })
    window.push(record('a1', 0), record('a2', 10), record('a3', 5), record('a4', 6), end())
    expect(emitted(window)).toEqual(['a 0 a1,a2,a3'])
  })

  test('fire on with a continuous trigger, at the earlier of their times', () => {
    const window = harness({ assigner: session, trigger: { type: 'continuousEventTime', intervalMs: 4 } })
    window.push(record('a1', 1), record('a2', 9), record('a3', 5), watermark(4), watermark(7), end())
    expect(emitted(window)).toEqual(Array(4).fill('a 1 a1,a2,a3'))
  })
})

describe('a global window', () => {
  test('needs no timestamps, and its results have the highest of its records', () => {
    const window = harness({ assigner: GLOBAL, trigger: { type: 'count', count: 2 } })
    window.push(record('a1'), record('a2'), record('a3', 7), record('a4', 5))
    expect(window.outputs.map(output => output.type === 'record' && output.timestamp)).toEqual([-Infinity, 7])
  })

  test('holds nothing once it has been purged', () => {
    const window = harness({ assigner: GLOBAL, trigger: { type: 'purging', of: { type: 'count', count: 2 } } })
    window.push(record('a1'), record('a2'))
    expect(window.state.sizeBytes()).toBe(0)
    window.push(record('a3'), record('b1'), end())
    expect(emitted(window)).toEqual(['a -Infinity a1,a2'])
  })

  test('with a continuous trigger in event time comes to an end with its input', () => {
    const window = harness({ assigner: GLOBAL, trigger: { type: 'continuousEventTime', intervalMs: 10 } })
    window.push(record('a1', 3), watermark(9), watermark(10), record('a2', 25), end())
    expect(emitted(window)).toEqual(['a -Infinity a1', 'a -Infinity a1,a2', 'a -Infinity a1,a2'])
  })
})

test('a trigger that fires all of many windows at a record does so as outputs have room', () => {
  const assigner = { type: 'sliding', sizeMs: 20, slideMs: 1, time: 'event' }
  const window = harness({ assigner, trigger: { type: 'count', count: 1 } }, {}, true)
  window.push(record('a1', 20), record('a2', 20), end())
  expect(emitted(window)).toHaveLength(40)
  expect(window.emittedWhileFull).toBe(0)
})

describe('an evictor', () => {
  const with_ = (evictorFn: unknown) => harness({ assigner: TEN, evictor: { type: 'custom' } }, { evictorFn })

  test('gets the records with their timestamps in order of arrival', () => {
    const seen: (readonly TimestampedValue<unknown>[])[] = []
    const window = with_({
      evictBefore: (elements: readonly TimestampedValue<unknown>[]) => {
        seen.push(elements.slice())
        return elements
      },
    })
    window.push(record('a1', 5), record('a2', 3), end())
    expect(seen).toEqual([
      [
        { value: 'a1', timestamp: 5 },
        { value: 'a2', timestamp: 3 },
      ],
    ])
    expect(emitted(window)).toEqual(['a 0 a1,a2'])
  })

  test('that leaves nothing leaves no result', () => {
    const window = with_({ evictBefore: () => [] })
    window.push(record('a1', 5), end())
    expect(emitted(window)).toEqual([])
    expect(window.state.sizeBytes()).toBe(0)
  })

  test('that gives something else is an error with the operator', () => {
    const window = with_({ evictBefore: () => undefined })
    window.push(record('a1', 5))
    expect(() => window.push(end())).toThrow(
      /operator 'the window': the evictor's evictBefore\(\) has to return the array/,
    )
  })

  test('without its functions is refused when the operator is made', () => {
    expect(() => with_({})).toThrow(/operator 'the window' .*evictBefore or evictAfter/)
  })

  test('works in a session and in a sliding window', () => {
    const evictor = { type: 'count', count: 2 }
    const session = harness({ assigner: { type: 'session', gapMs: 5, time: 'event' }, evictor })
    session.push(record('a1', 0), record('a2', 10), record('a3', 5), record('a4', 6), end())
    expect(emitted(session)).toEqual(['a 0 a3,a4'])
    const sliding = harness({ assigner: { type: 'sliding', sizeMs: 10, slideMs: 5, time: 'event' }, evictor })
    sliding.push(record('a1', 0), record('a2', 1), record('a3', 6), end())
    expect(emitted(sliding)).toEqual(['a -5 a1,a2', 'a 0 a2,a3', 'a 5 a3'])
  })
})

const assigners = fc.oneof(
  fc.constantFrom(1, 7, 10).map((sizeMs): JobNode['config'] => ({ type: 'tumbling', sizeMs })),
  fc
    .tuple(fc.constantFrom(3, 10, 12), fc.constantFrom(1, 4, 5, 17), fc.integer({ min: -30, max: 30 }))
    .map(([sizeMs, slideMs, offset]): JobNode['config'] => ({
      type: 'sliding',
      sizeMs,
      slideMs,
      offsetMs: offset % slideMs,
    })),
  fc.constantFrom(1, 3, 8).map((gapMs): JobNode['config'] => ({ type: 'session', gapMs })),
)
const inputs = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: -30, max: 60 }))
        .map(([key, at]) => record(`${key}${at}`, at)),
    },
    { weight: 1, arbitrary: fc.integer({ min: -30, max: 60 }).map(at => watermark(at)) },
  ),
  { maxLength: 40 },
)

test('with its default trigger and an evictor that evicts nothing, a window gives what it gives without', () => {
  fc.assert(
    fc.property(
      inputs,
      assigners,
      fc.constantFrom(0, 1, 12),
      fc.boolean(),
      fc.nat(39),
      (list, assigner, latenessMs, oneCredit, restoreAt) => {
        const run = (more: JobNode['config']): { outputs: string[]; late: number; bytes: number } => {
          const config = { assigner: { ...assigner, time: 'event' }, allowedLatenessMs: latenessMs, ...more }
          const window = harness(config, {}, oneCredit)
          for (const [i, input] of [...list, end()].entries()) {
            window.push(input)
            if (i === restoreAt) window.restore()
          }
          const records = window.outputs.filter(({ type }) => type === 'record')
          const { lateRecords } = window.counters
          return { outputs: inAnyOrder(records), late: lateRecords, bytes: window.state.sizeBytes() }
        }
        expect(run({ evictor: { type: 'count', count: 1_000 } })).toEqual(run({}))
      },
    ),
    { numRuns: 600 },
  )
})
