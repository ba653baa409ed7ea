import {
  type BroadcastContext,
  BroadcastProcessFunction,
  type KeyedBroadcastContext,
  KeyedBroadcastProcessFunction,
  type KeyedReadOnlyBroadcastContext,
  type OnTimerBroadcastContext,
  type ReadOnlyBroadcastContext,
} from '../../functions/broadcast-process-function.ts'
import { CoProcessFunction, KeyedCoProcessFunction } from '../../functions/co-process-function.ts'
import type { Collector } from '../../functions/collector.ts'
import type { Context, OnTimerContext, ProcessContext, RuntimeContext } from '../../functions/process-function.ts'
import type { ValueState } from '../../functions/state.ts'
import { mapState, valueState } from '../../functions/state-descriptors.ts'
import {
  end,
  type HarnessInput,
  type HarnessOutput,
  type OperatorCase,
  record,
  watermark,
} from '../operator-harness.ts'
import { SeededRandom } from '../seeded-random.ts'
import { byShop, node, out, SALES, type Sale } from './sales.ts'
import { merged } from './two-inputs.ts'

/** What comes in at the second input: from a moment on a shop may sell so much, or all shops may where none is named. */
interface Limit {
  readonly shop: string
  readonly limit: number
  readonly at: number
}

const IN_ORDER = [...SALES].sort((a, b) => a.at - b.at)

function limits(count: number, seed: number): Limit[] {
  const random = new SeededRandom(seed)
  const shops = [...new Set(SALES.map(({ shop }) => shop))]
  const first = IN_ORDER[0].at
  return Array.from({ length: count }, (_, i) => ({
    shop: random.pick(shops),
    limit: random.below(3) === 0 ? -1 : random.below(900),
    at: first + i * 5_000 + random.below(5_000),
  }))
}

const LIMITS = limits(18, 5)

/** Both in the order of their times, each with watermarks that follow closely. */
function timed(): HarnessInput[] {
  const sales = IN_ORDER.map(sale => ({ at: sale.at, inputs: [record(sale, sale.at, 0), watermark(sale.at - 1, 0)] }))
  const changes = LIMITS.map(limit => ({
    at: limit.at,
    inputs: [record(limit, limit.at, 1), watermark(limit.at - 1, 1)],
  }))
  const both = [...sales, ...changes].sort((a, b) => a.at - b.at)
  return [...both.flatMap(({ inputs }) => inputs), end(0), end(1)]
}

const TIMED = timed()
const UNTIMED = TIMED.filter(({ type }) => type !== 'watermark')

const isSale = (value: unknown): value is Sale => 'amount' in (value as object)

/** What comes of each record by itself. */
function each(of: (value: Sale | Limit, timestamp: number) => readonly HarnessOutput[]) {
  return (steps: readonly HarnessInput[]) => ({
    outputs: steps.flatMap(step =>
      step.type === 'record' ? of(step.value as Sale | Limit, step.timestamp ?? Number.NaN) : [],
    ),
    lateRecords: 0,
  })
}

