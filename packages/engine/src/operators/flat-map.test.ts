import { describe, expect, test } from 'vitest'
import { end, OperatorHarness, record } from '../testing/operator-harness.ts'
import type { FlowControl, OperatorContext } from './operator.ts'
import { createOperator } from './operator-factories.ts'

const node = { uid: 'f', type: 'flatMap', name: 'explode', config: {} }

function harness(fn: (value: never) => unknown, oneCredit = false): OperatorHarness {
  return new OperatorHarness(node, () => ({ fn }), createOperator, { oneCredit })
}

const values = (of: OperatorHarness): unknown[] =>
  of.outputs.flatMap(output => (output.type === 'record' ? [output.value] : []))

test.each([
  ['an array', [1, 2, 3]],
  ['a set', new Set([1, 2, 3])],
  ['an empty array', []],
  ['a string', 'ab'],
])('takes the elements of %s', (_, iterable) => {
  for (const oneCredit of [false, true]) {
    const flatMap = harness(() => iterable, oneCredit)
    flatMap.push(record('x'), record('y'), end())
    expect(values(flatMap)).toEqual([...iterable, ...iterable])
    expect(flatMap.emittedWhileFull).toBe(0)
  }
})

test('an array with a hole and undefined in it gives undefined for each', () => {
  const holed: unknown[] = [undefined]
  holed[2] = 3
  const flatMap = harness(() => holed)
  flatMap.push(record('x'))
  expect(values(flatMap)).toEqual([undefined, undefined, 3])
})

test.each([undefined, null, 5, {}])('what is no iterable is an error that says so: %s', result => {
  expect(() => harness(() => result).push(record('x'))).toThrow(
    /operator 'explode': the function of flatMap has to return an iterable/,
  )
})

test('an error in the middle of a generator names the operator', () => {
  const flatMap = harness(function* () {
    yield 1
    throw new Error('half way')
  })
  expect(() => flatMap.push(record('x'))).toThrow("operator 'explode': half way")
  expect(values(flatMap)).toEqual([1])
})

describe('an endless iterable', () => {
  let pulled = 0
  let closed = false
  const naturals = function* (): Generator<number> {
    try {
      for (pulled = 0; ; pulled++) yield pulled
    } finally {
      closed = true
    }
  }

  /** An operator over an output that takes `room` records. */
  function operatorWith(flow: FlowControl & { blocked: boolean }, collected: unknown[], room: number) {
    let left = room
    const state = {
      refill: () => {
        left = room
        flow.blocked = false
      },
    }
    const context = {
      node,
      functions: { fn: naturals },
      flow,
      output: {
        collect: (value: unknown) => {
          collected.push(value)
          if (--left === 0) flow.blocked = true
        },
      },
    } as unknown as OperatorContext
    return { operator: createOperator(context), ...state }
  }

  test('is pulled no faster than outputs take it, and ended when the operator is closed', () => {
    let suspended = 0
    const flow = { blocked: false, suspend: () => void suspended++, unsuspend: () => void suspended-- }
    const collected: unknown[] = []
    const { operator, refill } = operatorWith(flow, collected, 3)
    operator.processElement('x', 0, 0)
    expect(collected).toEqual([0, 1, 2])
    expect(suspended).toBe(1)
    refill()
    expect(operator.resume?.()).toBe(false)
    expect(collected).toEqual([0, 1, 2, 3, 4, 5])
    expect(suspended).toBe(1)
    expect(pulled).toBe(5)
    closed = false
    operator.close?.()
    expect(closed).toBe(true)
  })

  test('lets go of the thread now and then though outputs never fill', () => {
    let suspended = 0
    const flow = { blocked: false, suspend: () => void suspended++, unsuspend: () => void suspended-- }
    const collected: unknown[] = []
    const { operator } = operatorWith(flow, collected, Number.POSITIVE_INFINITY)
    operator.processElement('x', 0, 0)
    const first = collected.length
    expect(suspended).toBe(1)
    expect(operator.resume?.()).toBe(false)
    expect(collected.length).toBe(2 * first)
    operator.close?.()
  })
})
