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

const GAP_MS = 4_000

/** Sales that a shop made with no more than a gap between one and the next, sorted by the end. */
function bySession(list: readonly Sale[]): { shop: string; window: TimeWindow; sales: Sale[] }[] {
  const sessions: { shop: string; window: TimeWindow; sales: Sale[] }[] = []
  for (const shop of new Set(list.map(sale => sale.shop))) {
    let current: Sale[] = []
    const close = (): void => {
      if (current.length === 0) return
      const window = { start: current[0].at, end: (current.at(-1) as Sale).at + GAP_MS }
      sessions.push({ shop, window, sales: current })
      current = []
    }
    for (const sale of list.filter(one => one.shop === shop).toSorted((a, b) => a.at - b.at)) {
      if (current.length > 0 && sale.at - (current.at(-1) as Sale).at > GAP_MS) close()
      current.push(sale)
    }
    close()
  }
  return sessions.toSorted((a, b) => a.window.end - b.window.end)
}

function inSessions(
  list: readonly Sale[],
  result: (sales: readonly Sale[], window: TimeWindow, shop: string) => unknown,
): HarnessOutput[] {
  return bySession(list).map(({ shop, window, sales }) => out(result(sales, window, shop), window.end))
}

function withWatermarks(list: readonly Sale[], behindMs: number): HarnessInput[] {
  let highest = Number.NEGATIVE_INFINITY
  const inputs = list.flatMap(sale => {
    highest = Math.max(highest, sale.at)
    return [record(sale, sale.at), watermark(highest - behindMs)]
  })
  return [...inputs, end()]
}

const DISORDERED = sales(90, 13, 3_000)
const DISORDERED_INPUTS = withWatermarks(DISORDERED, 4_001)

function sessionNode(compute: { type: string; field?: string }, more: JobNode['config'] = {}): JobNode {
  return node('window', { assigner: { type: 'session', gapMs: GAP_MS, time: 'event' }, compute, ...more })
}

interface CountRules {
  readonly gapMs: number
  readonly keyOf: (value: unknown) => unknown
  readonly allowedLatenessMs?: number
  readonly lateTag?: string
  /** Records take the time of the clock, which shows this at first. */
  readonly clockMs?: number
}

/** Counts by key and session of elements that come in this order. */
function counted(steps: readonly HarnessInput[], rules: CountRules): ExpectedOutcome {
  const { gapMs, keyOf, allowedLatenessMs = 0, lateTag, clockMs } = rules
  let sessions: { key: unknown; start: number; end: number; count: number; fired: boolean }[] = []
  const outputs: HarnessOutput[] = []
  let lateRecords = 0
  let now = clockMs ?? Number.NEGATIVE_INFINITY
  const fire = (session: (typeof sessions)[number]): void => {
    const { key, start, end: sessionEnd, count } = session
    session.fired = true
    outputs.push(out({ key, start, end: sessionEnd, count }, sessionEnd))
  }
  for (const step of merged(steps)) {
    if (step.type === 'now') {
      now = step.now
      for (const session of sessions) if (!session.fired && session.end <= now) fire(session)
      sessions = sessions.filter(session => session.end + allowedLatenessMs > now)
      continue
    }
    const { value, timestamp } = step
    const key = keyOf(value)
    const at = clockMs === undefined ? timestamp : now
    const near = sessions.filter(one => one.key === key && one.start - gapMs <= at && at <= one.end)
    const joined = {
      key,
      start: Math.min(at, ...near.map(({ start }) => start)),
      end: Math.max(at + gapMs, ...near.map(one => one.end)),
      count: near.reduce((sum, { count }) => sum + count, 1),
      fired: false,
    }
    if (joined.end + allowedLatenessMs <= now) {
      lateRecords++
      if (lateTag !== undefined) outputs.push({ type: 'side', tag: lateTag, value, timestamp })
      continue
    }
    sessions = [...sessions.filter(one => !near.includes(one)), joined]
    if (joined.end <= now) fire(joined)
  }
  return { outputs, lateRecords }
}

const letter = (word: unknown): unknown => (word as string)[0]

