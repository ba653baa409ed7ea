import type { Collector } from '../../functions/collector.ts'
import { type ProcessContext, ProcessFunction, type RuntimeContext } from '../../functions/process-function.ts'
import { end, type HarnessOutput, type OperatorCase, record } from '../operator-harness.ts'
import { inputsOf, node, out, SALES, type Sale } from './sales.ts'

export const STATELESS_CASES: readonly OperatorCase[] = [
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

export const TIMESTAMP_CASES: readonly OperatorCase[] = [
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
