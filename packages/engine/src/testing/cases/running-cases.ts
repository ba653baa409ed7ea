import type { Aggregator } from '../../functions/aggregator.ts'
import type { OperatorCase } from '../operator-harness.ts'
import { amounts, byShop, inputsOf, node, running, SALES, type Sale, sumOf } from './sales.ts'

export const spread: Aggregator<Sale, { low: number; high: number }, number> = {
  createAccumulator: () => ({ low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY }),
  add: (sale, accumulator) => {
    accumulator.low = Math.min(accumulator.low, sale.amount)
    accumulator.high = Math.max(accumulator.high, sale.amount)
    return accumulator
  },
  getResult: ({ low, high }) => high - low,
  merge: (a, b) => ({ low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) }),
}
export const spreadOf = (list: readonly Sale[]): number => Math.max(...amounts(list)) - Math.min(...amounts(list))
export const spreadTexts = {
  createAccumulator: '() => …',
  add: '(sale, acc) => …',
  getResult: 'acc => …',
  merge: '(a, b) => …',
}

export const RUNNING_CASES: readonly OperatorCase[] = [
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
