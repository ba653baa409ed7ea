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
import { merged } from './two-inputs.ts'

interface Shape {
  readonly sizeMs: number
  readonly slideMs: number
  readonly offsetMs?: number
}

/** The starts of the windows that a moment is in, ascending. */
function startsOf(at: number, { sizeMs, slideMs, offsetMs = 0 }: Shape): number[] {
  const starts: number[] = []
  for (let start = Math.floor((at - offsetMs) / slideMs) * slideMs + offsetMs; start + sizeMs > at; start -= slideMs) {
    starts.unshift(start)
  }
  return starts
}

/** The last start or end of a window up to this moment: what is between two of them is handled in order of arrival. */
function sliceStart(at: number, { sizeMs, slideMs, offsetMs = 0 }: Shape): number {
  const lastBound = (shift: number): number => Math.floor((at - shift) / slideMs) * slideMs + shift
  return Math.max(lastBound(offsetMs), lastBound(offsetMs + sizeMs))
}

/**
 * Sales by window and shop, in order of the windows' ends, then by slice and arrival of the shop's first sale there; the
 * sales of each by slice, then by arrival.
 */
function windowed(
  list: readonly Sale[],
  shape: Shape,
  result: (sales: readonly Sale[], window: TimeWindow, shop: string) => unknown,
): HarnessOutput[] {
  const inSlices = list.toSorted((a, b) => sliceStart(a.at, shape) - sliceStart(b.at, shape))
  const starts = [...new Set(list.flatMap(({ at }) => startsOf(at, shape)))].toSorted((a, b) => a - b)
  return starts.flatMap(start => {
    const window = { start, end: start + shape.sizeMs }
    const inWindow = inSlices.filter(({ at }) => start <= at && at < window.end)
    const shops = [...new Set(inWindow.map(({ shop }) => shop))]
    return shops.map(shop =>
      out(
        result(
          inWindow.filter(sale => sale.shop === shop),
          window,
          shop,
        ),
        window.end - 1,
      ),
    )
  })
}

function withWatermarks(list: readonly Sale[], behindMs: number): HarnessInput[] {
  let highest = Number.NEGATIVE_INFINITY
  const inputs = list.flatMap(sale => {
    highest = Math.max(highest, sale.at)
    return [record(sale, sale.at), watermark(highest - behindMs)]
  })
  return [...inputs, end()]
}

const DISORDERED = sales(90, 12, 3_000)
const DISORDERED_INPUTS = withWatermarks(DISORDERED, 4_001)

const EVEN: Shape = { sizeMs: 10_000, slideMs: 2_500 }
const UNEVEN: Shape = { sizeMs: 10_000, slideMs: 4_000, offsetMs: -1_500 }
const SAMPLES: Shape = { sizeMs: 3_000, slideMs: 10_000 }

function slidingNode(shape: Shape, compute: { type: string; field?: string }, more: JobNode['config'] = {}): JobNode {
  return node('window', { assigner: { type: 'sliding', ...shape, time: 'event' }, compute, ...more })
}

interface CountRules extends Shape {
  readonly keyOf: (value: unknown) => unknown
  readonly allowedLatenessMs?: number
  readonly lateTag?: string
  /** Records take the time of the clock, which shows this at first. */
  readonly clockMs?: number
}

/** Counts by key and window of elements that come in this order; each record counts in each window by itself. */
function counted(steps: readonly HarnessInput[], rules: CountRules): ExpectedOutcome {
  const { sizeMs, keyOf, allowedLatenessMs = 0, lateTag, clockMs } = rules
  const windows: { key: unknown; start: number; count: number; fired: boolean }[] = []
  const outputs: HarnessOutput[] = []
  const early = clockMs === undefined ? 1 : 0
  let lateRecords = 0
  let now = clockMs ?? Number.NEGATIVE_INFINITY
  const fire = (window: (typeof windows)[number]): void => {
    const { key, start, count } = window
    window.fired = true
    outputs.push(out({ key, start, end: start + sizeMs, count }, start + sizeMs - 1))
  }
  for (const step of merged(steps)) {
    if (step.type === 'now') {
      now = step.now
      for (const window of windows) if (!window.fired && window.start + sizeMs - early <= now) fire(window)
      continue
    }
    const { value, timestamp } = step
    const starts = startsOf(clockMs === undefined ? timestamp : now, rules)
    const open = starts.filter(start => clockMs !== undefined || start + sizeMs - 1 + allowedLatenessMs > now)
    if (open.length === 0) {
      lateRecords++
      if (lateTag !== undefined) outputs.push({ type: 'side', tag: lateTag, value, timestamp })
    }
    for (const start of open) {
      const key = keyOf(value)
      let window = windows.find(candidate => candidate.key === key && candidate.start === start)
      if (window === undefined) {
        window = { key, start, count: 0, fired: false }
        windows.push(window)
      }
      window.count++
      if (clockMs === undefined && start + sizeMs - 1 <= now) fire(window)
    }
  }
  return { outputs, lateRecords }
}

const letter = (word: unknown): unknown => (word as string)[0]

