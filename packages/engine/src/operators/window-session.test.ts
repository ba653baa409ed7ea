import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JobNode } from '../graph/job-graph.ts'
import { inAnyOrder } from '../testing/harness-modes.ts'
import {
  end,
  type HarnessInput,
  type HarnessOutput,
  OperatorHarness,
  record,
  watermark,
} from '../testing/operator-harness.ts'
import { createOperator } from './operator-factories.ts'

/** Emits `key [start, end) values`. */
const describing = () => ({
  key0: (value: unknown) => (value as string)[0],
  windowFn: (
    key: string,
    window: { start: number; end: number },
    values: string[],
    out: { collect(value: string): void },
  ) => out.collect(`${key} [${window.start}, ${window.end}) ${values.join()}`),
})

function sessionNode(gapMs: number, more: JobNode['config'] = {}): JobNode {
  const assigner = { type: 'session', gapMs, time: 'event' }
  return { uid: 's', type: 'window', name: 'sessions', config: { assigner, compute: { type: 'process' }, ...more } }
}

function harness(gapMs: number, more: JobNode['config'] = {}, oneCredit = false): OperatorHarness {
  return new OperatorHarness(sessionNode(gapMs, more), describing, createOperator, { oneCredit })
}

function emitted(of: OperatorHarness): unknown[] {
  return of.outputs.map(output =>
    output.type === 'record' ? output.value : output.type === 'watermark' ? output.watermark : output,
  )
}

test('events at 0, 2, 3, 10 and 12 s with a gap of 5 s are the sessions [0, 8) and [10, 17)', () => {
  const window = new OperatorHarness(
    sessionNode(5_000, { compute: { type: 'count' } }),
    () => ({ key0: () => 'all' }),
    createOperator,
  )
  window.push(...[0, 2_000, 3_000, 10_000, 12_000].map(at => record(at, at)), end())
  expect(window.outputs.slice(0, -1).map(output => (output.type === 'record' ? output.value : output))).toEqual([
    { key: 'all', start: 0, end: 8_000, count: 3 },
    { key: 'all', start: 10_000, end: 17_000, count: 2 },
  ])
})

describe('two records', () => {
  test('exactly one gap apart are one session', () => {
    const window = harness(5)
    window.push(record('a1', 0), record('a2', 5), end())
    expect(emitted(window)).toEqual(['a [0, 10) a1,a2', Infinity])
  })

  test('a millisecond more than one gap apart are two', () => {
    const window = harness(5)
    window.push(record('a1', 0), record('a2', 6), end())
    expect(emitted(window)).toEqual(['a [0, 5) a1', 'a [6, 11) a2', Infinity])
  })

  test('exactly one gap apart in the other order are one too, before 1970 as well', () => {
    const window = harness(5)
    window.push(record('a1', -3), record('a2', -8), end())
    expect(emitted(window)).toEqual(['a [-8, 2) a1,a2', Infinity])
  })

  test('of different keys are two', () => {
    const window = harness(5)
    window.push(record('a1', 0), record('b1', 3), end())
    expect(emitted(window)).toEqual(['a [0, 5) a1', 'b [3, 8) b1', Infinity])
  })
})

describe('a session', () => {
  test('fires at the watermark of its end, since a record that stands there belongs to it', () => {
    const window = harness(5)
    window.push(record('a1', 0), watermark(4), record('a2', 5), watermark(9))
    expect(emitted(window)).toEqual([4, 9])
    window.push(watermark(10))
    expect(emitted(window)).toEqual([4, 9, 'a [0, 10) a1,a2', 10])
    expect(window.outputs[2]).toMatchObject({ timestamp: 10 })
    expect(window.state.sizeBytes()).toBe(0)
  })

  test('that two others become, by a record between them, has what both had, then that record', () => {
    const window = harness(5)
    window.push(record('a1', 20), record('a2', 10), record('a3', 9), record('a4', 15), end())
    expect(emitted(window)).toEqual(['a [9, 25) a2,a3,a1,a4', Infinity])
  })

  test('stays by itself where the next record is further than the gap from it, on both sides', () => {
    const window = harness(5)
    window.push(record('a1', 0), record('a2', 20), record('a3', 14), end())
    expect(emitted(window)).toEqual(['a [0, 5) a1', 'a [14, 19) a3', 'a [20, 25) a2', Infinity])
  })

  test('fires in order of its end among those of other keys, however they grew', () => {
    const window = harness(5)
    window.push(record('a1', 0), record('b1', 1), record('c1', 2), record('a2', 5), record('b2', 4), end())
    expect(emitted(window)).toEqual(['c [2, 7) c1', 'b [1, 9) b1,b2', 'a [0, 10) a1,a2', Infinity])
  })

  test('of many keys fires key by key as outputs have room', () => {
    const window = harness(5, {}, true)
    const keys = 'abcdefghij'.split('')
    window.push(...keys.map(key => record(`${key}1`, 1)), end())
    expect(emitted(window)).toEqual([...keys.map(key => `${key} [1, 6) ${key}1`), Infinity])
    expect(window.emittedWhileFull).toBe(0)
  })

  test('is merged by the aggregator', () => {
    const window = new OperatorHarness(
      sessionNode(5, { compute: { type: 'aggregate' } }),
      () => ({
        key0: () => 'all',
        aggregator: {
          createAccumulator: () => 0,
          add: (value: number, sum: number) => sum + value,
          getResult: (sum: number) => sum,
          merge: (a: number, b: number) => a + b,
        },
      }),
      createOperator,
    )
    window.push(record(1, 0), record(2, 10), record(4, 5), record(8, 30), end())
    expect(emitted(window)).toEqual([7, 8, Infinity])
  })
})

