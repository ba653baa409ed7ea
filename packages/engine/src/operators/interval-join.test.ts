import { describe, expect, test } from 'vitest'
import type { Collector } from '../functions/collector.ts'
import type { IntervalJoinContext } from '../functions/join-function.ts'
import { end, type HarnessInput, OperatorHarness, record, watermark } from '../testing/operator-harness.ts'
import { createOperator } from './operator-factories.ts'

const pairs = (left: string, right: string, _context: IntervalJoinContext, out: Collector<string>): void =>
  out.collect(`${left}+${right}`)

interface Options {
  readonly config: Readonly<Record<string, number | boolean | string>>
  readonly fn?: unknown
  readonly oneCredit?: boolean
  readonly keys?: readonly ((value: string) => unknown)[]
}

function join({ config, fn = pairs, oneCredit = false, keys = [] }: Options): OperatorHarness {
  const { 0: key0 = () => 'k', 1: key1 = () => 'k' } = keys
  const node = { uid: 'j', type: 'intervalJoin', name: 'pair up', config: { fn: '…', ...config } }
  return new OperatorHarness(node, () => ({ key0, key1, fn }), createOperator, { inputCount: 2, oneCredit })
}

const left = (value: string, at: number): HarnessInput => record(value, at, 0)
const right = (value: string, at: number): HarnessInput => record(value, at, 1)
const both = (at: number): HarnessInput[] => [watermark(at, 0), watermark(at, 1)]
const values = (harness: OperatorHarness): unknown[] =>
  harness.outputs.flatMap(output => (output.type === 'record' ? [output.value] : []))

describe('bounds', () => {
  const around = [left('l', 100), ...[89, 90, 100, 120, 121].map(at => right(`${at}`, at))]

  test('belong to the interval', () => {
    const harness = join({ config: { lowerMs: -10, upperMs: 20 } })
    harness.push(...around)
    expect(values(harness)).toEqual(['l+90', 'l+100', 'l+120'])
  })

  test('are left out where that is said, each by itself', () => {
    const lower = join({ config: { lowerMs: -10, upperMs: 20, lowerExclusive: true } })
    lower.push(...around)
    expect(values(lower)).toEqual(['l+100', 'l+120'])
    const upper = join({ config: { lowerMs: -10, upperMs: 20, upperExclusive: true } })
    upper.push(...around)
    expect(values(upper)).toEqual(['l+90', 'l+100'])
  })

  test('hold for the other side as well: which record comes first plays no part', () => {
    const harness = join({ config: { lowerMs: -10, upperMs: 20, upperExclusive: true } })
    harness.push(...around.slice(1), left('l', 100))
    expect(values(harness)).toEqual(['l+90', 'l+100'])
  })

  test('of one moment join equal times', () => {
    const harness = join({ config: { lowerMs: 0, upperMs: 0 } })
    harness.push(left('a', 5), right('b', 5), right('c', 6), left('d', 6))
    expect(values(harness)).toEqual(['a+b', 'd+c'])
  })
})

test('a result takes the later time of both', () => {
  const harness = join({ config: { lowerMs: -10, upperMs: 10 } })
  harness.push(left('a', 5), right('b', 3), right('c', 9))
  expect(harness.outputs).toEqual([
    { type: 'record', value: 'a+b', timestamp: 5 },
    { type: 'record', value: 'a+c', timestamp: 9 },
  ])
})

describe('late records', () => {
  test('are those below the watermark, which the slower input decides', () => {
    const harness = join({ config: { lowerMs: -10, upperMs: 10, leftLateTag: 'late' } })
    harness.push(left('a', 5), watermark(50, 0), right('b', 5))
    expect(values(harness)).toEqual(['a+b'])
    harness.push(watermark(20, 1), left('early', 19), right('dropped', 19), left('on time', 20), right('r', 20))
    expect(values(harness)).toEqual(['a+b', 'on time+r'])
    expect(harness.counters.lateRecords).toBe(2)
    expect(harness.outputs).toContainEqual({ type: 'side', tag: 'late', value: 'early', timestamp: 19 })
  })

  test('do not come back after a restore', () => {
    const harness = join({ config: { lowerMs: -10, upperMs: 10 } })
    harness.push(...both(20))
    harness.restore()
    harness.push(left('late', 19))
    expect(harness.counters.lateRecords).toBe(1)
  })
})

