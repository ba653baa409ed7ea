import type { JobNode } from '../../graph/job-graph.ts'
import { end, type HarnessInput, type HarnessOutput, record } from '../operator-harness.ts'
import { SeededRandom } from '../seeded-random.ts'

/** What the cases are about: sales of a few shops, and plain programs over lists of them. */
export interface Sale {
  readonly shop: string
  readonly amount: number
  /** Event time. */
  readonly at: number
}

const SHOPS = ['north', 'south', 'east', 'a shop with a name that is longer than most']

/** Sales about 1 s apart, out of order by less than `disorderMs`. */
export function sales(count: number, seed: number, disorderMs = 0): Sale[] {
  const random = new SeededRandom(seed)
  return Array.from({ length: count }, (_, i) => ({
    shop: random.pick(SHOPS),
    amount: random.below(1000) - 300,
    at: (i - 20) * 1_000 + random.below(1_000) - random.below(disorderMs + 1),
  }))
}

export const SALES = sales(90, 7)
export const byShop = { key0: (sale: unknown) => (sale as Sale).shop }

export function node(type: string, config: JobNode['config'] = {}): JobNode {
  return { uid: `${type}-1`, type, name: `the ${type}`, config }
}

export function inputsOf(list: readonly Sale[]): HarnessInput[] {
  return [...list.map(sale => record(sale, sale.at)), end()]
}

export function out(value: unknown, timestamp: number): HarnessOutput {
  return { type: 'record', value, timestamp }
}

/** What a running operator has to emit: `result` gets all sales of the shop up to and with the one at hand. */
export function running(list: readonly Sale[], result: (soFar: readonly Sale[]) => unknown): HarnessOutput[] {
  return list.map((sale, i) => out(result(list.slice(0, i + 1).filter(({ shop }) => shop === sale.shop)), sale.at))
}

export const amounts = (list: readonly Sale[]): number[] => list.map(({ amount }) => amount)
export const sumOf = (list: readonly Sale[]): number => amounts(list).reduce((a, b) => a + b, 0)
