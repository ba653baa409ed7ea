import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TimeWindow } from '../functions/window-function.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { inAnyOrder } from '../testing/harness-modes.ts'
import { end, type HarnessInput, OperatorHarness, record, watermark } from '../testing/operator-harness.ts'
import { createOperator } from './operator-factories.ts'

/**
 * Windows whose keys and accumulators are numbers are kept in columns; the same windows with texts for keys are not, and
 * give the same.
 */

interface Item {
  readonly key: string
  readonly n: number
}

/** A number while it is short, then a text: the digits of all records in their order. 0 is none. */
type Digits = number | string

function joined(a: Digits, b: Digits): Digits {
  if (a === 0) return b
  if (b === 0) return a
  const digits = `${a}${b}`
  return digits.length > 2 ? digits : Number(digits)
}

const digits = {
  createAccumulator: (): Digits => 0,
  add: ({ n }: Item, held: Digits) => joined(held, n),
  getResult: (held: Digits) => `${typeof held} ${held}`,
  merge: joined,
}

/** Of a key, as texts, as numbers of several kinds, or some of both. */
const KEYS: Record<'texts' | 'numbers' | 'both', Record<string, unknown>> = {
  texts: { a: 'a', b: 'b', c: 'c' },
  numbers: { a: 0, b: -7, c: 2 ** 40 + 0.5 },
  both: { a: 1, b: 'b', c: 3 },
}

const assigners = fc.oneof(
  fc.constantFrom(7, 10).map(sizeMs => ({ type: 'tumbling', sizeMs })),
  fc
    .tuple(fc.constantFrom(3, 10, 12, 20), fc.constantFrom(1, 4, 5))
    .map(([sizeMs, slideMs]) => ({ type: 'sliding', sizeMs, slideMs })),
  fc.constantFrom(1, 3, 8).map(gapMs => ({ type: 'session', gapMs })),
)
const inputs = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: -30, max: 60 }), fc.integer({ min: 1, max: 9 }))
        .map(([key, at, n]) => record({ key, n }, at)),
    },
    { weight: 1, arbitrary: fc.integer({ min: -30, max: 60 }).map(at => watermark(at)) },
  ),
  { maxLength: 60, size: 'max' },
)

test('windows of numbers in columns give what those of objects give, in every mode', () => {
  const seen = { number: 0, string: 0 }
  fc.assert(
    fc.property(
      inputs,
      assigners,
      fc.constantFrom(0, 5, 40),
      fc.boolean(),
      fc.nat(59),
      fc.constantFrom(undefined, 6_000, 1_500, 300),
      fc.constantFrom('numbers' as const, 'both' as const),
      (list, assigner, allowedLatenessMs, oneCredit, restoreAt, roomBytes, kind) => {
        const all: HarnessInput[] = [...list, end()]
        const run = (keys: Record<string, unknown>) => {
          const names = new Map(Object.entries(keys).map(([name, key]) => [key, name]))
          const functions = () => ({
            key0: (value: unknown) => keys[(value as Item).key],
            aggregator: digits,
            windowFn: (
              key: unknown,
              { start, end: until }: TimeWindow,
              found: string,
              out: { collect(v: unknown): void },
            ) => {
              seen[found.split(' ')[0] as keyof typeof seen]++
              out.collect(`${names.get(key)} ${start} ${until} ${found}`)
            },
          })
          const config = { assigner: { ...assigner, time: 'event' }, allowedLatenessMs, compute: { type: 'aggregate' } }
          const node: JobNode = { uid: 'w', type: 'window', name: 'the window', config }
          const window = new OperatorHarness(node, functions, createOperator, {
            oneCredit,
            ...(roomBytes === undefined ? {} : { roomBytes }),
          })
          for (const [i, input] of all.entries()) {
            window.push(input)
            if (i === restoreAt) window.restore()
          }
          // The filter of a table that was on disk stays.
          if (roomBytes === undefined) expect(window.state.sizeBytes()).toBe(0)
          return {
            records: inAnyOrder(window.outputs.filter(({ type }) => type === 'record')),
            late: window.counters.lateRecords,
          }
        }
        expect(run(KEYS[kind])).toEqual(run(KEYS.texts))
      },
    ),
    { numRuns: 500 },
  )
  expect(Math.min(seen.number, seen.string)).toBeGreaterThan(500)
})

test('the keys of a window in columns fire in the order in which they came', () => {
  const functions = () => ({ key0: (value: unknown) => value })
  for (const slideMs of [10, 5]) {
    const assigner = { type: 'sliding', sizeMs: 10, slideMs, time: 'event' }
    const node: JobNode = { uid: 'w', type: 'window', name: 'w', config: { assigner, compute: { type: 'count' } } }
    const window = new OperatorHarness(node, functions, createOperator)
    window.push(record(30, 1), record(10, 2), record(20, 3), record(10, 6), record(5, 7), watermark(9))
    const fired = window.outputs.flatMap(output => (output.type === 'record' ? [output.value] : []))
    expect(fired.filter(value => (value as { end: number }).end === 10)).toEqual(
      [30, 10, 20, 5].map(key => ({ key, start: 0, end: 10, count: key === 10 ? 2 : 1 })),
    )
  }
})
