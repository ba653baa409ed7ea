import { describe, expect, test } from 'vitest'
import type { Collector } from '../functions/collector.ts'
import type { Context, RuntimeContext } from '../functions/process-function.ts'
import { listState, valueState } from '../functions/state-descriptors.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { OperatorHarness, record } from '../testing/operator-harness.ts'
import { createOperator } from './operator-factories.ts'

function harness(type: string, functions: Record<string, unknown>, oneCredit = false): OperatorHarness {
  const node: JobNode = { uid: 'c', type, name: 'both', config: {} }
  return new OperatorHarness(node, () => functions, createOperator, { inputCount: 2, oneCredit })
}

const first = (value: unknown) => record(value, 1, 0)
const second = (value: unknown) => record(value, 1, 1)
const values = ({ outputs }: OperatorHarness): unknown[] =>
  outputs.map(output => (output.type === 'record' ? output.value : output))

describe('results that outputs have no room for', () => {
  test('of a flatMap of two streams are pulled one by one, from either stream', () => {
    let pulled = 0
    const fn1 = function* (n: number) {
      for (let i = 0; i < n; i++) {
        pulled++
        yield i
      }
    }
    const both = harness('coFlatMap', { fn1, fn2: (n: number) => Array(n).fill(n) }, true)
    both.push(first(3), second(2), first(1))
    expect(values(both)).toEqual([0, 1, 2, 2, 2, 0])
    expect(pulled).toBe(4)
    expect(both.emittedWhileFull).toBe(0)
  })

  test('of a statefulMap are pulled one by one, the state changed before', () => {
    const fn = (key: string, n: number, sum = 0) => [[key, sum, n].values(), sum + n] as const
    const map = harness('statefulMap', { fn, key0: () => 'k' }, true)
    map.push(first(3), first(4))
    expect(values(map)).toEqual(['k', 0, 3, 'k', 3, 4])
    expect(map.emittedWhileFull).toBe(0)
  })
})

describe('what is wrong is said', () => {
  test.each<[string, string, Record<string, unknown>, RegExp]>([
    [
      'a map without its second function',
      'coMap',
      { fn1: () => 1 },
      /^operator 'both' \(coMap\) needs a function as 'fn2'/,
    ],
    [
      'a process without its second method',
      'coProcess',
      { fn: { processElement1: () => undefined } },
      /^operator 'both' \(coProcess\) needs an object with processElement1 and processElement2; missing: processElement2/,
    ],
    [
      'a function in place of an object',
      'keyedCoProcess',
      { fn: () => undefined, key0: () => 1, key1: () => 1 },
      /missing: processElement1, processElement2/,
    ],
    [
      'a keyed process with one key',
      'keyedCoProcess',
      { fn: { processElement1: () => undefined, processElement2: () => undefined }, key0: () => 1 },
      /^operator 'both' \(keyedCoProcess\) needs a function as 'key1'/,
    ],
  ])('%s', (_name, type, functions, message) => {
    expect(() => harness(type, functions)).toThrow(message)
  })

  const throwing = () => {
    throw new Error('on purpose')
  }
  test.each<[string, string, Record<string, unknown>]>([
    ['map', 'coMap', { fn1: throwing, fn2: throwing }],
    ['flatMap', 'coFlatMap', { fn1: throwing, fn2: throwing }],
    ['process', 'coProcess', { fn: { processElement1: throwing, processElement2: throwing } }],
    [
      'keyed process',
      'keyedCoProcess',
      { fn: { processElement1: throwing, processElement2: throwing }, key0: () => 1, key1: () => 1 },
    ],
  ])('by a %s that throws, at either input', (_name, type, functions) => {
    for (const element of [first('a'), second('b')]) {
      expect(() => harness(type, functions).push(element)).toThrow("operator 'both': on purpose")
    }
  })

  test('a flatMap whose second function gives no iterable', () => {
    const both = harness('coFlatMap', { fn1: () => [], fn2: () => 5 })
    expect(() => both.push(second(1))).toThrow(
      "operator 'both': what a function of flatMap returns has to be an iterable, such as an array, not number",
    )
  })

  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /has to return \[outputs, newState\], .* not undefined$/],
    ['an object', { outputs: [] }, /has to return \[outputs, newState\], .* not object$/],
    ['outputs that are none', [5, 1], /its outputs, has to be an iterable, such as an array, not number$/],
    ['a state alone', [undefined, 1], /its outputs, has to be an iterable, such as an array, not undefined$/],
  ])('a statefulMap that returns %s', (_name, result, message) => {
    const map = harness('statefulMap', { fn: () => result, key0: () => 'k' })
    expect(() => map.push(first(1))).toThrow(message)
  })

  test('a key that cannot be one, at the second input', () => {
    const both = harness('keyedCoProcess', {
      fn: { processElement1: () => undefined, processElement2: () => undefined },
      key0: () => 1,
      key1: () => undefined,
    })
    expect(() => both.push(second('b'))).toThrow(/operator 'both': .*undefined/)
  })

  test('keys of two types, in the log', () => {
    const collect = (value: string, _context: Context<unknown>, out: Collector<string>) => out.collect(value)
    const both = harness('keyedCoProcess', {
      fn: { processElement1: collect, processElement2: collect },
      key0: () => 1,
      key1: () => '1',
    })
    both.push(first('a'), first('b'), second('c'), second('d'))
    expect(values(both)).toEqual(['a', 'b', 'c', 'd'])
    expect(both.logged).toHaveLength(1)
    expect(both.logged[0]).toMatch(/of the type number, those of the second of the type string/)
  })

  test('state without keys, and a state of two kinds', () => {
    const withOpen = (open: (context: RuntimeContext) => void) => ({
      fn: { open, processElement1: () => undefined, processElement2: () => undefined },
    })
    expect(() =>
      harness(
        'coProcess',
        withOpen(context => void context.getState(valueState('n'))),
      ),
    ).toThrow(/operator 'both': keyed state needs a keyed stream/)
    const twice = withOpen(context => {
      context.getState(valueState('n'))
      context.getState(listState('n'))
    })
    expect(() => harness('keyedCoProcess', { ...twice, key0: () => 1, key1: () => 1 })).toThrow(
      "operator 'both': the state 'n' is used both as value state and as list state; give each its own name",
    )
  })
})
