import type { Aggregator } from '../functions/aggregator.ts'
import type { Collector } from '../functions/collector.ts'
import {
  type Context,
  KeyedProcessFunction,
  type OnTimerContext,
  type ProcessContext,
  ProcessFunction,
  type RuntimeContext,
} from '../functions/process-function.ts'
import type { ListState, ValueState } from '../functions/state.ts'
import { listState, valueState } from '../functions/state-descriptors.ts'
import { StatefulMap } from '../functions/stateful-map.ts'
import type { TimeWindow } from '../functions/window-function.ts'
import type { JobNode } from '../graph/job-graph.ts'
import {
  end,
  type HarnessInput,
  type HarnessOutput,
  type OperatorCase,
  record,
  time,
  watermark,
} from '../testing/operator-harness.ts'
import { SeededRandom } from '../testing/seeded-random.ts'

/**
 * One or more cases per operator, for every mode in which operators are run: straight through the harness, with one
 * credit, restored after each element, and through chains and channels. What is expected is computed here by plain
 * programs over the whole input, never by the engine.
 */

export interface Sale {
  readonly shop: string
  readonly amount: number
  /** Event time. */
  readonly at: number
}

const SHOPS = ['north', 'south', 'east', 'a shop with a name that is longer than most']

/** Sales about 1 s apart, out of order by less than `disorderMs`. */
function sales(count: number, seed: number, disorderMs = 0): Sale[] {
  const random = new SeededRandom(seed)
  return Array.from({ length: count }, (_, i) => ({
    shop: random.pick(SHOPS),
    amount: random.below(1000) - 300,
    at: (i - 20) * 1_000 + random.below(1_000) - random.below(disorderMs + 1),
  }))
}

const SALES = sales(90, 7)
const byShop = { key0: (sale: unknown) => (sale as Sale).shop }

function node(type: string, config: JobNode['config'] = {}): JobNode {
  return { uid: `${type}-1`, type, name: `the ${type}`, config }
}

function inputsOf(list: readonly Sale[]): HarnessInput[] {
  return [...list.map(sale => record(sale, sale.at)), end()]
}

function out(value: unknown, timestamp: number): HarnessOutput {
  return { type: 'record', value, timestamp }
}

/** What a running operator has to emit: `result` gets all sales of the shop up to and with the one at hand. */
function running(list: readonly Sale[], result: (soFar: readonly Sale[]) => unknown): HarnessOutput[] {
  return list.map((sale, i) => out(result(list.slice(0, i + 1).filter(({ shop }) => shop === sale.shop)), sale.at))
}

const amounts = (list: readonly Sale[]): number[] => list.map(({ amount }) => amount)
const sumOf = (list: readonly Sale[]): number => amounts(list).reduce((a, b) => a + b, 0)

const STATELESS: OperatorCase[] = [
  {
    name: 'map',
    node: node('map', { fn: 'sale => sale.amount * 2' }),
    functions: () => ({ fn: (sale: Sale) => sale.amount * 2 }),
    inputs: inputsOf(SALES),
    expected: SALES.map(({ amount, at }) => out(amount * 2, at)),
  },
  {
    name: 'filter',
    node: node('filter', { fn: 'sale => sale.amount > 0' }),
    functions: () => ({ fn: (sale: Sale) => sale.amount > 0 }),
    inputs: inputsOf(SALES),
    expected: SALES.filter(({ amount }) => amount > 0).map(sale => out(sale, sale.at)),
  },
  {
    name: 'flatMap over arrays',
    node: node('flatMap', { fn: 'sale => sale.shop.split(" ")' }),
    functions: () => ({ fn: (sale: Sale) => (sale.amount < 0 ? [] : sale.shop.split(' ')) }),
    inputs: inputsOf(SALES),
    expected: SALES.filter(({ amount }) => amount >= 0).flatMap(({ shop, at }) =>
      shop.split(' ').map(word => out(word, at)),
    ),
  },
  {
    name: 'flatMap over generators',
    node: node('flatMap', { fn: 'function* (sale) { … }' }),
    functions: () => ({
      fn: function* (sale: Sale) {
        for (let i = 0; i < Math.abs(sale.amount) % 5; i++) yield { shop: sale.shop, i }
      },
    }),
    inputs: inputsOf(SALES),
    expected: SALES.flatMap(({ shop, amount, at }) =>
      [0, 1, 2, 3, 4].filter(i => i < Math.abs(amount) % 5).map(i => out({ shop, i }, at)),
    ),
  },
  {
    name: 'process with a plain function and a side output',
    node: node('process', { fn: '(sale, ctx, out) => …' }),
    functions: () => ({
      fn: (sale: Sale, context: ProcessContext, collector: Collector<unknown>) => {
        if (sale.amount < 0) context.output('refund', { ...sale, from: context.timestamp() })
        else for (let i = 0; i < 2; i++) collector.collect(sale.amount + i)
      },
    }),
    inputs: inputsOf(SALES),
    expected: SALES.flatMap((sale): HarnessOutput[] =>
      sale.amount < 0
        ? [{ type: 'side', tag: 'refund', value: { ...sale, from: sale.at }, timestamp: sale.at }]
        : [out(sale.amount, sale.at), out(sale.amount + 1, sale.at)],
    ),
  },
  {
    name: 'process with a class',
    node: node('process', { fn: 'class Doubler …' }),
    functions: () => ({
      fn: class Doubler extends ProcessFunction<Sale, string> {
        #unit = ''
        override open(context: RuntimeContext): void {
          this.#unit = context.jobName === '' ? '?' : 'EUR'
        }
        override processElement(sale: Sale, _context: ProcessContext, collector: Collector<string>): void {
          collector.collect(`${sale.amount * 2} ${this.#unit}`)
        }
      },
    }),
    inputs: inputsOf(SALES),
    expected: SALES.map(({ amount, at }) => out(`${amount * 2} EUR`, at)),
  },
]

