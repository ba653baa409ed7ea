import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NodeFunctions } from '../graph/job-functions.ts'
import { type CanonicalKey, canonicalKey } from '../record/canonical-key.ts'
import type { KeyedRow, KeyedTable } from '../state/keyed-state-backend.ts'
import { MemoryTier } from '../state/memory-tier.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { type KeySessions, keySessions, numberSession, onlySession } from '../window/sessions.ts'
import type { OperatorContext } from './operator.ts'
import { columnSessionAdder, plainSessionAdder, type SessionAdder, SessionMiss, sessionAdder } from './session-adder.ts'
import { windowFold } from './window-compute.ts'
import type { WindowCompute } from './window-config.ts'

type Sessions = KeySessions<unknown>
interface Item {
  key: unknown
  n: number
}

const GAP_MS = 10
const selector = (value: unknown): unknown => (value as Item).key

/** A table of plain rows that counts how often it was told of a change. */
function table(rows: readonly [unknown, Sessions][]) {
  const held = new Map<CanonicalKey, KeyedRow<Sessions>>(
    rows.map(([key, value]) => [canonicalKey(key), { key, value }]),
  )
  let touched = 0
  const made = {
    get: (canonical: CanonicalKey) => held.get(canonical),
    touch: () => void touched++,
  }
  return {
    rows: made as unknown as KeyedTable<Sessions>,
    held: () => [...held.values()],
    touched: () => touched,
  }
}

function contextOf(functions: NodeFunctions, uid = 's'): OperatorContext {
  const node = { uid, type: 'window', name: 'the sessions', config: {} }
  return { node, functions, subtask: { jobId: 'j', attempt: 0, subtask: 0 } } as unknown as OperatorContext
}

const aggregator = {
  createAccumulator: () => 0,
  add: ({ n }: Item, sum: number) => sum + n,
  getResult: (sum: number) => sum,
  merge: (a: number, b: number) => a + b,
}
const KINDS: readonly [WindowCompute, NodeFunctions, unknown][] = [
  [{ type: 'count' }, {}, 1],
  [{ type: 'sum', field: 'n' }, {}, 1],
  [{ type: 'max', field: 'n' }, {}, 1],
  [{ type: 'reduce' }, { fn: (a: Item, b: Item) => (b.n > a.n ? b : a) }, { key: 'a', n: 1 }],
  [{ type: 'aggregate' }, { aggregator }, 1],
  [{ type: 'process' }, { windowFn: () => undefined }, []],
]

function sessions(accumulator: unknown, fired: boolean): Sessions {
  const before = { start: 10, end: 20, accumulator: structuredClone(accumulator), fired: false }
  return keySessions([before, { start: 40, end: 55, accumulator: structuredClone(accumulator), fired }])
}

test.each(KINDS)('the generated adder of sessions of %j does what the plain one does', (compute, functions, first) => {
  const keys = fc.constantFrom<unknown>('a', 'b', 'fired', 7, -0, 1.5, ['t', 1])
  const items = fc.array(fc.record({ key: keys, n: fc.integer(), time: fc.integer({ min: 0, max: 80 }) }))
  fc.assert(
    fc.property(items, given => {
      const context = contextOf(functions)
      const fold = windowFold(context, compute)
      const run = (add: SessionAdder): unknown => {
        const { rows, held, touched } = table([
          ['a', sessions(first, false)],
          ['fired', sessions(first, true)],
          [7, onlySession(40, 50, structuredClone(first))],
          [0, onlySession(40, 50, structuredClone(first))],
        ])
        const answers = given.map(({ time, ...item }) => {
          const miss = new SessionMiss()
          return [add(rows, item, time, miss), miss.key, miss.canonical, miss.row?.value.end]
        })
        return { answers, held: held(), touched: touched() }
      }
      expect(run(sessionAdder(context, compute, selector, fold, GAP_MS))).toEqual(
        run(plainSessionAdder(selector, fold, GAP_MS)),
      )
    }),
  )
})

test.each(KINDS.filter(([{ type }]) => ['count', 'sum', 'aggregate'].includes(type)))(
  'the adder for sessions of %j in columns does what the plain one does',
  (compute, functions) => {
    const columns = () => {
      const backend = new MemoryTier({ maxParallelism: 128, ownsKeyGroup: () => true, clock: new ManualClock() })
      const made = backend.columnTable('t', numberSession)
      for (const key of [7, 1.5]) made.insert(key, key, onlySession(40, 50, 1))
      for (const key of ['a', 8]) made.insert(key as CanonicalKey, key, sessions(1, false))
      made.insert(9, 9, sessions(1, true))
      return made
    }
    const keys = fc.constantFrom<unknown>('a', 'b', 7, 8, 9, 10, 1.5)
    const items = fc.array(fc.record({ key: keys, n: fc.integer(), time: fc.integer({ min: 0, max: 80 }) }))
    // From here on its accumulators are no numbers.
    const turning = { ...aggregator, add: ({ n }: Item, sum: unknown) => (n % 5 === 0 ? `${sum}` : `${sum}${n % 9}`) }
    fc.assert(
      fc.property(items, fc.boolean(), (given, turns) => {
        const context = contextOf(turns && compute.type === 'aggregate' ? { aggregator: turning } : functions)
        const fold = windowFold(context, compute)
        const run = (add: SessionAdder): unknown => {
          const rows = columns()
          const answers = given.map(({ time, ...item }) => {
            const miss = new SessionMiss()
            return [add(rows as KeyedTable<Sessions>, item, time, miss), miss.key, miss.canonical, miss.row?.value.end]
          })
          return { answers, held: new Map([...rows.rows()].map(({ key, value }) => [key, { ...value }])) }
        }
        expect(run(columnSessionAdder(context, compute, selector, fold, GAP_MS) as SessionAdder)).toEqual(
          run(plainSessionAdder(selector, fold, GAP_MS)),
        )
      }),
    )
  },
)

test('a record belongs to the last session up to its very end, and makes it longer', () => {
  const context = contextOf({})
  const fold = windowFold(context, { type: 'count' })
  for (const add of [
    sessionAdder(context, { type: 'count' }, selector, fold, GAP_MS),
    plainSessionAdder(selector, fold, GAP_MS),
  ]) {
    const { rows, held } = table([['a', sessions(1, false)]])
    const at = (time: number): boolean => add(rows, { key: 'a' }, time, new SessionMiss())
    expect([at(39), at(56), at(15)]).toEqual([false, false, false])
    expect([at(40), at(55), at(65)]).toEqual([true, true, true])
    expect(held()[0]?.value).toMatchObject({ start: 40, end: 75, accumulator: 4, fired: false })
  }
})

test('a uid with line breaks and quotes is text in it, not code', () => {
  const context = contextOf({}, 'a"\n\u2028\r\nthrow new Error("evil")//`$' + '{1}')
  const fold = windowFold(context, { type: 'count' })
  const { rows } = table([['a', onlySession(40, 50, 1)]])
  expect(sessionAdder(context, { type: 'count' }, selector, fold, 10)(rows, { key: 'a' }, 45, new SessionMiss())).toBe(
    true,
  )
})