export const SLIDING_WINDOW_CASES: readonly OperatorCase[] = [
  ...(
    [
      ['sliding window', EVEN],
      ['sliding window of a size that is no multiple of the slide, with an offset', UNEVEN],
      ['sliding window with gaps', SAMPLES],
    ] as const
  ).flatMap(([name, shape]): OperatorCase[] => [
    {
      name: `${name}, with reduce and a window function`,
      node: slidingNode(shape, { type: 'reduce' }, { fn: '(a, b) => …', windowFn: '(key, window, sale, out) => …' }),
      functions: () => ({
        ...byShop,
        // The first of the highest: depends on the order.
        fn: (a: Sale, b: Sale) => (b.amount > a.amount ? b : a),
        windowFn: (key: string, window: TimeWindow, best: Sale, collector: Collector<unknown>) =>
          collector.collect({ key, ...window, best }),
      }),
      inputs: DISORDERED_INPUTS,
      expected: windowed(DISORDERED, shape, (list, window, key) => {
        const highest = Math.max(...amounts(list))
        return { key, ...window, best: list.find(({ amount }) => amount === highest) }
      }),
    },
    {
      name: `${name}, with all its records`,
      node: slidingNode(shape, { type: 'process' }, { windowFn: '(key, window, sales, out) => …' }),
      functions: () => ({
        ...byShop,
        windowFn: (key: string, { start }: TimeWindow, list: Sale[], collector: Collector<unknown>) =>
          collector.collect({ key, start, amounts: amounts(list) }),
      }),
      inputs: DISORDERED_INPUTS,
      expected: windowed(DISORDERED, shape, (list, { start }, key) => ({ key, start, amounts: amounts(list) })),
    },
  ]),
  {
    name: 'sliding window with aggregate',
    node: slidingNode(EVEN, { type: 'aggregate' }, { aggregator: spreadTexts }),
    functions: () => ({ ...byShop, aggregator: spread }),
    inputs: DISORDERED_INPUTS,
    expected: windowed(DISORDERED, EVEN, spreadOf),
  },
  ...(['sum', 'avg', 'min', 'max'] as const).map(
    (type): OperatorCase => ({
      name: `sliding window with ${type}`,
      node: slidingNode(UNEVEN, { type, field: 'amount' }),
      functions: () => byShop,
      inputs: DISORDERED_INPUTS,
      expected: windowed(DISORDERED, UNEVEN, (list, window, key) => {
        const all = amounts(list)
        const results = {
          sum: sumOf(list),
          avg: sumOf(list) / list.length,
          min: Math.min(...all),
          max: Math.max(...all),
        }
        return { key, ...window, [type]: results[type] }
      }),
    }),
  ),
  {
    name: 'sliding window with count and late records to a side output',
    node: slidingNode({ sizeMs: 10, slideMs: 5 }, { type: 'count' }, { lateTag: 'late' }),
    functions: () => ({ key0: letter }),
    inputs: [
      record('a1', 1),
      record('b1', 7),
      watermark(4),
      // Too late for the window of -5, in time for that of 0.
      record('a2', 2),
      watermark(8),
      record('a3', 4),
      watermark(9),
      record('a4', 4),
      record('b2', 5),
      end(),
    ],
    expected: [
      out({ key: 'a', start: -5, end: 5, count: 1 }, 4),
      out({ key: 'a', start: 0, end: 10, count: 3 }, 9),
      out({ key: 'b', start: 0, end: 10, count: 1 }, 9),
      { type: 'side', tag: 'late', value: 'a4', timestamp: 4 },
      out({ key: 'b', start: 5, end: 15, count: 2 }, 14),
    ],
    lateRecords: 1,
    expectedOf: steps => counted(steps, { sizeMs: 10, slideMs: 5, keyOf: letter, lateTag: 'late' }),
  },
  {
    name: 'sliding window with allowed lateness, late records',
    node: slidingNode({ sizeMs: 10, slideMs: 5 }, { type: 'count' }, { allowedLatenessMs: 5 }),
    functions: () => ({ key0: letter }),
    inputs: [
      record('a1', 1),
      watermark(5),
      // Of two windows the one of -5 has fired, and fires again.
      record('a2', 2),
      record('b1', 3),
      watermark(9),
      // end − 1 + lateness = 9 has been reached for the window of -5; that of 0 has fired.
      record('a3', 3),
      watermark(14),
      record('a4', 4),
      end(),
    ],
    expected: [
      out({ key: 'a', start: -5, end: 5, count: 1 }, 4),
      out({ key: 'a', start: -5, end: 5, count: 2 }, 4),
      out({ key: 'b', start: -5, end: 5, count: 1 }, 4),
      out({ key: 'a', start: 0, end: 10, count: 2 }, 9),
      out({ key: 'b', start: 0, end: 10, count: 1 }, 9),
      out({ key: 'a', start: 0, end: 10, count: 3 }, 9),
    ],
    lateRecords: 1,
    expectedOf: steps => counted(steps, { sizeMs: 10, slideMs: 5, keyOf: letter, allowedLatenessMs: 5 }),
  },
  {
    name: 'sliding window in processing time',
    node: node('window', {
      assigner: { type: 'sliding', sizeMs: 1_000, slideMs: 500, time: 'processing' },
      compute: { type: 'count' },
    }),
    functions: () => ({ key0: (word: unknown) => word }),
    startMs: 1_200,
    inputs: [record('x'), record('y'), time(1_499), record('x'), time(1_500), record('x'), time(2_000), end()],
    expected: [
      out({ key: 'x', start: 500, end: 1_500, count: 2 }, 1_499),
      out({ key: 'y', start: 500, end: 1_500, count: 1 }, 1_499),
      out({ key: 'x', start: 1_000, end: 2_000, count: 3 }, 1_999),
      out({ key: 'y', start: 1_000, end: 2_000, count: 1 }, 1_999),
      out({ key: 'x', start: 1_500, end: 2_500, count: 1 }, 2_499),
    ],
    expectedOf: steps => counted(steps, { sizeMs: 1_000, slideMs: 500, keyOf: word => word, clockMs: 1_200 }),
  },
]
