import type { Collector } from '../../functions/collector.ts'
import { type IntervalJoinContext, ProcessJoinFunction } from '../../functions/join-function.ts'
import {
  type ExpectedOutcome,
  end,
  type HarnessInput,
  type HarnessOutput,
  type OperatorCase,
  record,
  watermark,
} from '../operator-harness.ts'
import { SeededRandom } from '../seeded-random.ts'
import { node, out } from './sales.ts'
import { merged } from './two-inputs.ts'

interface Order {
  readonly customer: number
  readonly order: string
}

interface Payment {
  readonly customer: number
  readonly cents: number
}

interface Interval {
  readonly lowerMs: number
  readonly upperMs: number
  readonly lowerExclusive?: true
  readonly upperExclusive?: true
  readonly leftLateTag?: string
  readonly rightLateTag?: string
}

/**
 * Orders (left) and payments (right) of a few customers, whose times are multiples of 100 ms, so that many are exactly at a
 * bound. The watermark of each input is `behindMs` behind its highest time.
 */
function inputsOf(count: number, seed: number, behindMs: number, every = 4): HarnessInput[] {
  const random = new SeededRandom(seed)
  const highest = [0, 0]
  const inputs = Array.from({ length: count }, (_, i): HarnessInput[] => {
    const input = random.below(3) === 0 ? 1 : 0
    const at = 1_000 + i * 100 - random.below(12) * 100
    const customer = random.below(3)
    const value = input === 0 ? { customer, order: `order ${i}` } : { customer, cents: i }
    highest[input] = Math.max(highest[input], at)
    const time = random.below(every) === 0 ? [watermark(highest[input] - behindMs, input)] : []
    return [record(value, at, input), ...time]
  }).flat()
  return [...inputs, end(0), end(1)]
}

/** Every pair of which the later to arrive finds the other in time, and neither was late. */
function joined(interval: Interval, pair: (left: Order, right: Payment, times: [number, number]) => HarnessOutput[]) {
  const { lowerMs, upperMs, lowerExclusive, upperExclusive, leftLateTag, rightLateTag } = interval
  const isNear = (left: number, right: number): boolean => {
    const distance = right - left
    if (distance === lowerMs && lowerExclusive) return false
    if (distance === upperMs && upperExclusive) return false
    return distance >= lowerMs && distance <= upperMs
  }
  return (steps: readonly HarnessInput[]): ExpectedOutcome => {
    const outputs: HarnessOutput[] = []
    const orders: { value: Order; at: number }[] = []
    const payments: { value: Payment; at: number }[] = []
    let now = Number.NEGATIVE_INFINITY
    let lateRecords = 0
    for (const step of merged(steps)) {
      if (step.type === 'now') {
        now = step.now
        continue
      }
      const at = step.timestamp
      const isOrder = 'order' in (step.value as object)
      if (at < now) {
        lateRecords++
        const tag = isOrder ? leftLateTag : rightLateTag
        if (tag !== undefined) outputs.push({ type: 'side', tag, value: step.value, timestamp: at })
      } else if (isOrder) {
        const value = step.value as Order
        const found = payments.filter(other => other.value.customer === value.customer && isNear(at, other.at))
        for (const other of found.sort((a, b) => a.at - b.at)) outputs.push(...pair(value, other.value, [at, other.at]))
        orders.push({ value, at })
      } else {
        const value = step.value as Payment
        const found = orders.filter(other => other.value.customer === value.customer && isNear(other.at, at))
        for (const other of found.sort((a, b) => a.at - b.at)) outputs.push(...pair(other.value, value, [other.at, at]))
        payments.push({ value, at })
      }
    }
    return { outputs, lateRecords }
  }
}

class Matches extends ProcessJoinFunction<Order, Payment, unknown> {
  override processElement(
    left: Order,
    right: Payment,
    context: IntervalJoinContext,
    collector: Collector<unknown>,
  ): void {
    collector.collect([left.order, right.cents, context.leftTimestamp(), context.rightTimestamp()])
    if (right.cents % 5 === 0) context.output('fifth', { at: context.timestamp(), cents: right.cents })
  }
}

const keys = {
  key0: (value: unknown) => (value as Order).customer,
  key1: (value: unknown) => (value as Payment).customer,
}

const matches = (left: Order, right: Payment, [leftAt, rightAt]: [number, number]): HarnessOutput[] => {
  const timestamp = Math.max(leftAt, rightAt)
  return [
    out([left.order, right.cents, leftAt, rightAt], timestamp),
    ...(right.cents % 5 === 0
      ? [{ type: 'side' as const, tag: 'fifth', value: { at: timestamp, cents: right.cents }, timestamp }]
      : []),
  ]
}

function joinCase(name: string, interval: Interval, inputs: readonly HarnessInput[]): OperatorCase {
  const expectedOf = joined(interval, matches)
  const expected = expectedOf(inputs)
  return {
    name,
    node: node('intervalJoin', { fn: 'class Matches …', ...interval }),
    functions: () => ({ ...keys, fn: Matches }),
    inputs,
    expected: expected.outputs,
    lateRecords: expected.lateRecords,
    expectedOf,
    sideTags: ['fifth', interval.leftLateTag, interval.rightLateTag].filter(tag => tag !== undefined),
    inputCount: 2,
  }
}

export const INTERVAL_JOIN_CASES: readonly OperatorCase[] = [
  joinCase('interval join around each record', { lowerMs: -500, upperMs: 700 }, inputsOf(150, 3, 1_200)),
  joinCase(
    'interval join without its bounds',
    { lowerMs: -300, upperMs: 300, lowerExclusive: true, upperExclusive: true },
    inputsOf(120, 4, 1_200),
  ),
  joinCase('interval join of what comes later', { lowerMs: 400, upperMs: 1_500 }, inputsOf(120, 5, 1_200)),
  joinCase('interval join of what came before', { lowerMs: -1_500, upperMs: -400 }, inputsOf(120, 6, 1_200)),
  joinCase(
    'interval join with late records to side outputs',
    { lowerMs: -1_000, upperMs: 1_000, leftLateTag: 'late orders', rightLateTag: 'late payments' },
    inputsOf(150, 7, 300, 1),
  ),
]