const spread: Aggregator<Sale, { low: number; high: number }, number> = {
  createAccumulator: () => ({ low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY }),
  add: (sale, accumulator) => {
    accumulator.low = Math.min(accumulator.low, sale.amount)
    accumulator.high = Math.max(accumulator.high, sale.amount)
    return accumulator
  },
  getResult: ({ low, high }) => high - low,
  merge: (a, b) => ({ low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) }),
}
const spreadOf = (list: readonly Sale[]): number => Math.max(...amounts(list)) - Math.min(...amounts(list))
const spreadTexts = {
  createAccumulator: '() => …',
  add: '(sale, acc) => …',
  getResult: 'acc => …',
  merge: '(a, b) => …',
}

const RUNNING: OperatorCase[] = [
  {
    name: 'running reduce',
    node: node('reduce', { fn: '(a, b) => …' }),
    functions: () => ({
      ...byShop,
      fn: (a: Sale, b: Sale) => ({ shop: a.shop, amount: a.amount + b.amount, at: b.at }),
    }),
    inputs: inputsOf(SALES),
    expected: running(SALES, list => ({ shop: list[0].shop, amount: sumOf(list), at: list[list.length - 1].at })),
  },
  {
    name: 'running reduce by a tuple that keeps the larger record',
    node: node('reduce', { fn: '(a, b) => …' }),
    functions: () => ({
      key0: (sale: unknown) => [(sale as Sale).shop, 1],
      fn: (a: Sale, b: Sale) => (b.amount > a.amount ? b : a),
    }),
    inputs: inputsOf(SALES),
    expected: running(SALES, list => list.find(({ amount }) => amount === Math.max(...amounts(list)))),
  },
  {
    name: 'running sum',
    node: node('sum', { field: 'amount' }),
    functions: () => byShop,
    inputs: inputsOf(SALES),
    expected: running(SALES, list => ({ ...list[0], amount: sumOf(list) })),
  },
  {
    name: 'running count',
    node: node('count'),
    functions: () => byShop,
    inputs: inputsOf(SALES),
    expected: running(SALES, list => ({ key: list[0].shop, count: list.length })),
  },
  {
    name: 'running average',
    node: node('avg', { field: 'amount' }),
    functions: () => byShop,
    inputs: inputsOf(SALES),
    expected: running(SALES, list => ({ key: list[0].shop, avg: sumOf(list) / list.length })),
  },
  {
    name: 'running minimum',
    node: node('min', { field: 'amount' }),
    functions: () => byShop,
    inputs: inputsOf(SALES),
    expected: running(SALES, list => ({ ...list[0], amount: Math.min(...amounts(list)) })),
  },
  {
    name: 'running maximum',
    node: node('max', { field: 'amount' }),
    functions: () => byShop,
    inputs: inputsOf(SALES),
    expected: running(SALES, list => ({ ...list[0], amount: Math.max(...amounts(list)) })),
  },
  {
    name: 'running aggregate',
    node: node('aggregate', { aggregator: spreadTexts }),
    functions: () => ({ ...byShop, aggregator: spread }),
    inputs: inputsOf(SALES),
    expected: running(SALES, spreadOf),
  },
]

/** Emits a shop's first sale at once, and the number of all its sales 5 s of event time after the last one. */
class QuietShops extends KeyedProcessFunction<string, Sale, unknown> {
  #sales!: ListState<number>
  #deadline!: ValueState<number | undefined>

  override open(context: RuntimeContext): void {
    this.#sales = context.getState(listState<number>('sales'))
    this.#deadline = context.getState(valueState<number>('deadline'))
  }