describe('a late record', () => {
  test('is one whose session is over: from its end on', () => {
    const window = harness(5, { lateTag: 'late' })
    window.push(watermark(9), record('a1', 5), watermark(10), record('a2', 5), record('a3', 6), end())
    expect(window.counters.lateRecords).toBe(1)
    expect(emitted(window)).toEqual([
      9,
      'a [5, 10) a1',
      10,
      { type: 'side', tag: 'late', value: 'a2', timestamp: 5 },
      'a [6, 11) a3',
      Infinity,
    ])
  })

  test('that joins a session which is open is in time', () => {
    const window = harness(5)
    window.push(record('a1', 10), watermark(14), record('a2', 5), end())
    expect(window.counters.lateRecords).toBe(0)
    expect(emitted(window)).toEqual([14, 'a [5, 15) a1,a2', Infinity])
  })

  test('is late from end + allowed lateness on, to the millisecond, and until then makes its session fire again', () => {
    const window = harness(5, { allowedLatenessMs: 10 })
    window.push(record('a1', 0), watermark(14), record('a2', 0), watermark(15), record('a3', 0), end())
    expect(emitted(window)).toEqual(['a [0, 5) a1', 14, 'a [0, 5) a1,a2', 15, Infinity])
    expect(window.counters.lateRecords).toBe(1)
    expect(window.state.sizeBytes()).toBe(0)
  })

  test('that makes a fired session longer than the watermark makes it wait for its new end', () => {
    const window = harness(5, { allowedLatenessMs: 10 })
    window.push(record('a1', 0), watermark(6), record('a2', 4), watermark(8), watermark(9), end())
    expect(emitted(window)).toEqual(['a [0, 5) a1', 6, 8, 'a [0, 9) a1,a2', 9, Infinity])
  })

  test('that bridges a session which has fired and one that has not makes one session, which fires once more', () => {
    const window = harness(5, { allowedLatenessMs: 10 })
    window.push(record('a1', 0), record('a2', 10), watermark(7))
    expect(emitted(window)).toEqual(['a [0, 5) a1', 7])
    window.push(record('a3', 5), watermark(14), watermark(15), end())
    expect(emitted(window)).toEqual(['a [0, 5) a1', 7, 14, 'a [0, 15) a1,a2,a3', 15, Infinity])
  })

  test('that bridges them without allowed lateness joins what is left', () => {
    const window = harness(5)
    window.push(record('a1', 0), record('a2', 10), watermark(7), record('a3', 5), end())
    expect(emitted(window)).toEqual(['a [0, 5) a1', 7, 'a [5, 15) a2,a3', Infinity])
  })

  test('restored after its session has fired makes it fire again, and nothing else does', () => {
    const window = harness(5, { allowedLatenessMs: 10 })
    window.push(record('a1', 0), record('b1', 0), watermark(6))
    window.restore()
    window.push(watermark(7), record('a2', 1), watermark(8), end())
    expect(emitted(window)).toEqual(['a [0, 5) a1', 'b [0, 5) b1', 6, 7, 'a [0, 6) a1,a2', 8, Infinity])
  })
})

test('a record without a timestamp is an error that says what to do', () => {
  expect(() => harness(5).push(record('a1'))).toThrow(
    /operator 'sessions': .*timestamp -Infinity\. .*timestamp assigner/,
  )
})