describe('what can join no more is thrown away', () => {
  const sizes = (harness: OperatorHarness): number[] =>
    (['left', 'right'] as const).map(side => harness.state.table(`interval-join/${side}`).size)

  test('by the first watermark above the last time that it could join', () => {
    const harness = join({ config: { lowerMs: -10, upperMs: 20 } })
    harness.push(left('a', 100), right('b', 100), ...both(110))
    expect(sizes(harness)).toEqual([1, 1])
    // A left record at 110 would still have joined b.
    harness.push(left('exactly', 110))
    expect(values(harness)).toEqual(['a+b', 'exactly+b'])
    harness.push(...both(111))
    expect(sizes(harness)).toEqual([1, 0])
    harness.push(...both(131))
    expect(sizes(harness)).toEqual([0, 0])
  })

  test('for every key, with one timer each, however many records it has', () => {
    const harness = join({
      config: { lowerMs: -10, upperMs: 10 },
      keys: [value => value[0], value => value[0]],
    })
    for (let i = 0; i < 500; i++) harness.push(left(`${'abcde'[i % 5]}${i}`, i))
    const timers = harness.snapshot().keyed?.filter(({ state }) => state.startsWith('timers/'))
    expect(timers).toHaveLength(5)
    harness.push(...both(1_000))
    expect(harness.snapshot().keyed).toEqual([])
  })

  test('also while a key goes on getting records', () => {
    const harness = join({ config: { lowerMs: -10, upperMs: 10 } })
    let most = 0
    for (let i = 0; i < 2_000; i++) {
      harness.push(left(`${i}`, i), ...both(i))
      for (const { value } of harness.state.table<{ times: number[] }>('interval-join/left').rows())
        most = Math.max(most, value.times.length)
    }
    expect(most).toBeGreaterThan(10)
    expect(most).toBeLessThan(40)
  })

  test('a record that came when nothing can join it any more is not kept', () => {
    const harness = join({ config: { lowerMs: 10, upperMs: 20 } })
    harness.push(...both(100), right('b', 105))
    expect(sizes(harness)).toEqual([0, 0])
  })

  test('at the end of the input', () => {
    const harness = join({ config: { lowerMs: -10, upperMs: 10 } })
    harness.push(left('a', 5), right('b', 50), end(0), end(1))
    expect(harness.snapshot().keyed).toEqual([])
  })
})

test('the pairs of one record stop where outputs are full and go on behind it', () => {
  const harness = join({ config: { lowerMs: -1_000, upperMs: 1_000 }, oneCredit: true })
  for (let i = 0; i < 200; i++) harness.push(left(`${i}`, i))
  harness.push(right('r', 100))
  expect(values(harness)).toEqual(Array.from({ length: 200 }, (_, i) => `${i}+r`))
  expect(harness.emittedWhileFull).toBe(0)
})

describe('what is wrong is said', () => {
  test('a record without a timestamp', () => {
    const harness = join({ config: { lowerMs: -10, upperMs: 10 } })
    expect(() => harness.push(record('a', Number.NEGATIVE_INFINITY, 1))).toThrow(
      /operator 'pair up': an interval join got a record with the timestamp -Infinity at its right input. Give the source/,
    )
  })

  test('a function that throws or returns a promise', () => {
    const failing = (fn: unknown): (() => void) => {
      const harness = join({ config: { lowerMs: -10, upperMs: 10 }, fn })
      harness.push(left('a', 1))
      return () => harness.push(right('b', 1))
    }
    expect(
      failing(() => {
        throw new Error('no such pair')
      }),
    ).toThrow("operator 'pair up': no such pair")
    expect(failing(() => Promise.resolve())).toThrow(/operator 'pair up': the function returned a promise/)
  })

  test('keys of two types, once, in the log', () => {
    const harness = join({ config: { lowerMs: -10, upperMs: 10 }, keys: [() => 1, () => '1'] })
    harness.push(left('a', 1), right('b', 1), left('a', 2))
    expect(values(harness)).toEqual([])
    expect(harness.logged).toEqual([
      'the keys of the first input are of the type number, those of the second of the type string, so no key of one equals one of the other; give both inputs keys of one type, e.g. by String(…) or Number(…)',
    ])
  })
})
