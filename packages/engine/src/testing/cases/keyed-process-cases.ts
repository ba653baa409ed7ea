import type { Collector } from '../../functions/collector.ts'
import {
  type Context,
  KeyedProcessFunction,
  type OnTimerContext,
  type RuntimeContext,
} from '../../functions/process-function.ts'
import type { ListState, ValueState } from '../../functions/state.ts'
import { listState, valueState } from '../../functions/state-descriptors.ts'
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
import { byShop, inputsOf, node, out, running, SALES, type Sale } from './sales.ts'
import { merged } from './two-inputs.ts'

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

/** The same of sales that come in any order, with a watermark that is behind them or before. */
function quietShopsOf(steps: readonly HarnessInput[]): ExpectedOutcome {
  const outputs: HarnessOutput[] = []
  const openShops = new Map<string, { sales: number; deadline: number }>()
  for (const step of merged(steps)) {
    if (step.type === 'record') {
      const { shop } = step.value as Sale
      const sales = openShops.get(shop)?.sales ?? 0
      if (sales === 0) outputs.push(out({ opened: shop }, step.timestamp))
      openShops.set(shop, { sales: sales + 1, deadline: step.timestamp + 5_000 })
      continue
    }
    for (const [shop, { sales, deadline }] of openShops) {
      if (deadline > step.now) continue
      outputs.push(out({ shop, sales, quietSince: deadline - 5_000 }, deadline))
      outputs.push({ type: 'side', tag: 'domain', value: 'event-time', timestamp: deadline })
      openShops.delete(shop)
    }
  }
  return { outputs, lateRecords: 0 }
}

/** One reminder for each shop and moment of its sales, 100 ms later; those that are not due at the end are dropped. */
function remindersOf(steps: readonly HarnessInput[], startMs: number): ExpectedOutcome {
  const outputs: HarnessOutput[] = []
  const waiting = new Map<string, { shop: string; timestamp: number }>()
  let now = startMs
  for (const step of merged(steps)) {
    if (step.type === 'record') {
      const { shop } = step.value as Sale
      waiting.set(`${shop} ${now}`, { shop, timestamp: now + 100 })
      continue
    }
    now = step.now
    for (const [name, { shop, timestamp }] of waiting) {
      if (timestamp > now) continue
      outputs.push(out({ shop, timestamp }, timestamp))
      waiting.delete(name)
    }
  }
  return { outputs, lateRecords: 0 }
}

const IN_ORDER = [...SALES].sort((a, b) => a.at - b.at)

export const KEYED_PROCESS_CASES: readonly OperatorCase[] = [
  {
    name: 'keyed process with event-time timers',
    node: node('keyedProcess', { fn: 'class QuietShops …' }),
    functions: () => ({ ...byShop, fn: new QuietShops() }),
    ...quietShops(IN_ORDER),
    expectedOf: quietShopsOf,
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
    expectedOf: steps => remindersOf(steps, 1_000),
  },
  {
    name: 'stateful map',
    node: node('statefulMap', { fn: '(key, sale, seen) => …' }),
    functions: () => ({
      ...byShop,
      // Every third sale of a shop is emitted with its number in the round.
      fn: (key: string, sale: Sale, seen: { count: number } | undefined) => {
        const count = (seen?.count ?? 0) + 1
        return count === 3 ? [[{ key, third: sale.amount }], undefined] : [[], { count }]
      },
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
