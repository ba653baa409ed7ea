import { describe, expect, test } from 'vitest'
import type { NodeFunctions } from '../graph/job-functions.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { end, OperatorHarness, record } from '../testing/operator-harness.ts'
import { createOperator } from './operator-factories.ts'

function harness(type: string, config: JobNode['config'], functions: NodeFunctions = {}): OperatorHarness {
  const node = { uid: type, type, name: `my ${type}`, config }
  const key0 = (value: unknown) => (value as { key: unknown }).key
  return new OperatorHarness(node, () => ({ key0, ...functions }), createOperator)
}

const values = (of: OperatorHarness): unknown[] =>
  of.outputs.flatMap(output => (output.type === 'record' ? [output.value] : []))

test('what was emitted does not change when more records come', () => {
  const accumulating = {
    createAccumulator: () => ({ list: [] as number[] }),
    add: (value: { n: number }, accumulator: { list: number[] }) => {
      accumulator.list.push(value.n)
      return accumulator
    },
    getResult: (accumulator: { list: number[] }) => accumulator,
    merge: (a: { list: number[] }) => a,
  }
  for (const [type, config, functions] of [
    ['sum', { field: 'n' }, {}],
    ['count', {}, {}],
    ['avg', { field: 'n' }, {}],
    ['min', { field: 'n' }, {}],
    ['max', { field: 'n' }, {}],
    ['aggregate', {}, { aggregator: accumulating }],
  ] as const) {
    const running = harness(type, config, functions)
    running.push(record({ key: 'a', n: 2 }))
    const before = structuredClone(values(running))
    running.push(record({ key: 'a', n: 1 }), record({ key: 'a', n: 5 }), end())
    expect(values(running).slice(0, 1)).toEqual(before)
    expect(values(running)).toHaveLength(3)
  }
})

test('records are frozen and stay as they were', () => {
  const first = Object.freeze({ key: 'a', n: 2 })
  for (const type of ['sum', 'min', 'max', 'avg']) {
    const running = harness(type, { field: 'n' })
    running.push(record(first), record(Object.freeze({ key: 'a', n: 3 })))
    expect(values(running)).toHaveLength(2)
  }
  expect(first).toEqual({ key: 'a', n: 2 })
})

describe('keys', () => {
  test('are told apart by type, and objects by their fields whatever their order', () => {
    const count = harness('count', {})
    for (const key of [1, '1', true, 1n, ['1'], { a: 1, b: 2 }, { b: 2, a: 1 }, -0, 0]) count.push(record({ key }))
    expect(values(count).map(value => (value as { count: number }).count)).toEqual([1, 1, 1, 1, 1, 1, 2, 1, 2])
  })

  test.each([undefined, null, Number.NaN, { deep: {} }])('%s is refused, with the name of the operator', key => {
    expect(() => harness('count', {}).push(record({ key }))).toThrow(
      expect.objectContaining({ code: 'KEY_TYPE', place: { operator: 'my count' } }),
    )
  })
})

describe('fields', () => {
  test('minimum and maximum work on strings and bigints too, and pass over NaN', () => {
    for (const [list, min, max] of [
      [['b', 'a', 'c'], 'a', 'c'],
      [[2n, 1n, 3n], 1n, 3n],
      [[Number.NaN, 2, Number.NaN, 1], 1, 2],
    ] as const) {
      const lowest = harness('min', { field: 'n' })
      const highest = harness('max', { field: 'n' })
      for (const n of list) {
        lowest.push(record({ key: 'a', n }))
        highest.push(record({ key: 'a', n }))
      }
      expect(values(lowest).at(-1)).toEqual({ key: 'a', n: min })
      expect(values(highest).at(-1)).toEqual({ key: 'a', n: max })
    }
  })

  test.each([
    ['sum', { key: 'a' }, "the field 'n' has to be a number, but is missing"],
    ['avg', { key: 'a', n: '5' }, `the field 'n' has to be a number, but is the string "5"`],
    ['sum', { key: 'a', n: null }, "the field 'n' has to be a number, but is null"],
    ['min', { key: 'a', n: {} }, "the field 'n' has to be a number, a bigint or a string, but is of type object"],
  ])('%s of what has no such field says what it found', (type, value, message) => {
    expect(() => harness(type, { field: 'n' }).push(record(value))).toThrow(
      expect.objectContaining({ code: 'FIELD_TYPE', message: `operator 'my ${type}': ${message}` }),
    )
  })

  test('a minimum over mixed types is refused', () => {
    const lowest = harness('min', { field: 'n' })
    lowest.push(record({ key: 'a', n: 1 }))
    expect(() => lowest.push(record({ key: 'a', n: '0' }))).toThrow('min needs one type')
  })
})

test('an aggregator whose add forgets to return is told so', () => {
  const aggregator = { createAccumulator: () => [], add: () => undefined, getResult: () => 1, merge: () => [] }
  expect(() => harness('aggregate', {}, { aggregator }).push(record({ key: 'a' }))).toThrow(
    'has to return the accumulator',
  )
})

test('a missing function is an error of the graph that names it', () => {
  expect(() => harness('reduce', {})).toThrow(
    expect.objectContaining({ code: 'JOB_GRAPH', message: "operator 'my reduce' (reduce) needs a function as 'fn'" }),
  )
  expect(() => harness('aggregate', {}, { aggregator: { add: () => 1 } })).toThrow(
    "needs a function as 'aggregator.createAccumulator'",
  )
})