  override processElement(sale: Sale, context: Context<string>, collector: Collector<unknown>): void {
    if (this.#sales.get().length === 0) collector.collect({ opened: context.currentKey() })
    const deadline = this.#deadline.value()
    if (deadline !== undefined) context.timerService().deleteEventTimeTimer(deadline)
    this.#sales.add(sale.amount)
    this.#deadline.update(context.timestamp() + 5_000)
    context.timerService().registerEventTimeTimer(context.timestamp() + 5_000)
  }

  override onTimer(timestamp: number, context: OnTimerContext<string>, collector: Collector<unknown>): void {
    collector.collect({ shop: context.currentKey(), sales: this.#sales.get().length, quietSince: timestamp - 5_000 })
    context.output('domain', context.timeDomain())
    this.#sales.clear()
    this.#deadline.clear()
  }
}

/** The sales come in order and the watermark follows each closely, so a shop's silence is known right away. */
function quietShops(list: readonly Sale[]): { inputs: HarnessInput[]; expected: HarnessOutput[] } {
  const inputs = list.flatMap(sale => [record(sale, sale.at), watermark(sale.at - 1)])
  const expected: HarnessOutput[] = []
  const openShops = new Map<string, { sales: number; last: number }>()
  const close = (before: number): void => {
    const quiet = [...openShops].filter(([, { last }]) => last + 5_000 < before)
    for (const [shop, { sales, last }] of quiet.sort(([, a], [, b]) => a.last - b.last)) {
      expected.push(out({ shop, sales, quietSince: last }, last + 5_000))
      expected.push({ type: 'side', tag: 'domain', value: 'event-time', timestamp: last + 5_000 })
      openShops.delete(shop)
    }
  }
  for (const { shop, at } of list) {
    const open = openShops.get(shop)
    if (open === undefined) expected.push(out({ opened: shop }, at))
    openShops.set(shop, { sales: (open?.sales ?? 0) + 1, last: at })
    close(at)
  }
  close(Number.POSITIVE_INFINITY)
  return { inputs: [...inputs, end()], expected }
}

const IN_ORDER = [...SALES].sort((a, b) => a.at - b.at)

const KEYED_PROCESS: OperatorCase[] = [
  {
    name: 'keyed process with event-time timers',
    node: node('keyedProcess', { fn: 'class QuietShops …' }),
    functions: () => ({ ...byShop, fn: new QuietShops() }),
    ...quietShops(IN_ORDER),
  },
  {
    name: 'keyed process with processing-time timers',
    node: node('keyedProcess', { fn: '(sale, ctx, out) => …' }),
    functions: () => ({
      ...byShop,
      fn: {
        processElement: (_sale: Sale, context: Context<string>) =>
          context.timerService().registerProcessingTimeTimer(context.currentProcessingTime() + 100),
        onTimer: (timestamp: number, context: OnTimerContext<string>, collector: Collector<unknown>) =>
          collector.collect({ shop: context.currentKey(), timestamp }),
      },
    }),
    startMs: 1_000,
    // Two records of one shop within one moment share a timer.
    inputs: [
      record({ shop: 'north' }),
      record({ shop: 'north' }),
      record({ shop: 'south' }),
      time(1_050),
      record({ shop: 'north' }),
      time(1_099),
      time(1_100),
      time(2_000),
    ],
    expected: [
      out({ shop: 'north', timestamp: 1_100 }, 1_100),
      out({ shop: 'south', timestamp: 1_100 }, 1_100),
      out({ shop: 'north', timestamp: 1_150 }, 1_150),
    ],
  },
  {
    name: 'stateful map',
    node: node('keyedProcess', { fn: '(key, sale, seen) => …' }),
    functions: () => ({
      ...byShop,
      // Every third sale of a shop is emitted with its number in the round.
      fn: new StatefulMap((key: string, sale: Sale, seen: { count: number } | undefined) => {
        const count = (seen?.count ?? 0) + 1
        return count === 3 ? [[{ key, third: sale.amount }], undefined] : [[], { count }]
      }),
    }),
    inputs: inputsOf(SALES),
    expected: running(SALES, list => list).flatMap((output): HarnessOutput[] => {
      if (output.type !== 'record') return []
      const list = output.value as readonly Sale[]
      const { shop, amount, at } = list[list.length - 1]
      return list.length % 3 === 0 ? [out({ key: shop, third: amount }, at)] : []
    }),
  },
]

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

const WINDOWS: OperatorCase[] = [
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
  },
]

const TIMESTAMPS: OperatorCase[] = [
  {
    name: 'timestamps assigned in the middle of a stream',
    node: {
      ...node('timestamps'),
      watermarks: { strategy: 'bounded', boundMs: 100, timestampAssigner: 'sale => sale.at' },
    },
    functions: () => ({ timestampAssigner: (sale: Sale) => sale.at }),
    inputs: [...SALES.map(sale => record(sale)), end()],
    expected: SALES.map(sale => out(sale, sale.at)),
  },
]

export const OPERATOR_CASES: readonly OperatorCase[] = [
  ...STATELESS,
  ...RUNNING,
  ...KEYED_PROCESS,
  ...WINDOWS,
  ...TIMESTAMPS,
]
