import type { Collector } from '../../functions/collector.ts'
import type { TimestampedValue } from '../../functions/evictor.ts'
import { reducingState, valueState } from '../../functions/state-descriptors.ts'
import { type OnMergeContext, type TriggerContext, TriggerResult } from '../../functions/trigger.ts'
import type { TimeWindow } from '../../functions/window-function.ts'
import type { JobNode } from '../../graph/job-graph.ts'
import { end, type HarnessOutput, type OperatorCase, record, time, watermark } from '../operator-harness.ts'
import { amounts, byShop, inputsOf, node, out, SALES, type Sale, sales, sumOf } from './sales.ts'

/** What a window function here emits, so that all of a result shows. */
const describe = (key: string, window: TimeWindow, list: readonly Sale[]): unknown => ({
  key,
  start: Number.isFinite(window.start) ? window.start : 'open',
  amounts: amounts(list),
})
const describing = {
  windowFn: (key: string, window: TimeWindow, list: readonly Sale[], collector: Collector<unknown>) =>
    collector.collect(describe(key, window, list)),
}
const ALL_RECORDS: JobNode['config'] = { compute: { type: 'process' }, windowFn: '(key, window, sales, out) => …' }
const GLOBAL = { type: 'global', time: 'event' }
const EVER: TimeWindow = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }
const TEN_SECONDS = { type: 'tumbling', sizeMs: 10_000, time: 'event' }

/** Elements of one shop, with their place among them, in the order of all. */
function perShop(
  list: readonly Sale[],
  results: (sofar: readonly Sale[], sale: Sale) => readonly HarnessOutput[],
): HarnessOutput[] {
  return list.flatMap((sale, i) => {
    const soFar = list.slice(0, i + 1).filter(({ shop }) => shop === sale.shop)
    return results(soFar, sale)
  })
}

const highest = (list: readonly Sale[]): number => Math.max(...list.map(({ at }) => at))

/** Fires at each sale above 500, and forgets the window at one below −200. */
class LargeSale {
  onElement(sale: Sale): TriggerResult {
    if (sale.amount > 500) return TriggerResult.FIRE
    return sale.amount < -200 ? TriggerResult.PURGE : TriggerResult.CONTINUE
  }
  onEventTime(): TriggerResult {
    return TriggerResult.CONTINUE
  }
  onProcessingTime(): TriggerResult {
    return TriggerResult.CONTINUE
  }
  clear(): void {
    // It keeps nothing.
  }
}

/** What a window that obeys `LargeSale` shows, and the last of it when nothing fires at its end. */
function largeSales(list: readonly Sale[]): HarnessOutput[] {
  const held = new Map<string, Sale[]>()
  return list.flatMap(sale => {
    const start = Math.floor(sale.at / 10_000) * 10_000
    const id = `${sale.shop} ${start}`
    const kept = [...(held.get(id) ?? []), sale]
    held.set(id, sale.amount < -200 && sale.amount <= 500 ? [] : kept)
    if (sale.amount <= 500) return []
    return [out(describe(sale.shop, { start, end: start + 10_000 }, kept), start + 9_999)]
  })
}

const SUM = reducingState<number>('sum', (a, b) => a + b)
const DEADLINE = valueState<number>('deadline')

/** Fires a session when its sales come to 1,000 together, and 2 s after its first sale; adds up over merged sessions. */
class Enough {
  onElement(sale: Sale, timestamp: number, _window: TimeWindow, context: TriggerContext): TriggerResult {
    const deadline = context.getState(DEADLINE)
    if (deadline.value() === undefined) {
      deadline.update(timestamp + 2_000)
      context.registerEventTimeTimer(timestamp + 2_000)
    }
    const sum = context.getState(SUM)
    const before = sum.get() ?? 0
    sum.add(sale.amount)
    return before < 1_000 && before + sale.amount >= 1_000 ? TriggerResult.FIRE : TriggerResult.CONTINUE
  }
  onEventTime(at: number, _window: TimeWindow, context: TriggerContext): TriggerResult {
    return context.getState(DEADLINE).value() === at ? TriggerResult.FIRE : TriggerResult.CONTINUE
  }
  onProcessingTime(): TriggerResult {
    return TriggerResult.CONTINUE
  }
  clear(_window: TimeWindow, context: TriggerContext): void {
    const deadline = context.getState(DEADLINE).value()
    if (deadline !== undefined) context.deleteEventTimeTimer(deadline)
    context.getState(DEADLINE).clear()
    context.getState(SUM).clear()
  }
  onMerge(_window: TimeWindow, context: OnMergeContext): void {
    context.mergePartitionedState(SUM)
  }
}

