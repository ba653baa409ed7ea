import { describe, expect, test } from 'vitest'
import type { Collector } from '../functions/collector.ts'
import type { Context, OnTimerContext, RuntimeContext } from '../functions/process-function.ts'
import { valueState } from '../functions/state-descriptors.ts'
import { end, OperatorHarness, record, time, watermark } from '../testing/operator-harness.ts'
import { createOperator } from './operator-factories.ts'

const node = { uid: 'p', type: 'keyedProcess', name: 'watch', config: {} }

interface Parts {
  readonly open?: (context: RuntimeContext) => void
  readonly processElement: (value: string, context: Context<string>, out: Collector<unknown>) => void
  readonly onTimer?: (timestamp: number, context: OnTimerContext<string>, out: Collector<unknown>) => void
  readonly close?: () => void
}

function harness(fn: Parts | Parts['processElement'], oneCredit = false): OperatorHarness {
  const functions = () => ({ key0: (value: unknown) => (value as string)[0], fn })
  return new OperatorHarness(node, functions, createOperator, { oneCredit })
}

const values = (of: OperatorHarness): unknown[] =>
  of.outputs.map(output => (output.type === 'watermark' ? output.watermark : output.value))

describe('timers', () => {
  const reminding: Parts = {
    processElement: (value, context) => context.timerService().registerEventTimeTimer(Number(value.slice(1))),
    onTimer: (timestamp, context, out) => out.collect(`${context.currentKey()}@${timestamp}`),
  }

  test('fire for their key, before the watermark goes on, with the timer’s time as timestamp', () => {
    const watch = harness(reminding)
    watch.push(record('a20', 1), record('b10', 1), record('a20', 1), watermark(9), watermark(20))
    expect(values(watch)).toEqual([9, 'b@10', 'a@20', 20])
    expect(watch.outputs[1]).toMatchObject({ timestamp: 10 })
  })

  test('stop between two when outputs are full, and none is lost', () => {
    const watch = harness(reminding, true)
    watch.push(...'abcdef'.split('').map((key, i) => record(`${key}${10 - i}`, 0)), end())
    expect(values(watch)).toEqual(['f@5', 'e@6', 'd@7', 'c@8', 'b@9', 'a@10', Infinity])
    expect(watch.emittedWhileFull).toBe(0)
  })

  test('see the watermark that fires them, and those they register up to it fire too', () => {
    const watch = harness({
      processElement: (_value, context) => context.timerService().registerEventTimeTimer(10),
      onTimer: (timestamp, context, out) => {
        out.collect([timestamp, context.timerService().currentWatermark()])
        if (timestamp < 40) context.timerService().registerEventTimeTimer(timestamp + 10)
      },
    })
    watch.push(record('a', 0), watermark(25), watermark(100))
    expect(values(watch)).toEqual([[10, 25], [20, 25], 25, [30, 100], [40, 100], 100])
  })

  test('of the past fire with the next watermark', () => {
    const watch = harness(reminding)
    watch.push(watermark(50), record('a20', 60), watermark(51))
    expect(values(watch)).toEqual([50, 'a@20', 51])
  })

  test('on the clock fire when it shows their time, and not at the end of the input', () => {
    const watch = harness({
      processElement: (value, context) => context.timerService().registerProcessingTimeTimer(Number(value.slice(1))),
      onTimer: (timestamp, context, out) => out.collect(`${context.timeDomain()} ${timestamp}`),
    })
    watch.push(record('a100'), record('a200'), time(99))
    expect(watch.operator.nextProcessingTime?.()).toBe(100)
    watch.push(time(100), end())
    expect(values(watch)).toEqual(['processing-time 100', Infinity])
  })

  test('of another key are not touched by a deletion', () => {
    const watch = harness({
      ...reminding,
      processElement: (value, context) => {
        if (value.endsWith('-')) context.timerService().deleteEventTimeTimer(10)
        else context.timerService().registerEventTimeTimer(10)
      },
    })
    watch.push(record('a'), record('b'), record('a-'), end())
    expect(values(watch)).toEqual(['b@10', Infinity])
  })
})

describe('state', () => {
  test('of each key stands by itself, and in a timer it is that of the timer’s key', () => {
    const state = valueState('count', { default: 0 })
    let count: { value(): number; update(value: number): void }
    const watch = harness({
      open: context => {
        count = context.getState(state)
      },
      processElement: (_value, context) => {
        count.update(count.value() + 1)
        context.timerService().registerEventTimeTimer(5)
      },
      onTimer: (_timestamp, context, out) => out.collect(`${context.currentKey()}=${count.value()}`),
    })
    watch.push(record('a'), record('b'), record('a'), end())
    expect(values(watch)).toEqual(['a=2', 'b=1', Infinity])
  })

  test('cannot be used in open, where there is no key', () => {
    expect(() =>
      harness({
        open: context => void context.getState(valueState<number>('v')).value(),
        processElement: () => undefined,
      }),
    ).toThrow(/operator 'watch': keyed state was used where there is no current key/)
  })
})

test('the plain form gets value, context and collector', () => {
  const watch = harness((value, context, out) => {
    out.collect(`${context.currentKey()} ${context.timestamp()}`)
    context.output('copy', value)
  })
  watch.push(record('a', 3))
  expect(watch.outputs).toEqual([
    { type: 'record', value: 'a 3', timestamp: 3 },
    { type: 'side', tag: 'copy', value: 'a', timestamp: 3 },
  ])
})

test.each(['open', 'processElement', 'onTimer', 'close'] as const)('an error in %s names the operator', method => {
  const failing: Parts = {
    processElement: (_value, context) => context.timerService().registerEventTimeTimer(1),
    [method]: () => {
      throw new Error(`${method} failed`)
    },
  }
  expect(() => {
    const watch = harness(failing)
    watch.push(record('a'), end())
    watch.close()
  }).toThrow(`operator 'watch': ${method} failed`)
})

test('a non-keyed process function that asks for state is told what to do', () => {
  const fn = {
    open: (context: RuntimeContext) => void context.getState(valueState('v')),
    processElement: () => undefined,
  }
  expect(() => new OperatorHarness({ ...node, type: 'process' }, () => ({ fn }), createOperator)).toThrow(
    /call keyBy\(…\) before process\(…\)/,
  )
})

test('what is no function at all is an error of the graph', () => {
  expect(() => new OperatorHarness(node, () => ({ key0: () => 1, fn: 5 }), createOperator)).toThrow(
    expect.objectContaining({ code: 'JOB_GRAPH' }),
  )
})
