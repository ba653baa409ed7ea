import { answerSoon } from '../async-answers.ts'
import { end, type HarnessInput, type OperatorCase, record, watermark } from '../operator-harness.ts'
import { node, out, SALES, type Sale } from './sales.ts'

/** A watermark after every fifth sale. */
const INPUTS: readonly HarnessInput[] = [
  ...SALES.flatMap((sale, i) => [record(sale, sale.at), ...(i % 5 === 4 ? [watermark(i * 10)] : [])]),
  end(),
]

const EXPECTED = SALES.map(({ shop, amount, at }) => out({ shop, double: amount * 2 }, at))

const functions: OperatorCase['functions'] = answers => ({
  fn: (sale: Sale) =>
    answerSoon(answers, Math.abs(sale.amount) % 7, () => ({ shop: sale.shop, double: sale.amount * 2 })),
})

export const ASYNC_CASES: readonly OperatorCase[] = [
  {
    name: 'asyncMap in order',
    node: node('asyncMap', { fn: 'async sale => …', capacity: 8 }),
    functions,
    inputs: INPUTS,
    expected: EXPECTED,
  },
  {
    name: 'asyncMap with room for one',
    node: node('asyncMap', { fn: 'async sale => …', capacity: 1 }),
    functions,
    inputs: INPUTS,
    expected: EXPECTED,
  },
]

export const UNORDERED_ASYNC_CASES: readonly OperatorCase[] = [
  {
    name: 'asyncMap as answers come',
    node: node('asyncMap', { fn: 'async sale => …', capacity: 8, ordered: false }),
    functions,
    inputs: INPUTS,
    expected: EXPECTED,
    unordered: true,
  },
]