class Sorted extends CoProcessFunction<Sale, Limit, unknown> {
  #job = ''
  override open(context: RuntimeContext): void {
    this.#job = context.jobName === '' ? '?' : 'sorted'
  }
  override processElement1(sale: Sale, context: ProcessContext, collector: Collector<unknown>): void {
    if (sale.amount < 0) context.output('refund', [sale.shop, context.timestamp()])
    else collector.collect([this.#job, sale.amount])
  }
  override processElement2({ limit }: Limit, _context: ProcessContext, collector: Collector<unknown>): void {
    for (let i = 0; i < limit % 3; i++) collector.collect([this.#job, limit, i])
  }
}

const LIMIT_HOLDS_MS = 20_000

/** Passes on what a shop sells beyond its limit, for as long as that holds; says when it ends. */
class OverLimit extends KeyedCoProcessFunction<string, Sale, Limit, unknown> {
  #limit!: ValueState<{ limit: number; until: number } | undefined>
  #sold!: ValueState<number, number>

  override open(context: RuntimeContext): void {
    this.#limit = context.getState(valueState<{ limit: number; until: number }>('limit'))
    this.#sold = context.getState(valueState('sold', { default: 0 }))
  }
  override processElement1(sale: Sale, context: Context<string>, collector: Collector<unknown>): void {
    const held = this.#limit.value()
    if (held === undefined) return
    const sold = this.#sold.value() + sale.amount
    this.#sold.update(sold)
    if (sold > held.limit) collector.collect({ shop: context.currentKey(), beyond: sold - held.limit })
  }
  override processElement2({ limit }: Limit, context: Context<string>): void {
    const before = this.#limit.value()
    if (before !== undefined) context.timerService().deleteEventTimeTimer(before.until)
    const until = context.timestamp() + LIMIT_HOLDS_MS
    this.#limit.update({ limit, until })
    context.timerService().registerEventTimeTimer(until)
  }
  override onTimer(timestamp: number, context: OnTimerContext<string>, collector: Collector<unknown>): void {
    collector.collect({ free: context.currentKey(), sold: this.#sold.value(), at: timestamp })
    this.#limit.clear()
    this.#sold.clear()
  }
}

function overLimit(steps: readonly HarnessInput[]): { outputs: HarnessOutput[]; lateRecords: number } {
  const outputs: HarnessOutput[] = []
  const held = new Map<string, { limit: number; until: number; sold: number }>()
  for (const step of merged(steps)) {
    if (step.type === 'now') {
      const over = [...held].filter(([, { until }]) => until <= step.now).sort(([, a], [, b]) => a.until - b.until)
      for (const [shop, { until, sold }] of over) {
        outputs.push(out({ free: shop, sold, at: until }, until))
        held.delete(shop)
      }
      continue
    }
    const value = step.value as Sale | Limit
    const now = held.get(value.shop)
    if (!isSale(value)) {
      held.set(value.shop, { limit: value.limit, until: step.timestamp + LIMIT_HOLDS_MS, sold: now?.sold ?? 0 })
    } else if (now !== undefined) {
      now.sold += value.amount
      if (now.sold > now.limit) outputs.push(out({ shop: value.shop, beyond: now.sold - now.limit }, step.timestamp))
    }
  }
  return { outputs, lateRecords: 0 }
}

const LIMIT_STATE = mapState<string, number>('limits')

/** A negative limit takes the shop's away. */
function keep(context: BroadcastContext, { shop, limit }: Limit): void {
  const state = context.getBroadcastState(LIMIT_STATE)
  if (limit < 0) state.remove(shop)
  else state.put(shop, limit)
}

class LargeSales extends BroadcastProcessFunction<Sale, Limit, unknown> {
  override processElement(sale: Sale, context: ReadOnlyBroadcastContext, collector: Collector<unknown>): void {
    const state = context.getBroadcastState(LIMIT_STATE)
    const limit = state.get(sale.shop)
    if (limit !== undefined && sale.amount > limit)
      collector.collect({ ...sale, limit, shops: [...state.keys()].length })
  }
  override processBroadcastElement(limit: Limit, context: BroadcastContext): void {
    keep(context, limit)
  }
}

function largeSales(steps: readonly HarnessInput[]): { outputs: HarnessOutput[]; lateRecords: number } {
  const outputs: HarnessOutput[] = []
  const held = new Map<string, number>()
  for (const step of merged(steps)) {
    if (step.type === 'now') continue
    const value = step.value as Sale | Limit
    if (!isSale(value)) {
      if (value.limit < 0) held.delete(value.shop)
      else held.set(value.shop, value.limit)
      continue
    }
    const limit = held.get(value.shop)
    if (limit !== undefined && value.amount > limit)
      outputs.push(out({ ...value, limit, shops: held.size }, step.timestamp))
  }
  return { outputs, lateRecords: 0 }
}

const COUNT_STATE = valueState<number>('large sales')
const WEEK_MS = 7_000

/**
 * Counts each shop's sales above its limit, and shows the count a while after the first of them. Where a limit is taken
 * away, the counts of all shops are shown at once and begin anew.
 */
class CountLarge extends KeyedBroadcastProcessFunction<string, Sale, Limit, unknown> {
  #count!: ValueState<number | undefined>

  override open(context: RuntimeContext): void {
    this.#count = context.getState(COUNT_STATE)
  }
  override processElement(sale: Sale, context: KeyedReadOnlyBroadcastContext<string>): void {
    const limit = context.getBroadcastState(LIMIT_STATE).get(context.currentKey())
    if (limit === undefined || sale.amount <= limit) return
    const count = this.#count.value()
    if (count === undefined) context.timerService().registerEventTimeTimer(context.timestamp() + WEEK_MS)
    this.#count.update((count ?? 0) + 1)
  }
  override processBroadcastElement(
    limit: Limit,
    context: KeyedBroadcastContext<string>,
    collector: Collector<unknown>,
  ): void {
    keep(context, limit)
    if (limit.limit >= 0) return
    context.applyToKeyedState(COUNT_STATE, (shop, count) => {
      collector.collect({ shop, cut: count.value() })
      count.clear()
    })
  }
  override onTimer(_timestamp: number, context: OnTimerBroadcastContext<string>, collector: Collector<unknown>): void {
    const count = this.#count.value()
    const limit = context.getBroadcastState(LIMIT_STATE).get(context.currentKey()) ?? 'none'
    if (count !== undefined) collector.collect({ shop: context.currentKey(), count, limit })
    this.#count.clear()
  }
}

function countLarge(steps: readonly HarnessInput[]): { outputs: HarnessOutput[]; lateRecords: number } {
  const outputs: HarnessOutput[] = []
  const held = new Map<string, number>()
  const counts = new Map<string, number>()
  const timers: { shop: string; at: number }[] = []
  for (const step of merged(steps)) {
    if (step.type === 'now') {
      const due = timers.filter(({ at }) => at <= step.now).sort((a, b) => a.at - b.at)
      for (const timer of due) {
        timers.splice(timers.indexOf(timer), 1)
        const count = counts.get(timer.shop)
        if (count === undefined) continue
        outputs.push(out({ shop: timer.shop, count, limit: held.get(timer.shop) ?? 'none' }, timer.at))
        counts.delete(timer.shop)
      }
      continue
    }
    const value = step.value as Sale | Limit
    if (!isSale(value)) {
      if (value.limit >= 0) held.set(value.shop, value.limit)
      else {
        held.delete(value.shop)
        for (const [shop, cut] of counts) outputs.push(out({ shop, cut }, step.timestamp))
        counts.clear()
      }
      continue
    }
    const limit = held.get(value.shop)
    if (limit === undefined || value.amount <= limit) continue
    const count = counts.get(value.shop)
    // A timer of one key and moment is one timer.
    const at = step.timestamp + WEEK_MS
    if (count === undefined && !timers.some(timer => timer.shop === value.shop && timer.at === at))
      timers.push({ shop: value.shop, at })
    counts.set(value.shop, (count ?? 0) + 1)
  }
  return { outputs, lateRecords: 0 }
}

function connected(
  name: string,
  type: string,
  functions: OperatorCase['functions'],
  inputs: readonly HarnessInput[],
  expectedOf: NonNullable<OperatorCase['expectedOf']>,
  more: Partial<OperatorCase> = {},
): OperatorCase {
  const config: Record<string, string> = type === 'coMap' || type === 'coFlatMap' ? { fn1: '…', fn2: '…' } : { fn: '…' }
  return {
    name,
    node: node(type, config),
    functions,
    inputs,
    expected: expectedOf(inputs).outputs,
    expectedOf,
    inputCount: 2,
    ...more,
  }
}

const byShops = { ...byShop, key1: (limit: unknown) => (limit as Limit).shop }
const broadcast = (type: string) => ({
  node: node(type, { fn: 'class …', states: [{ name: 'limits' }] }),
  broadcastInput: 1 as const,
})

export const CONNECTED_CASES: readonly OperatorCase[] = [
  connected(
    'map of two streams',
    'coMap',
    () => ({ fn1: (sale: Sale) => sale.amount * 2, fn2: (limit: Limit) => limit.shop }),
    UNTIMED,
    each((value, timestamp) => [out(isSale(value) ? value.amount * 2 : value.shop, timestamp)]),
  ),
  connected(
    'flatMap of two streams, over arrays and generators',
    'coFlatMap',
    () => ({
      fn1: (sale: Sale) => (sale.amount < 0 ? [] : sale.shop.split(' ')),
      fn2: function* ({ limit }: Limit) {
        for (let i = 0; i < limit % 4; i++) yield { limit, i }
      },
    }),
    UNTIMED,
    each((value, timestamp) => {
      if (isSale(value)) return value.amount < 0 ? [] : value.shop.split(' ').map(word => out(word, timestamp))
      const { limit } = value
      return [0, 1, 2].filter(i => i < limit % 4).map(i => out({ limit, i }, timestamp))
    }),
  ),
  connected(
    'process of two streams with a side output',
    'coProcess',
    () => ({ fn: new Sorted() }),
    UNTIMED,
    each((value, timestamp) => {
      if (!isSale(value)) {
        return [0, 1].filter(i => i < value.limit % 3).map(i => out(['sorted', value.limit, i], timestamp))
      }
      return value.amount < 0
        ? [{ type: 'side', tag: 'refund', value: [value.shop, timestamp], timestamp }]
        : [out(['sorted', value.amount], timestamp)]
    }),
  ),
  connected(
    'keyed process of two streams with timers',
    'keyedCoProcess',
    () => ({ ...byShops, fn: OverLimit }),
    TIMED,
    overLimit,
  ),
  connected('broadcast state', 'broadcastProcess', () => ({ fn: new LargeSales() }), UNTIMED, largeSales, {
    ...broadcast('broadcastProcess'),
  }),
  connected(
    'broadcast state beside keyed state and timers',
    'keyedBroadcastProcess',
    () => ({ ...byShop, fn: new CountLarge() }),
    TIMED,
    countLarge,
    { ...broadcast('keyedBroadcastProcess') },
  ),
]