export const SESSION_WINDOW_CASES: readonly OperatorCase[] = [
  {
    name: 'session window with reduce and a window function',
    node: sessionNode({ type: 'reduce' }, { fn: '(a, b) => …', windowFn: '(key, window, sale, out) => …' }),
    functions: () => ({
      ...byShop,
      fn: (a: Sale, b: Sale) => (b.amount > a.amount ? b : a),
      windowFn: (key: string, window: TimeWindow, best: Sale, collector: Collector<unknown>) => {
        collector.collect({ key, ...window, best: best.amount })
        collector.collect(`${key} is through`)
      },
    }),
    inputs: DISORDERED_INPUTS,
    expected: bySession(DISORDERED).flatMap(({ shop, window, sales: list }) => [
      out({ key: shop, ...window, best: Math.max(...amounts(list)) }, window.end),
      out(`${shop} is through`, window.end),
    ]),
  },
  {
    name: 'session window with aggregate',
    node: sessionNode({ type: 'aggregate' }, { aggregator: spreadTexts }),
    functions: () => ({ ...byShop, aggregator: spread }),
    inputs: DISORDERED_INPUTS,
    expected: inSessions(DISORDERED, spreadOf),
  },
  {
    name: 'session window with all its records',
    node: sessionNode({ type: 'process' }, { windowFn: '(key, window, sales, out) => …' }),
    functions: () => ({
      ...byShop,
      windowFn: (key: string, window: TimeWindow, list: Sale[], collector: Collector<unknown>) =>
        collector.collect({ key, ...window, sales: list.toSorted((a, b) => a.at - b.at) }),
    }),
    inputs: DISORDERED_INPUTS,
    expected: inSessions(DISORDERED, (list, window, key) => ({ key, ...window, sales: list })),
  },
  ...(['sum', 'count', 'avg', 'min', 'max'] as const).map(
    (type): OperatorCase => ({
      name: `session window with ${type}`,
      node: sessionNode(type === 'count' ? { type } : { type, field: 'amount' }),
      functions: () => byShop,
      inputs: DISORDERED_INPUTS,
      expected: inSessions(DISORDERED, (list, window, key) => {
        const all = amounts(list)
        const results = {
          sum: sumOf(list),
          count: list.length,
          avg: sumOf(list) / list.length,
          min: Math.min(...all),
          max: Math.max(...all),
        }
        return { key, ...window, [type]: results[type] }
      }),
    }),
  ),
  {
    name: 'session window with late records to a side output',
    node: node('window', {
      assigner: { type: 'session', gapMs: 5, time: 'event' },
      compute: { type: 'count' },
      lateTag: 'late',
    }),
    functions: () => ({ key0: letter }),
    inputs: [
      record('a1', 0),
      record('b1', 12),
      watermark(5),
      // The session [0, 5) is over; this one would end at 9.
      record('a2', 4),
      watermark(9),
      record('a3', 4),
      // Joins what is open.
      record('b2', 8),
      end(),
    ],
    expected: [
      out({ key: 'a', start: 0, end: 5, count: 1 }, 5),
      out({ key: 'a', start: 4, end: 9, count: 1 }, 9),
      { type: 'side', tag: 'late', value: 'a3', timestamp: 4 },
      out({ key: 'b', start: 8, end: 17, count: 2 }, 17),
    ],
    lateRecords: 1,
    expectedOf: steps => counted(steps, { gapMs: 5, keyOf: letter, lateTag: 'late' }),
  },
  {
    name: 'session window with allowed lateness, and a late record that bridges two sessions',
    node: node('window', {
      assigner: { type: 'session', gapMs: 5, time: 'event' },
      compute: { type: 'count' },
      allowedLatenessMs: 5,
    }),
    functions: () => ({ key0: letter }),
    inputs: [
      record('a1', 0),
      record('a2', 10),
      watermark(7),
      // Of the two sessions the first has fired.
      record('a3', 5),
      record('b1', 1),
      watermark(10),
      record('b2', 0),
      watermark(11),
      record('b3', 1),
      end(),
    ],
    expected: [
      out({ key: 'a', start: 0, end: 5, count: 1 }, 5),
      out({ key: 'b', start: 1, end: 6, count: 1 }, 6),
      out({ key: 'b', start: 0, end: 6, count: 2 }, 6),
      out({ key: 'a', start: 0, end: 15, count: 3 }, 15),
    ],
    lateRecords: 1,
    expectedOf: steps => counted(steps, { gapMs: 5, keyOf: letter, allowedLatenessMs: 5 }),
  },
  {
    name: 'session window in processing time',
    node: node('window', {
      assigner: { type: 'session', gapMs: 500, time: 'processing' },
      compute: { type: 'count' },
    }),
    functions: () => ({ key0: (word: unknown) => word }),
    startMs: 1_000,
    inputs: [record('x'), record('y'), time(1_499), record('x'), time(1_500), time(1_999), record('x'), end()],
    expected: [
      out({ key: 'y', start: 1_000, end: 1_500, count: 1 }, 1_500),
      out({ key: 'x', start: 1_000, end: 1_999, count: 2 }, 1_999),
      out({ key: 'x', start: 1_999, end: 2_499, count: 1 }, 2_499),
    ],
    expectedOf: steps => counted(steps, { gapMs: 500, keyOf: word => word, clockMs: 1_000 }),
  },
]
