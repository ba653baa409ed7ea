import { describe, expect, test } from 'vitest'
import { WeirError } from '../base/errors.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { AsyncAnswers } from '../testing/async-answers.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { end, OperatorHarness, record, time, watermark } from '../testing/operator-harness.ts'
import { createOperator } from './operator-factories.ts'

/** Answers nothing by itself: `at` is told when. */
class Held extends AsyncAnswers {
  override some(): number {
    return 0
  }
}

interface Setup {
  readonly harness: OperatorHarness
  readonly answers: Held
  /** Records that the function was called for, in order. */
  readonly called: string[]
  readonly clock: ManualClock
  /** The most calls that were under way at once. */
  readonly most: () => number
}

function setup(config: JobNode['config'], answer: (value: string, attempt: number) => unknown = value => value): Setup {
  const answers = new Held(1)
  const called: string[] = []
  let most = 0
  const clock = new ManualClock(1_000)
  const fn = (value: string): unknown => {
    called.push(value)
    most = Math.max(most, answers.open + 1)
    const attempt = called.filter(one => one === value).length
    return answers.call(() => answer(value, attempt))
  }
  const node = { uid: 'a', type: 'asyncMap', name: 'look up', config: { fn: '…', ...config } }
  const harness = new OperatorHarness(node, () => ({ fn }), createOperator, { answers, clock })
  return { harness, answers, called, clock, most: () => most }
}

const seen = ({ outputs }: OperatorHarness): unknown[] =>
  outputs.map(output => (output.type === 'watermark' ? output.watermark : output.value))
/** Lets the operator look around, as a subtask does after it was woken up. */
const goOn = ({ harness, clock }: Setup): void => harness.push(time(clock.now()))

describe('in order', () => {
  test('a result waits for those before it', () => {
    const all = setup({})
    all.harness.push(record('a', 1), record('b', 2), record('c', 3))
    all.answers.at(1)
    goOn(all)
    expect(seen(all.harness)).toEqual([])
    all.answers.at(0)
    goOn(all)
    expect(all.harness.outputs).toEqual([
      { type: 'record', value: 'a', timestamp: 1 },
      { type: 'record', value: 'b', timestamp: 2 },
    ])
  })

  test('watermarks keep their places between results', () => {
    const all = setup({})
    all.harness.push(watermark(1), record('a', 5), watermark(4), record('b', 6), watermark(5), watermark(6))
    expect(seen(all.harness)).toEqual([1])
    all.answers.at(1)
    all.answers.at(0)
    goOn(all)
    expect(seen(all.harness)).toEqual([1, 'a', 4, 'b', 6])
  })
})

describe('as answers come', () => {
  test('a fast answer goes past a slow one, but not past a watermark', () => {
    const all = setup({ ordered: false })
    all.harness.push(record('a', 5), record('b', 5), watermark(4), record('c', 6), record('d', 6), watermark(5))
    all.answers.at(3)
    all.answers.at(1)
    goOn(all)
    expect(seen(all.harness)).toEqual(['b'])
    all.answers.at(0)
    goOn(all)
    expect(seen(all.harness)).toEqual(['b', 'a', 4, 'd'])
    all.answers.at(0)
    goOn(all)
    expect(seen(all.harness)).toEqual(['b', 'a', 4, 'd', 'c', 5])
  })
})

test('the end of the input waits for what is under way', () => {
  const all = setup({})
  all.harness.push(record('a', 5))
  expect(seen(all.harness)).toEqual([])
  all.harness.push(end())
  expect(seen(all.harness)).toEqual(['a', Number.POSITIVE_INFINITY])
})

test('with as many records as there is room for, no further one is taken, and never more calls are under way', () => {
  const all = setup({ capacity: 3 })
  for (let i = 0; i < 20; i++) {
    all.harness.push(record(`${i}`, i))
    // The harness answers calls until the operator has room again.
    expect(all.answers.open).toBeLessThan(3)
  }
  expect(all.most()).toBe(3)
  all.harness.push(end())
  expect(seen(all.harness)).toEqual([...Array.from({ length: 20 }, (_, i) => `${i}`), Number.POSITIVE_INFINITY])
})

