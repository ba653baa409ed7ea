import type { Collector } from '../../functions/collector.ts'
import type { TimeWindow } from '../../functions/window-function.ts'
import type { JobNode } from '../../graph/job-graph.ts'
import {
  type ExpectedOutcome,
  end,
  type HarnessInput,
  type HarnessOutput,
  type OperatorCase,
  record,
  time,
  watermark,
} from '../operator-harness.ts'
import { spread, spreadOf, spreadTexts } from './running-cases.ts'
import { amounts, byShop, node, out, type Sale, sales, sumOf } from './sales.ts'
import { SESSION_WINDOW_CASES } from './session-window-cases.ts'
import { SLIDING_WINDOW_CASES } from './sliding-window-cases.ts'
import { TRIGGERED_WINDOW_CASES } from './triggered-window-cases.ts'
import { merged } from './two-inputs.ts'

const SIZE_MS = 10_000

/** Group by shop and window, in order of the windows' ends, then of the shops' first sale in each. */
function byWindow(list: readonly Sale[], offsetMs = 0): { shop: string; window: TimeWindow; sales: Sale[] }[] {
  const groups: { shop: string; window: TimeWindow; sales: Sale[] }[] = []
  for (const sale of list) {
    const start = Math.floor((sale.at - offsetMs) / SIZE_MS) * SIZE_MS + offsetMs
    const group = groups.find(({ shop, window }) => shop === sale.shop && window.start === start)
    if (group !== undefined) group.sales.push(sale)
    else groups.push({ shop: sale.shop, window: { start, end: start + SIZE_MS }, sales: [sale] })
  }
  return groups.sort((a, b) => a.window.end - b.window.end)
}

function windowed(
  list: readonly Sale[],
  result: (sales: readonly Sale[], window: TimeWindow, shop: string) => unknown,
  offsetMs = 0,
): HarnessOutput[] {
  return byWindow(list, offsetMs).map(({ shop, window, sales }) => out(result(sales, window, shop), window.end - 1))
}

/** A watermark after each record, two seconds behind the highest timestamp: no record of the list is late by that. */
function withWatermarks(list: readonly Sale[], behindMs: number): HarnessInput[] {
  let highest = Number.NEGATIVE_INFINITY
  const inputs = list.flatMap(sale => {
    highest = Math.max(highest, sale.at)
    return [record(sale, sale.at), watermark(highest - behindMs)]
  })
  return [...inputs, end()]
}

const DISORDERED = sales(90, 11, 3_000)
const DISORDERED_INPUTS = withWatermarks(DISORDERED, 4_001)

function windowNode(compute: { type: string; field?: string }, more: JobNode['config'] = {}): JobNode {
  return node('window', { assigner: { type: 'tumbling', sizeMs: SIZE_MS, time: 'event' }, compute, ...more })
}

interface CountRules {
  readonly sizeMs: number
  readonly keyOf: (value: unknown) => unknown
  readonly allowedLatenessMs?: number
  readonly lateTag?: string
  /** Records take the time of the clock, which shows this at first, and what is open at the end fires. */
  readonly clockMs?: number
}

/** Counts by key and window of elements that come in this order. */
function counted(steps: readonly HarnessInput[], rules: CountRules): ExpectedOutcome {
  const { sizeMs, keyOf, allowedLatenessMs = 0, lateTag, clockMs } = rules
  const windows: { key: unknown; start: number; end: number; count: number; fired: boolean }[] = []
  const outputs: HarnessOutput[] = []
  let lateRecords = 0
  let now = clockMs ?? Number.NEGATIVE_INFINITY
  const fire = (window: (typeof windows)[number]): void => {
    const { key, start, end: windowEnd, count } = window
    window.fired = true
    outputs.push(out({ key, start, end: windowEnd, count }, windowEnd - 1))
  }
  for (const step of merged(steps)) {
    if (step.type === 'now') {
      now = step.now
      // An event-time window is through one millisecond before its end, the clock has to come to the end.
      for (const window of windows)
        if (!window.fired && window.end - (clockMs === undefined ? 1 : 0) <= now) fire(window)
      continue
    }
    const { value, timestamp } = step
    const start = Math.floor((clockMs === undefined ? timestamp : now) / sizeMs) * sizeMs
    if (clockMs === undefined && start + sizeMs - 1 + allowedLatenessMs <= now) {
      lateRecords++
      if (lateTag !== undefined) outputs.push({ type: 'side', tag: lateTag, value, timestamp })
      continue
    }
    const key = keyOf(value)
    let window = windows.find(candidate => candidate.key === key && candidate.start === start)
    if (window === undefined) {
      window = { key, start, end: start + sizeMs, count: 0, fired: false }
      windows.push(window)
    }
    window.count++
    if (clockMs === undefined && window.end - 1 <= now) fire(window)
  }
  return { outputs, lateRecords }
}