/** Drops negative amounts before the result, and everything but the last record after it. */
const positive = {
  evictBefore: (elements: readonly TimestampedValue<Sale>[]) => elements.filter(({ value }) => value.amount >= 0),
  evictAfter: (elements: readonly TimestampedValue<Sale>[]) => elements.slice(-1),
}

const ORDERED = sales(60, 21)

function tumblingShops(list: readonly Sale[]): { shop: string; start: number; sales: Sale[] }[] {
  const groups: { shop: string; start: number; sales: Sale[] }[] = []
  for (const sale of list) {
    const start = Math.floor(sale.at / 10_000) * 10_000
    const group = groups.find(one => one.shop === sale.shop && one.start === start)
    if (group === undefined) groups.push({ shop: sale.shop, start, sales: [sale] })
    else group.sales.push(sale)
  }
  return groups.toSorted((a, b) => a.start - b.start)
}

export const TRIGGERED_WINDOW_CASES: readonly OperatorCase[] = [
  {
    name: 'count window',
    node: node('window', {
      assigner: GLOBAL,
      trigger: { type: 'purging', of: { type: 'count', count: 4 } },
      ...ALL_RECORDS,
    }),
    functions: () => ({ ...byShop, ...describing }),
    inputs: inputsOf(SALES),
    expected: perShop(SALES, (soFar, { shop }) => {
      const group = soFar.slice(-4)
      return soFar.length % 4 === 0 ? [out(describe(shop, EVER, group), highest(group))] : []
    }),
  },
  {
    name: 'count window that slides',
    node: node('window', {
      assigner: GLOBAL,
      evictor: { type: 'count', count: 5 },
      trigger: { type: 'count', count: 2 },
      compute: { type: 'reduce' },
      fn: '(a, b) => …',
    }),
    functions: () => ({ ...byShop, fn: (a: Sale, b: Sale) => ({ ...a, amount: a.amount + b.amount }) }),
    inputs: inputsOf(SALES),
    expected: perShop(SALES, soFar => {
      const group = soFar.slice(-5)
      return soFar.length % 2 === 0 ? [out({ ...group[0], amount: sumOf(group) }, highest(soFar))] : []
    }),
  },
  {
    name: 'global window without a trigger, at the end of the input',
    node: node('window', { assigner: GLOBAL, ...ALL_RECORDS }),
    functions: () => ({ ...byShop, ...describing }),
    inputs: inputsOf(SALES),
    expected: [...new Set(SALES.map(({ shop }) => shop))].map(shop => {
      const mine = SALES.filter(sale => sale.shop === shop)
      return out(describe(shop, EVER, mine), highest(mine))
    }),
  },
  {
    name: 'tumbling window with a count trigger',
    node: node('window', { assigner: TEN_SECONDS, trigger: { type: 'count', count: 2 }, ...ALL_RECORDS }),
    functions: () => ({ ...byShop, ...describing }),
    inputs: inputsOf(ORDERED),
    // What is left when a window ends gives no result; at each second record it shows all that it has had.
    expected: perShop(ORDERED, (soFar, { shop, at }) => {
      const start = Math.floor(at / 10_000) * 10_000
      const group = soFar.filter(sale => Math.floor(sale.at / 10_000) * 10_000 === start)
      return group.length % 2 === 0 ? [out(describe(shop, { start, end: 0 }, group), start + 9_999)] : []
    }),
  },
  {
    name: 'sliding window with a purging count trigger',
    node: node('window', {
      assigner: { type: 'sliding', sizeMs: 10_000, slideMs: 5_000, time: 'event' },
      trigger: { type: 'purging', of: { type: 'count', count: 2 } },
      ...ALL_RECORDS,
    }),
    functions: () => ({ ...byShop, ...describing }),
    inputs: inputsOf(ORDERED),
    expected: perShop(ORDERED, (soFar, { shop, at }) => {
      const last = Math.floor(at / 5_000) * 5_000
      return [last - 5_000, last].flatMap(start => {
        const group = soFar.filter(sale => start <= sale.at && sale.at < start + 10_000)
        return group.length % 2 === 0 ? [out(describe(shop, { start, end: 0 }, group.slice(-2)), start + 9_999)] : []
      })
    }),
  },
  {
    name: 'tumbling window with a trigger of its own',
    node: node('window', {
      assigner: TEN_SECONDS,
      trigger: { type: 'custom' },
      triggerFn: 'class LargeSale { … }',
      ...ALL_RECORDS,
    }),
    functions: () => ({ ...byShop, ...describing, triggerFn: new LargeSale() }),
    inputs: inputsOf(ORDERED),
    expected: largeSales(ORDERED),
  },
  {
    name: 'tumbling window that fires every two seconds of event time and at its end',
    node: node('window', {
      assigner: TEN_SECONDS,
      trigger: { type: 'continuousEventTime', intervalMs: 2_000 },
      compute: { type: 'process' },
      windowFn: '(key, window, values, out) => …',
    }),
    functions: () => ({
      key0: (word: unknown) => (word as string)[0],
      windowFn: (key: string, { start }: TimeWindow, values: readonly string[], collector: Collector<unknown>) =>
        collector.collect(`${key} ${start} ${values.join()}`),
    }),
    inputs: [
      record('a1', 500),
      record('a2', 1_900),
      watermark(1_999),
      record('b1', 1_999),
      watermark(2_000),
      record('a3', 2_100),
      watermark(6_500),
      record('a4', 9_000),
      watermark(9_999),
      record('a5', 10_000),
      end(),
    ],
    expected: [
      out('a 0 a1,a2', 9_999),
      out('b 0 b1', 9_999),
      out('a 0 a1,a2,a3', 9_999),
      out('b 0 b1', 9_999),
      out('a 0 a1,a2,a3', 9_999),
      out('b 0 b1', 9_999),
      out('a 0 a1,a2,a3,a4', 9_999),
      out('b 0 b1', 9_999),
      out('a 0 a1,a2,a3,a4', 9_999),
      out('b 0 b1', 9_999),
      ...Array.from({ length: 5 }, () => out('a 10000 a5', 19_999)),
    ],
  },
  {
    name: 'global window that fires every second on the clock',
    node: node('window', {
      assigner: { type: 'global', time: 'processing' },
      trigger: { type: 'purging', of: { type: 'continuousProcessingTime', intervalMs: 1_000 } },
      compute: { type: 'process' },
      windowFn: '(key, window, values, out) => …',
    }),
    functions: () => ({
      key0: (word: unknown) => (word as string)[0],
      windowFn: (key: string, _window: TimeWindow, values: readonly string[], collector: Collector<unknown>) =>
        collector.collect(`${key} ${values.join()}`),
    }),
    startMs: 1_500,
    inputs: [
      record('a1', 7),
      record('b1', 3),
      time(1_999),
      record('a2', 5),
      time(2_000),
      time(3_000),
      record('a3', 2),
      time(4_100),
    ],
    expected: [out('a a1,a2', 7), out('b b1', 3), out('a a3', 2)],
  },
  {
    name: 'session window with a trigger of its own, over sessions that merge',
    node: node('window', {
      assigner: { type: 'session', gapMs: 3_000, time: 'event' },
      trigger: { type: 'custom' },
      triggerFn: 'class Enough { … }',
      ...ALL_RECORDS,
    }),
    functions: () => ({ key0: () => 'all', ...describing, triggerFn: new Enough() }),
    inputs: [
      ...(
        [
          [0, 600],
          [5_000, 300],
          [20_000, 1_100],
        ] as const
      ).map(([at, amount]) => record({ shop: 'x', amount, at }, at)),
      // Between the first two, which have 900 together.
      record({ shop: 'x', amount: 50, at: 2_500 }, 2_500),
      record({ shop: 'x', amount: 60, at: 7_000 }, 7_000),
      watermark(4_499),
      watermark(8_999),
      watermark(9_000),
      record({ shop: 'x', amount: 1, at: 9_500 }, 9_500),
      end(),
    ],
    expected: [
      out({ key: 'all', start: 20_000, amounts: [1_100] }, 23_000),
      // 600 + 300 + 50 are not enough, with 60 more they are.
      out({ key: 'all', start: 0, amounts: [600, 300, 50, 60] }, 10_000),
      // The session that the last merge made has its deadline 2 s after the record that made it: at 9,000.
      out({ key: 'all', start: 0, amounts: [600, 300, 50, 60] }, 10_000),
      // With its next record it is another one again.
      out({ key: 'all', start: 0, amounts: [600, 300, 50, 60, 1] }, 12_500),
      out({ key: 'all', start: 20_000, amounts: [1_100] }, 23_000),
    ],
  },
  ...(
    [
      ['count', { type: 'count', count: 2 }, undefined, (list: readonly Sale[]) => list.slice(-2)],
      [
        'time',
        { type: 'time', keepMs: 2_000 },
        undefined,
        (list: readonly Sale[]) => list.filter(({ at }) => at > highest(list) - 2_000),
      ],
      [
        'delta',
        { type: 'delta', threshold: 300 },
        (older: Sale, newest: Sale) => Math.abs(older.amount - newest.amount),
        (list: readonly Sale[]) => list.filter(({ amount }) => Math.abs(amount - (list.at(-1) as Sale).amount) < 300),
      ],
      ['custom', { type: 'custom' }, positive, (list: readonly Sale[]) => list.filter(({ amount }) => amount >= 0)],
    ] as const
  ).map(
    ([name, evictor, evictorFn, kept]): OperatorCase => ({
      name: `tumbling window with a ${name} evictor`,
      node: node('window', {
        assigner: TEN_SECONDS,
        evictor,
        ...(evictorFn === undefined ? {} : { evictorFn: '…' }),
        ...ALL_RECORDS,
      }),
      functions: () => ({ ...byShop, ...describing, ...(evictorFn === undefined ? {} : { evictorFn }) }),
      inputs: inputsOf(ORDERED),
      expected: tumblingShops(ORDERED).flatMap(({ shop, start, sales: list }) => {
        const left = kept(list)
        return left.length === 0 ? [] : [out(describe(shop, { start, end: 0 }, left), start + 9_999)]
      }),
    }),
  ),
  {
    name: 'tumbling window with a count trigger and an evictor that works after the result',
    node: node('window', {
      assigner: TEN_SECONDS,
      trigger: { type: 'count', count: 3 },
      evictor: { type: 'count', count: 1, after: true },
      ...ALL_RECORDS,
    }),
    functions: () => ({ ...byShop, ...describing }),
    inputs: inputsOf(ORDERED),
    expected: perShop(ORDERED, (soFar, { shop, at }) => {
      const start = Math.floor(at / 10_000) * 10_000
      const group = soFar.filter(sale => Math.floor(sale.at / 10_000) * 10_000 === start)
      if (group.length % 3 !== 0) return []
      return [out(describe(shop, { start, end: 0 }, group.slice(group.length === 3 ? -3 : -4)), start + 9_999)]
    }),
  },
  {
    name: 'tumbling window with a purging trigger, allowed lateness and late records to a side output',
    node: node('window', {
      assigner: { type: 'tumbling', sizeMs: 10, time: 'event' },
      trigger: { type: 'purging', of: { type: 'eventTime' } },
      allowedLatenessMs: 5,
      lateTag: 'late',
      compute: { type: 'count' },
    }),
    functions: () => ({ key0: () => 'all' }),
    inputs: [
      record('a', 1),
      record('b', 9),
      watermark(9),
      // The window has fired and forgotten: what comes now counts from the beginning.
      record('c', 2),
      watermark(13),
      record('d', 3),
      watermark(14),
      record('e', 4),
      end(),
    ],
    expected: [
      out({ key: 'all', start: 0, end: 10, count: 2 }, 9),
      out({ key: 'all', start: 0, end: 10, count: 1 }, 9),
      out({ key: 'all', start: 0, end: 10, count: 1 }, 9),
      { type: 'side', tag: 'late', value: 'e', timestamp: 4 },
    ],
    lateRecords: 1,
  },
  {
    name: 'tumbling window in processing time with an evictor',
    node: node('window', {
      assigner: { type: 'tumbling', sizeMs: 1_000, time: 'processing' },
      evictor: { type: 'count', count: 2 },
      compute: { type: 'process' },
      windowFn: '(key, window, values, out) => …',
    }),
    functions: () => ({
      key0: (word: unknown) => (word as string)[0],
      windowFn: (key: string, { start }: TimeWindow, values: readonly string[], collector: Collector<unknown>) =>
        collector.collect(`${key} ${start} ${values.join()}`),
    }),
    startMs: 1_500,
    inputs: [record('x1'), record('x2'), time(1_999), record('x3'), time(2_000), record('x4'), end()],
    expected: [out('x 1000 x2,x3', 1_999), out('x 2000 x4', 2_999)],
  },
]
