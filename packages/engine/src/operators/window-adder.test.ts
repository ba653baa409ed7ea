import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NodeFunctions } from '../graph/job-functions.ts'
import { type CanonicalKey, canonicalKey } from '../record/canonical-key.ts'
import type { Columns, KeyedRow, KeyedTable } from '../state/keyed-state-backend.ts'
import { MemoryTier } from '../state/memory-tier.ts'
import { oneNumber } from '../state/number-table.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import type { OperatorContext } from './operator.ts'
import { columnAdder, plainAdder, windowAdder } from './window-adder.ts'
import { foldsNumbers, windowFold } from './window-compute.ts'
import type { WindowCompute } from './window-config.ts'

/** A table of plain rows. */
function table(): KeyedTable<unknown> & { held(): [CanonicalKey, unknown, unknown][] } {
  const rows = new Map<CanonicalKey, { key: unknown; value: unknown }>()
  const made: Pick<KeyedTable<unknown>, 'get' | 'insert' | 'update'> & { held(): [CanonicalKey, unknown, unknown][] } =
    {
      get: canonical => rows.get(canonical),
      insert(canonical, key, value): KeyedRow<unknown> {
        const row = { key, value }
        rows.set(canonical, row)
        return row
      },
      update(row, value) {
        ;(row as { value: unknown }).value = value
      },
      held: () => [...rows].map(([canonical, { key, value }]) => [canonical, key, value]),
    }
  return made as ReturnType<typeof table>
}

function contextOf(functions: NodeFunctions, uid = 'w'): OperatorContext {
  const node = { uid, type: 'window', name: 'the window', config: {} }
  return { node, functions, subtask: { jobId: 'j', attempt: 0, subtask: 0 } } as unknown as OperatorContext
}

interface Item {
  key: unknown
  n: number
}
const selector = (value: unknown): unknown => (value as Item).key

const aggregator = {
  createAccumulator: () => ({ sum: 0 }),
  add: ({ n }: Item, held: { sum: number }) => {
    held.sum += n
    return held
  },
  getResult: (held: { sum: number }) => held.sum,
  merge: (a: { sum: number }, b: { sum: number }) => ({ sum: a.sum + b.sum }),
}
const KINDS: readonly [WindowCompute, NodeFunctions][] = [
  [{ type: 'count' }, {}],
  [{ type: 'sum', field: 'n' }, {}],
  [{ type: 'avg', field: 'n' }, {}],
  [{ type: 'max', field: 'n' }, {}],
  [{ type: 'reduce' }, { fn: (a: Item, b: Item) => (b.n > a.n ? b : a) }],
  [{ type: 'aggregate' }, { aggregator }],
  [{ type: 'process' }, { windowFn: () => undefined }],
]
const keys = fc.constantFrom<unknown>(0, -0, 1, -1, 1.5, 2 ** 31, -(2 ** 40), 1n, 2n, true, 'a', '1', ['a', 1], {
  a: 1,
})

test.each(KINDS)('the generated adder of %j does what the plain one does', (compute, functions) => {
  fc.assert(
    fc.property(fc.array(fc.record({ key: keys, n: fc.integer() }), { maxLength: 40 }), items => {
      const context = contextOf({ ...functions, key0: selector })
      const [generated, plain] = [table(), table()]
      const add = windowAdder(context, compute, selector, windowFold(context, compute))
      const addPlainly = plainAdder(selector, windowFold(context, compute))
      for (const item of items) expect(add(generated, item)).toEqual(addPlainly(plain, { ...item }))
      expect(generated.held()).toEqual(plain.held())
    }),
  )
})

/** A number, and a text from its third record on. */
const numberAggregator = {
  createAccumulator: () => 0,
  add: ({ n }: Item, held: number | string) => (typeof held === 'string' || held > 50 ? `${held} ${n}` : held + n),
  getResult: (held: number) => held,
  merge: (a: number, b: number) => a + b,
}

test.each<[WindowCompute, NodeFunctions]>([
  [{ type: 'count' }, {}],
  [{ type: 'sum', field: 'n' }, {}],
  [{ type: 'aggregate' }, { aggregator: numberAggregator }],
])('the adder for columns of %j does what the plain one does', (compute, functions) => {
  const columns = () =>
    new MemoryTier({ maxParallelism: 128, ownsKeyGroup: () => true, clock: new ManualClock() }).columnTable<unknown>(
      't',
      oneNumber as Columns<unknown>,
    )
  const held = (rows: KeyedTable<unknown>) => new Map([...rows.rows()].map(({ key, value }) => [key, value]))
  fc.assert(
    fc.property(fc.array(fc.record({ key: keys, n: fc.integer({ min: 0, max: 40 }) }), { maxLength: 40 }), items => {
      const context = contextOf(functions)
      expect(foldsNumbers(context, compute)).toBe(true)
      const fold = windowFold(context, compute)
      const [generated, plain] = [columns(), columns()]
      const add = columnAdder(context, compute, selector, fold)
      const addPlainly = plainAdder(selector, fold)
      for (const item of items) expect(canonicalKey(add(generated, item))).toBe(canonicalKey(addPlainly(plain, item)))
      expect(held(generated)).toEqual(held(plain))
    }),
  )
})

test.each<[string, WindowCompute, NodeFunctions, unknown]>([
  ['a field that is no number', { type: 'sum', field: 'n' }, {}, { key: 1, n: 'x' }],
  ['a record without the field', { type: 'sum', field: 'm' }, {}, { key: 1, m: undefined }],
  ['a reduce function that returns a promise', { type: 'reduce' }, { fn: () => Promise.resolve() }, { key: 1, n: 1 }],
  [
    'an aggregator without a result',
    { type: 'aggregate' },
    { aggregator: { ...aggregator, add: (_: Item, held: { n?: number }) => (held.n === 1 ? undefined : { n: 1 }) } },
    { key: 1, n: 1 },
  ],
  [
    'an aggregator that returns a promise',
    { type: 'aggregate' },
    {
      aggregator: {
        ...aggregator,
        add: (_: Item, held: { n?: number }) => (held.n === 1 ? Promise.resolve() : { n: 1 }),
      },
    },
    { key: 1, n: 1 },
  ],
  ['a key that cannot be one', { type: 'count' }, {}, { key: Number.NaN, n: 1 }],
])('%s is the same error', (_, compute, functions, second) => {
  const thrown = (add: ReturnType<typeof plainAdder>): unknown => {
    const rows = table()
    add(rows, { key: 1, n: 1, m: 1 })
    try {
      add(rows, second)
      return 'nothing'
    } catch (error) {
      return String(error)
    }
  }
  const context = contextOf(functions)
  const fold = windowFold(context, compute)
  const expected = thrown(plainAdder(selector, fold))
  expect(expected).not.toBe('nothing')
  expect(thrown(windowAdder(context, compute, selector, fold))).toBe(expected)
})

test('a uid with line breaks and quotes is text in it, not code', () => {
  const context = contextOf({}, 'a"\n\u2028\r\nthrow new Error("evil")//`$' + '{1}')
  const add = windowAdder(context, { type: 'sum', field: 'a"\n]' }, selector, windowFold(context, { type: 'count' }))
  const rows = table()
  add(rows, { key: 1 })
  expect(rows.held()).toEqual([[1, 1, 1]])
})
