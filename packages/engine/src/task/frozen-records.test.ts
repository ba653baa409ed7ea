import { describe, expect, test } from 'vitest'
import { WeirError } from '../base/errors.ts'
import type { Operator, OperatorContext } from '../operators/operator.ts'
import { type TestNode, testChain } from './testing/test-chain.ts'

interface Count {
  n: number
  path: string[]
}

/** Emits each record, and writes to it afterwards. */
const writingLater = ({ output }: OperatorContext): Operator => ({
  processElement: (value, timestamp) => {
    output.collect(value, timestamp)
    ;(value as Count).n++
  },
})

const toSide = ({ output }: OperatorContext): Operator => ({
  processElement: (value, timestamp) => {
    output.sideOutput('side', value, timestamp)
    ;(value as Count).path.push('more')
  },
})

const emitting = ({ output }: OperatorContext): Operator => ({
  processElement: (value, timestamp) => output.collect(value, timestamp),
})

const map = (fn: (value: Count) => unknown): TestNode['operator'] => ({ type: 'map', functions: { fn } })

const writing = (value: Count): Count => {
  value.n++
  return value
}

function failureOf(nodes: readonly TestNode[], compile: boolean, freeze: boolean): WeirError | undefined {
  const { driver } = testChain(nodes, { compile, freeze })
  const record: Count = { n: 1, path: [] }
  try {
    driver([record], [0], 0, 1, 0)
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(WeirError)
    return error as WeirError
  }
}

describe.each([
  ['interpreted', false],
  ['generated', true],
])('a chain that freezes records, %s', (_, compile) => {
  test.each<[string, string, readonly TestNode[]]>([
    [
      'the next operator of the chain writes to it',
      'writer',
      [
        { name: 'head', operator: emitting, feeds: [1] },
        { name: 'writer', operator: map(writing), leaves: true },
      ],
    ],
    [
      'a map writes to what another one gave',
      'writer',
      [
        { name: 'head', operator: map(({ n, path }) => ({ n, path })), feeds: [1] },
        { name: 'writer', operator: map(writing), leaves: true },
      ],
    ],
    ['the one that emitted it writes to it later', 'head', [{ name: 'head', operator: writingLater, leaves: true }]],
    [
      'it writes to a part of what it gave to a side output',
      'head',
      [{ name: 'head', operator: toSide, sides: { side: { leaves: true } } }],
    ],
    [
      'one of two consumers writes to it',
      'second',
      [
        { name: 'head', operator: emitting, feeds: [1, 2] },
        { name: 'first', operator: map(value => value.n), leaves: true },
        { name: 'second', operator: map(writing), leaves: true },
      ],
    ],
  ])('fails when %s', (_case, operator, nodes) => {
    const error = failureOf(nodes, compile, true)
    expect(error?.place.operator).toBe(operator)
    expect(error?.code).toBe('USER_FUNCTION')
    expect(error?.message).toContain('a record must not be changed after an operator has emitted it')
    // Without the check nobody notices: that is what it is for.
    expect(failureOf(nodes, compile, false)).toBeUndefined()
  })

  test('lets an operator change what it has not emitted', () => {
    const nodes: TestNode[] = [
      { name: 'head', operator: map(({ n, path }) => ({ n, path: [...path] })), feeds: [1] },
      {
        name: 'copying',
        operator: map(value => {
          const own = { ...value, path: [...value.path] }
          own.n++
          own.path.push('here')
          return own
        }),
        leaves: true,
      },
    ]
    expect(failureOf(nodes, compile, true)).toBeUndefined()
  })
})