describe('a snapshot', () => {
  test('holds what is under way, which is called again, with the watermarks between', () => {
    const all = setup({})
    all.harness.push(record('a', 5), watermark(4), record('b', 6))
    all.harness.restore()
    expect(all.called).toEqual(['a', 'b', 'a', 'b'])
    // The answers to the operator that has ended are for nobody.
    all.answers.at(0)
    all.answers.at(0)
    goOn(all)
    expect(seen(all.harness)).toEqual([])
    all.harness.push(end())
    expect(seen(all.harness)).toEqual(['a', 4, 'b', Number.POSITIVE_INFINITY])
  })

  test('is shared out at another parallelism', () => {
    const all = setup({})
    all.harness.push(...'abcde'.split('').map((value, i) => record(value, i)))
    const snapshot = all.harness.snapshot()
    const called = [0, 1].map(subtask => {
      const calls: string[] = []
      const fn = (value: string) => {
        calls.push(value)
        return new AsyncAnswers(1).call(() => value)
      }
      const node = { uid: 'a', type: 'asyncMap', name: 'look up', config: { fn: '…' } }
      const harness = new OperatorHarness(node, () => ({ fn }), createOperator, { subtask, parallelism: 2 })
      harness.restore([snapshot])
      return calls
    })
    expect(called).toEqual([
      ['a', 'c', 'e'],
      ['b', 'd'],
    ])
  })
})

describe('a call that fails', () => {
  const failing = (until: number) => (value: string, attempt: number) => {
    if (attempt < until) throw new Error(`no answer for ${value}`)
    return `${value} at ${attempt}`
  }

  test('fails the operator, which names itself and the record', () => {
    const all = setup({}, failing(2))
    all.harness.push(record('some order', 1))
    all.answers.at(0)
    let failed: unknown
    try {
      goOn(all)
    } catch (error) {
      failed = error
    }
    expect(failed).toBeInstanceOf(WeirError)
    expect(failed).toMatchObject({
      code: 'USER_FUNCTION',
      message: "operator 'look up': no answer for some order",
      place: { operator: 'look up', record: '"some order"' },
    })
  })

  test('is tried again after a pause that doubles', () => {
    const all = setup({ retries: { attempts: 3, delayMs: 10 } }, failing(4))
    all.harness.push(record('a', 1))
    for (const pauseMs of [10, 20, 40]) {
      all.answers.at(0)
      all.clock.advance(pauseMs - 1)
      expect(all.answers.open).toBe(0)
      all.clock.advance(1)
      expect(all.answers.open).toBe(1)
    }
    all.answers.at(0)
    goOn(all)
    expect(seen(all.harness)).toEqual(['a at 4'])
  })

  test('fails the operator after its last attempt', () => {
    const all = setup({ retries: { attempts: 1, delayMs: 10 } }, failing(9))
    all.harness.push(record('a', 1))
    all.answers.at(0)
    all.clock.advance(10)
    all.answers.at(0)
    expect(() => goOn(all)).toThrow("operator 'look up': no answer for a (the last of 2 attempts)")
  })

  test('waits no longer than the longest pause', () => {
    const all = setup({ retries: { attempts: 5, delayMs: 10, factor: 10, maxDelayMs: 50 } }, failing(9))
    all.harness.push(record('a', 1))
    for (const pauseMs of [10, 50, 50]) {
      all.answers.at(0)
      all.clock.advance(pauseMs)
      expect(all.answers.open).toBe(1)
    }
  })

  test('does so though it is no promise that fails, but the function itself', () => {
    const node = { uid: 'a', type: 'asyncMap', name: 'look up', config: { fn: '…' } }
    const fn = () => {
      throw new Error('not even begun')
    }
    const harness = new OperatorHarness(node, () => ({ fn }), createOperator)
    expect(() => harness.push(record('a', 1))).toThrow("operator 'look up': not even begun")
  })
})

describe('a call that takes too long', () => {
  test('fails with its time', () => {
    const all = setup({ timeoutMs: 500 })
    all.harness.push(record('a', 1))
    all.clock.advance(499)
    goOn(all)
    all.clock.advance(1)
    expect(() => goOn(all)).toThrow("operator 'look up': the function did not answer within 500 ms")
  })

  test('is tried again, and what the first attempt answers later is passed over', () => {
    const all = setup(
      { timeoutMs: 500, retries: { attempts: 1, delayMs: 0 } },
      (value, attempt) => `${value}${attempt}`,
    )
    all.harness.push(record('a', 1))
    all.clock.advance(500)
    expect(all.called).toEqual(['a', 'a'])
    all.answers.at(0)
    goOn(all)
    expect(seen(all.harness)).toEqual([])
    all.answers.at(0)
    goOn(all)
    expect(seen(all.harness)).toEqual(['a2'])
  })

  test('does not when it was answered in time', () => {
    const all = setup({ timeoutMs: 500 })
    all.harness.push(record('a', 1))
    all.answers.at(0)
    all.clock.advance(5_000)
    goOn(all)
    expect(seen(all.harness)).toEqual(['a'])
  })
})

test('a function that gives its value at once is as good as one that promises it', () => {
  const node = { uid: 'a', type: 'asyncMap', name: 'look up', config: { fn: '…' } }
  const harness = new OperatorHarness(node, () => ({ fn: (value: string) => `${value}!` }), createOperator)
  harness.push(record('a', 1), end())
  expect(seen(harness)).toEqual(['a!', Number.POSITIVE_INFINITY])
})