export const WINDOW_CASES: readonly OperatorCase[] = [
  {
    name: 'tumbling window with reduce',
    node: windowNode({ type: 'reduce' }, { fn: '(a, b) => …' }),
    functions: () => ({ ...byShop, fn: (a: Sale, b: Sale) => ({ ...a, amount: a.amount + b.amount }) }),
    inputs: DISORDERED_INPUTS,
    expected: windowed(DISORDERED, list => ({ ...list[0], amount: sumOf(list) })),
  },
  {
    name: 'tumbling window with an offset, reduce and a window function',
    node: node('window', {
      assigner: { type: 'tumbling', sizeMs: SIZE_MS, offsetMs: -3_000, time: 'event' },
      compute: { type: 'reduce' },
      fn: '(a, b) => …',
      windowFn: '(key, window, sale, out) => …',
    }),
    functions: () => ({
      ...byShop,
      fn: (a: Sale, b: Sale) => (b.amount > a.amount ? b : a),
      windowFn: (key: string, window: TimeWindow, best: Sale, collector: Collector<unknown>) => {
        collector.collect({ key, ...window, best: best.amount })
        collector.collect(`${key} is through`)
      },
    }),
    inputs: DISORDERED_INPUTS,
    expected: byWindow(DISORDERED, -3_000).flatMap(({ shop, window, sales: list }) => [
      out({ key: shop, start: window.start, end: window.end, best: Math.max(...amounts(list)) }, window.end - 1),
      out(`${shop} is through`, window.end - 1),
    ]),
  },
  {
    name: 'tumbling window with aggregate',
    node: windowNode({ type: 'aggregate' }, { aggregator: spreadTexts }),
    functions: () => ({ ...byShop, aggregator: spread }),
    inputs: DISORDERED_INPUTS,
    expected: windowed(DISORDERED, spreadOf),
  },
  {
    name: 'tumbling window with all its records',
    node: windowNode({ type: 'process' }, { windowFn: '(key, window, sales, out) => …' }),
    functions: () => ({
      ...byShop,
      windowFn: (key: string, { start }: TimeWindow, list: Sale[], collector: Collector<unknown>) =>
        collector.collect({ key, start, amounts: list.map(({ amount }) => amount) }),
    }),
    inputs: DISORDERED_INPUTS,
    expected: windowed(DISORDERED, (list, { start }, key) => ({ key, start, amounts: amounts(list) })),
  },
  ...(['sum', 'avg', 'min', 'max'] as const).map(
    (type): OperatorCase => ({
      name: `tumbling window with ${type}`,
      node: windowNode({ type, field: 'amount' }),
      functions: () => byShop,
      inputs: DISORDERED_INPUTS,
      expected: windowed(DISORDERED, (list, { start, end: windowEnd }, key) => {
        const all = amounts(list)
        const results = {
          sum: sumOf(list),
          avg: sumOf(list) / list.length,
          min: Math.min(...all),
          max: Math.max(...all),
        }
        return { key, start, end: windowEnd, [type]: results[type] }
      }),
    }),
  ),
  {
    name: 'tumbling window with count',
    node: windowNode({ type: 'count' }),
    functions: () => byShop,
    inputs: DISORDERED_INPUTS,
    expected: windowed(DISORDERED, (list, window, key) => ({ key, ...window, count: list.length })),
  },
  {
    name: 'tumbling window with late records to a side output',
    node: windowNode({ type: 'count' }, { lateTag: 'late' }),
    functions: () => ({ key0: () => 'all' }),
    inputs: [
      record('a', 0),
      record('b', 9_999),
      watermark(9_998),
      record('c', 9_999),
      watermark(9_999),
      record('d', 9_999),
      record('e', 10_000),
      end(),
    ],
    expected: [
      out({ key: 'all', start: 0, end: 10_000, count: 3 }, 9_999),
      { type: 'side', tag: 'late', value: 'd', timestamp: 9_999 },
      out({ key: 'all', start: 10_000, end: 20_000, count: 1 }, 19_999),
    ],
    lateRecords: 1,
    expectedOf: steps => counted(steps, { sizeMs: SIZE_MS, keyOf: () => 'all', lateTag: 'late' }),
  },
  {
    name: 'tumbling window with allowed lateness',
    node: windowNode({ type: 'count' }, { allowedLatenessMs: 1_000 }),
    functions: () => ({ key0: (word: unknown) => (word as string)[0] }),
    inputs: [
      record('a1', 5),
      watermark(9_999),
      // The window has fired; each late record fires it again for its key.
      record('a2', 6),
      record('b1', 7),
      watermark(10_998),
      record('a3', 8),
      watermark(10_999),
      // end − 1 + lateness = 10,999 has been reached.
      record('a4', 9),
      end(),
    ],
    expected: [
      out({ key: 'a', start: 0, end: 10_000, count: 1 }, 9_999),
      out({ key: 'a', start: 0, end: 10_000, count: 2 }, 9_999),
      out({ key: 'b', start: 0, end: 10_000, count: 1 }, 9_999),
      out({ key: 'a', start: 0, end: 10_000, count: 3 }, 9_999),
    ],
    lateRecords: 1,
    expectedOf: steps =>
      counted(steps, { sizeMs: SIZE_MS, keyOf: word => (word as string)[0], allowedLatenessMs: 1_000 }),
  },
  {
    name: 'tumbling window in processing time',
    node: node('window', {
      assigner: { type: 'tumbling', sizeMs: 1_000, time: 'processing' },
      compute: { type: 'count' },
    }),
    functions: () => ({ key0: (word: unknown) => word }),
    startMs: 1_500,
    inputs: [record('x'), record('y'), time(1_999), record('x'), time(2_000), record('x'), end()],
    expected: [
      out({ key: 'x', start: 1_000, end: 2_000, count: 2 }, 1_999),
      out({ key: 'y', start: 1_000, end: 2_000, count: 1 }, 1_999),
      out({ key: 'x', start: 2_000, end: 3_000, count: 1 }, 2_999),
    ],
    expectedOf: steps => counted(steps, { sizeMs: 1_000, keyOf: word => word, clockMs: 1_500 }),
  },
  ...SLIDING_WINDOW_CASES,
  ...SESSION_WINDOW_CASES,
  ...TRIGGERED_WINDOW_CASES,
]