test('an error of merge names the operator', () => {
  const window = new OperatorHarness(
    sessionNode(5, { compute: { type: 'reduce' } }),
    () => ({
      key0: () => 'all',
      fn: () => {
        throw new RangeError('too much')
      },
    }),
    createOperator,
  )
  window.push(record(1, 0), record(2, 10))
  expect(() => window.push(record(3, 5))).toThrow("operator 'sessions': too much")
})

describe('in processing time', () => {
  const clocked = () => {
    const window = new OperatorHarness(
      sessionNode(10, { assigner: { type: 'session', gapMs: 10, time: 'processing' } }),
      describing,
      createOperator,
    )
    window.clock.set(1_000)
    return window
  }

  test('a session fires when the clock shows its end, and grows with each record', () => {
    const window = clocked()
    window.push(record('a1', 99_999), { type: 'time', nowMs: 1_008 }, record('a2'), { type: 'time', nowMs: 1_017 })
    expect(emitted(window)).toEqual([])
    window.push({ type: 'time', nowMs: 1_018 })
    expect(emitted(window)).toEqual(['a [1000, 1018) a1,a2'])
    expect(window.operator.nextProcessingTime?.()).toBe(Infinity)
  })

  test('at the end of the input what is open fires', () => {
    const window = clocked()
    window.push(record('a1'), watermark(1e15), end())
    expect(emitted(window)).toEqual([1e15, 'a [1000, 1010) a1', Infinity])
  })
})

interface Held {
  readonly start: number
  readonly end: number
  readonly values: readonly string[]
  readonly fired: boolean
}

/** The rules, record by record, over plain lists. */
function oracle(
  inputs: readonly HarnessInput[],
  gapMs: number,
  latenessMs: number,
): { outputs: HarnessOutput[]; late: number } {
  const held = new Map<string, Held[]>()
  const outputs: HarnessOutput[] = []
  let reached = -Infinity
  let late = 0
  const show = (key: string, { start, end: last, values }: Held): void => {
    outputs.push({ type: 'record', value: `${key} [${start}, ${last}) ${values.join()}`, timestamp: last })
  }
  for (const input of inputs) {
    if (input.type === 'record') {
      const value = input.value as string
      const at = input.timestamp as number
      const sessions = held.get(value[0]) ?? []
      const near = sessions.filter(session => session.start - gapMs <= at && at <= session.end)
      const last = Math.max(at + gapMs, ...near.map(session => session.end))
      if (last + latenessMs <= reached) {
        late++
        continue
      }
      const joined: Held = {
        start: Math.min(at, ...near.map(({ start }) => start)),
        end: last,
        values: [...near.flatMap(({ values }) => values), value],
        fired: last <= reached,
      }
      const rest = sessions.filter(session => !near.includes(session))
      held.set(
        value[0],
        [...rest, joined].toSorted((a, b) => a.start - b.start),
      )
      if (joined.fired) show(value[0], joined)
    } else {
      reached = Math.max(reached, input.type === 'watermark' ? input.watermark : Infinity)
      for (const [key, sessions] of held) {
        for (const session of sessions) if (!session.fired && session.end <= reached) show(key, session)
        const kept = sessions.filter(session => session.end + latenessMs > reached)
        held.set(
          key,
          kept.map(session => ({ ...session, fired: session.fired || session.end <= reached })),
        )
      }
    }
  }
  return { outputs, late }
}

const letters = fc.constantFrom('a', 'b')
const inputs = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(letters, fc.integer({ min: -30, max: 60 })).map(([key, at]) => record(`${key}${at}`, at)),
    },
    { weight: 1, arbitrary: fc.integer({ min: -30, max: 60 }).map(at => watermark(at)) },
  ),
  { maxLength: 40 },
)

test('for any records and watermarks, in every mode, sessions hold what a batch program finds', () => {
  fc.assert(
    fc.property(
      inputs,
      fc.constantFrom(1, 3, 8),
      fc.constantFrom(0, 1, 12),
      fc.boolean(),
      fc.nat(39),
      (list, gapMs, latenessMs, oneCredit, restoreAt) => {
        const all = [...list, end()]
        const window = harness(gapMs, { allowedLatenessMs: latenessMs }, oneCredit)
        for (const [i, input] of all.entries()) {
          window.push(input)
          if (i === restoreAt) window.restore()
        }
        const expected = oracle(all, gapMs, latenessMs)
        const records = window.outputs.filter(({ type }) => type === 'record')
        expect(inAnyOrder(records)).toEqual(inAnyOrder(expected.outputs))
        expect(window.counters.lateRecords).toBe(expected.late)
        expect(window.state.sizeBytes()).toBe(0)
      },
    ),
    { numRuns: 800 },
  )
})
