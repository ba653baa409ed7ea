import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JobNode } from '../graph/job-graph.ts'
import { keyGroupOf, subtaskOfKeyGroup } from '../record/key-group.ts'
import { inAnyOrder } from '../testing/harness-modes.ts'
import {
  end,
  type HarnessInput,
  type HarnessOutput,
  MAX_PARALLELISM,
  OperatorHarness,
  record,
  watermark,
} from '../testing/operator-harness.ts'
import { createOperator } from './operator-factories.ts'

const byFirstLetter = { key0: (value: unknown) => (value as string)[0] }

function windowNode(config: JobNode['config'] = {}): JobNode {
  const assigner = { type: 'tumbling', sizeMs: 10, time: 'event' }
  return { uid: 'w', type: 'window', name: 'per ten', config: { assigner, compute: { type: 'process' }, ...config } }
}

/** Emits `key start values`. */
const describing = () => ({
  ...byFirstLetter,
  windowFn: (key: string, { start }: { start: number }, values: string[], out: { collect(value: string): void }) =>
    out.collect(`${key} ${start} ${values.join()}`),
})

function harness(config: JobNode['config'] = {}, oneCredit = false, roomBytes?: number): OperatorHarness {
  return new OperatorHarness(windowNode(config), describing, createOperator, { oneCredit, roomBytes })
}

function emitted(of: OperatorHarness): unknown[] {
  return of.outputs.map(output =>
    output.type === 'record' ? output.value : output.type === 'watermark' ? output.watermark : output,
  )
}

describe('a window fires', () => {
  test('at the watermark end − 1, not one earlier, and its results come before that watermark', () => {
    const window = harness()
    window.push(record('a1', 3), record('a2', 9), watermark(8))
    expect(emitted(window)).toEqual([8])
    window.push(watermark(9))
    expect(emitted(window)).toEqual([8, 'a 0 a1,a2', 9])
    expect(window.outputs[1]).toMatchObject({ timestamp: 9 })
  })

  test('without a record that stands exactly at its end', () => {
    const window = harness()
    window.push(record('a1', 9), record('a2', 10), watermark(9), end())
    expect(emitted(window)).toEqual(['a 0 a1', 9, 'a 10 a2', Infinity])
  })

  test('in order of the ends when one watermark passes several, before 1970 too', () => {
    const window = harness()
    window.push(record('a1', 25), record('b1', -5), record('a2', 5), record('b2', -15), end())
    expect(emitted(window)).toEqual(['b -20 b2', 'b -10 b1', 'a 0 a2', 'a 20 a1', Infinity])
  })

  test('once: what it held is gone', () => {
    const window = harness()
    window.push(record('a1', 5), watermark(9), watermark(19), end())
    expect(emitted(window)).toEqual(['a 0 a1', 9, 19, Infinity])
    expect(window.state.sizeBytes()).toBe(0)
  })
})

describe('a late record', () => {
  test('is one whose window has fired: dropped and counted', () => {
    const window = harness()
    window.push(watermark(8), record('a1', 9), watermark(9), record('a2', 9), record('a3', 0), record('a4', 10), end())
    expect(emitted(window)).toEqual([8, 'a 0 a1', 9, 'a 10 a4', Infinity])
    expect(window.counters.lateRecords).toBe(2)
  })

  test('that is behind the watermark is on time while its window is open', () => {
    const window = harness()
    window.push(watermark(8), record('a1', 0), end())
    expect(window.counters.lateRecords).toBe(0)
    expect(emitted(window)).toContain('a 0 a1')
  })

  test('is late from end − 1 + allowed lateness on, to the millisecond', () => {
    const window = harness({ allowedLatenessMs: 5, lateTag: 'late' })
    window.push(record('a1', 1), watermark(13), record('a2', 2), watermark(14), record('a3', 3))
    expect(emitted(window)).toEqual([
      'a 0 a1',
      13,
      'a 0 a1,a2',
      14,
      { type: 'side', tag: 'late', value: 'a3', timestamp: 3 },
    ])
    expect(window.counters.lateRecords).toBe(1)
    expect(window.state.sizeBytes()).toBe(0)
  })

  test('within the lateness may open a window that nobody has seen', () => {
    const window = harness({ allowedLatenessMs: 5 })
    window.push(watermark(12), record('b1', 4), record('b2', 5), end())
    expect(emitted(window)).toEqual([12, 'b 0 b1', 'b 0 b1,b2', Infinity])
    expect(window.state.sizeBytes()).toBe(0)
  })
})

/** Letters whose key groups belong to one of two subtasks. */
function keysOf(subtask: number): string[] {
  const mine = (letter: string): boolean =>
    subtaskOfKeyGroup(keyGroupOf(letter, MAX_PARALLELISM), MAX_PARALLELISM, 2) === subtask
  return 'abcdefghij'.split('').filter(mine)
}

describe.each([
  ['a tumbling window', { type: 'tumbling', sizeMs: 10, time: 'event' }],
  ['a sliding window', { type: 'sliding', sizeMs: 10, slideMs: 10, time: 'event' }],
])('%s restored from subtasks at different watermarks', (_, assigner) => {
  test.each([0, 100])(
    'fires again for a key only where that gets a record, with all that is held (lateness %i)',
    latenessMs => {
      const config = { assigner, allowedLatenessMs: latenessMs }
      const subtask = (number: number) =>
        new OperatorHarness(windowNode(config), describing, createOperator, { subtask: number, parallelism: 2 })
      const [a, b] = keysOf(0)
      const [c] = keysOf(1)
      const ahead = subtask(0)
      ahead.push(record(`${a}1`, 1), record(`${b}1`, 2), watermark(9))
      const behind = subtask(1)
      behind.push(record(`${c}1`, 3), watermark(5))
      const joined = harness(config)
      joined.restore([ahead.snapshot(), behind.snapshot()])
      joined.push(record(`${a}2`, 4), record(`${c}2`, 4))
      // What has been reopened is state too.
      joined.restore()
      joined.push(watermark(9), record(`${b}2`, 5))
      expect(emitted(ahead)).toEqual([`${a} 0 ${a}1`, `${b} 0 ${b}1`, 9])
      const again = latenessMs === 0 ? `${a} 0 ${a}2` : `${a} 0 ${a}1,${a}2`
      expect(emitted(joined)).toHaveLength(latenessMs === 0 ? 3 : 4)
      expect(emitted(joined).slice(0, 2).toSorted()).toEqual([again, `${c} 0 ${c}1,${c}2`].toSorted())
      if (latenessMs > 0) expect(emitted(joined).at(-1)).toBe(`${b} 0 ${b}1,${b}2`)
      expect(joined.counters.lateRecords).toBe(latenessMs === 0 ? 1 : 0)
    },
  )
})

test('a sliding window in processing time that was restored does not fire twice what has fired', () => {
  const assigner = { type: 'sliding', sizeMs: 20, slideMs: 10, time: 'processing' }
  const window = new OperatorHarness(windowNode({ assigner }), describing, createOperator)
  window.clock.set(1_005)
  window.push(record('a1'), { type: 'time', nowMs: 1_010 })
  window.restore()
  window.push({ type: 'time', nowMs: 1_012 }, { type: 'time', nowMs: 1_020 }, { type: 'time', nowMs: 1_040 })
  expect(emitted(window)).toEqual(['a 990 a1', 'a 1000 a1'])
})

test('a window of many keys fires key by key as outputs have room', () => {
  const window = harness({}, true)
  const keys = 'abcdefghij'.split('')
  window.push(...keys.map(key => record(`${key}1`, 1)), end())
  expect(emitted(window)).toEqual([...keys.map(key => `${key} 0 ${key}1`), Infinity])
  expect(window.emittedWhileFull).toBe(0)
})

test('a record without a timestamp is an error that says what to do', () => {
  expect(() => harness().push(record('a1'))).toThrow(
    /operator 'per ten': an event-time window got a record with the timestamp -Infinity\. .*timestamp assigner/,
  )
})

test('an error of the window function names the operator', () => {
  const window = new OperatorHarness(
    windowNode(),
    () => ({
      ...byFirstLetter,
      windowFn: () => {
        throw new RangeError('too much')
      },
    }),
    createOperator,
  )
  window.push(record('a1', 1))
  expect(() => window.push(end())).toThrow("operator 'per ten': too much")
})

describe('in processing time', () => {
  const clocked = () =>
    new OperatorHarness(
      windowNode({ assigner: { type: 'tumbling', sizeMs: 10, time: 'processing' } }),
      describing,
      createOperator,
    )

  test('a window takes records until the clock shows its end, and timestamps do not matter', () => {
    const window = clocked()
    window.clock.set(1_009)
    window.push(record('a1', 99_999))
    expect(window.operator.nextProcessingTime?.()).toBe(1_010)
    window.push({ type: 'time', nowMs: 1_010 })
    expect(emitted(window)).toEqual(['a 1000 a1'])
    expect(window.operator.nextProcessingTime?.()).toBe(Infinity)
  })

  test('a clock that goes back opens no window that has fired', () => {
    const window = clocked()
    window.clock.set(1_005)
    window.push(record('a1'), { type: 'time', nowMs: 1_010 }, { type: 'time', nowMs: 1_003 }, record('a2'), {
      type: 'time',
      nowMs: 1_020,
    })
    expect(emitted(window)).toEqual(['a 1000 a1', 'a 1010 a2'])
  })

  test('watermarks before the end of the input fire nothing', () => {
    const window = clocked()
    window.push(record('a1'), watermark(1e15))
    expect(emitted(window)).toEqual([1e15])
    window.push(end())
    expect(emitted(window)).toEqual([1e15, 'a 0 a1', Infinity])
  })
})

describe('a sliding window', () => {
  const sliding = (sizeMs: number, slideMs: number, more: JobNode['config'] = {}, oneCredit = false) =>
    harness({ assigner: { type: 'sliding', sizeMs, slideMs, time: 'event' }, ...more }, oneCredit)

  test('holds a record that stands at its start, and not one at its end', () => {
    const window = sliding(10, 5)
    window.push(record('a1', 0), record('a2', 5), record('a3', 10), end())
    expect(emitted(window)).toEqual(['a -5 a1', 'a 0 a1,a2', 'a 5 a2,a3', 'a 10 a3', Infinity])
  })

  test('fires at the watermark end − 1, and its records go on in the next', () => {
    const window = sliding(10, 5)
    window.push(record('a1', 3), watermark(3))
    expect(emitted(window)).toEqual([3])
    window.push(watermark(4), watermark(8))
    expect(emitted(window)).toEqual([3, 'a -5 a1', 4, 8])
    window.push(watermark(9), watermark(14))
    expect(emitted(window)).toEqual([3, 'a -5 a1', 4, 8, 'a 0 a1', 9, 14])
    expect(window.state.sizeBytes()).toBe(0)
  })

  test('takes a record for the windows that have not fired yet', () => {
    const window = sliding(10, 5)
    window.push(record('a1', 3), watermark(4), record('a2', 3), record('b1', 3), end())
    expect(emitted(window)).toEqual(['a -5 a1', 4, 'a 0 a1,a2', 'b 0 b1', Infinity])
    expect(window.counters.lateRecords).toBe(0)
  })

  test('calls a record late once all its windows have fired', () => {
    const window = sliding(10, 5)
    window.push(watermark(9), record('a1', 4), record('a2', 5), end())
    expect(window.counters.lateRecords).toBe(1)
    expect(emitted(window)).toEqual([9, 'a 5 a2', Infinity])
  })

  test('within the lateness fires again each window that has fired, and those that follow hold the record', () => {
    const window = sliding(10, 5, { allowedLatenessMs: 5 })
    window.push(record('a1', 4), watermark(4), record('a2', 3), watermark(9), record('a3', 4), end())
    // The second record comes in time for the window of 0, the third makes that fire again; the one before is expired.
    expect(emitted(window)).toEqual(['a -5 a1', 4, 'a -5 a1,a2', 'a 0 a1,a2', 9, 'a 0 a1,a2,a3', Infinity])
  })

  test('whose size is no multiple of its slide has the records that belong to it', () => {
    const window = sliding(10, 4)
    window.push(...[0, 1, 2, 3, 5, 7, 9, 10, 11].map(at => record(`a${at}`, at)), end())
    expect(emitted(window)).toEqual([
      'a -8 a0,a1',
      'a -4 a0,a1,a2,a3,a5',
      'a 0 a0,a1,a2,a3,a5,a7,a9',
      'a 4 a5,a7,a9,a10,a11',
      'a 8 a9,a10,a11',
      Infinity,
    ])
  })

  test('that leaves gaps holds a sample: a record in a gap is in no window, and is late only behind the watermark', () => {
    const window = sliding(3, 10)
    window.push(record('a1', 2), record('a2', 3), record('a3', 9), record('a4', 10), watermark(12), record('a5', 9))
    expect(emitted(window)).toEqual(['a 0 a1', 'a 10 a4', 12])
    expect(window.counters.lateRecords).toBe(1)
  })

  test('of many keys fires key by key as outputs have room', () => {
    const window = sliding(10, 5, {}, true)
    const keys = 'abcdefghij'.split('')
    window.push(...keys.map(key => record(`${key}1`, 1)), ...keys.map(key => record(`${key}2`, 6)), end())
    expect(emitted(window)).toHaveLength(31)
    expect(window.emittedWhileFull).toBe(0)
  })

  test('leaves what an aggregator merged as it was, even when merge changes its arguments', () => {
    const window = new OperatorHarness(
      windowNode({
        assigner: { type: 'sliding', sizeMs: 15, slideMs: 5, time: 'event' },
        compute: { type: 'aggregate' },
      }),
      () => ({
        ...byFirstLetter,
        aggregator: {
          createAccumulator: () => ({ seen: [] as string[] }),
          add: (value: string, held: { seen: string[] }) => {
            held.seen.push(value)
            return held
          },
          getResult: (held: { seen: string[] }) => held.seen.join(),
          merge: (a: { seen: string[] }, b: { seen: string[] }) => {
            b.seen.unshift(...a.seen.splice(0))
            return b
          },
        },
      }),
      createOperator,
    )
    window.push(record('a1', 1), record('a2', 6), record('a3', 11), record('a4', 16), end())
    expect(emitted(window)).toEqual(['a1', 'a1,a2', 'a1,a2,a3', 'a2,a3,a4', 'a3,a4', 'a4', Infinity])
  })
})

interface Rules {
  readonly sizeMs: number
  readonly slideMs: number
  readonly offsetMs: number
  readonly latenessMs: number
}

interface Held {
  readonly key: string
  readonly start: number
  readonly values: { value: string; at: number }[]
  fired: boolean
}

/** Flink's rules, record by record, over plain lists: each record in the list of each of its windows. */
function oracle(
  inputs: readonly HarnessInput[],
  { sizeMs, slideMs, offsetMs, latenessMs }: Rules,
): { outputs: HarnessOutput[]; late: number } {
  const open = new Map<string, Held>()
  const outputs: HarnessOutput[] = []
  let reached = -Infinity
  let late = 0
  // Records come to the window function slice by slice: between two neighbouring starts or ends of windows.
  const bounds = [...Array(400).keys()].flatMap(n => {
    const start = offsetMs + (n - 200) * slideMs
    return [start, start + sizeMs]
  })
  const slice = (at: number): number => Math.max(...bounds.filter(bound => bound <= at))
  const fire = (window: Held): void => {
    window.fired = true
    const values = window.values.toSorted((a, b) => slice(a.at) - slice(b.at)).map(({ value }) => value)
    outputs.push({
      type: 'record',
      value: `${window.key} ${window.start} ${values.join()}`,
      timestamp: window.start + sizeMs - 1,
    })
  }
  for (const input of inputs) {
    if (input.type === 'record') {
      const value = input.value as string
      const at = input.timestamp as number
      let taken = false
      let start = offsetMs + Math.floor((at - offsetMs) / slideMs) * slideMs
      const starts: number[] = []
      for (; start + sizeMs > at; start -= slideMs) starts.unshift(start)
      for (start of starts) {
        if (start + sizeMs - 1 + latenessMs <= reached) continue
        taken = true
        const id = `${value[0]} ${start}`
        const window = open.get(id) ?? { key: value[0], start, values: [], fired: false }
        open.set(id, window)
        window.values.push({ value, at })
        if (start + sizeMs - 1 <= reached) fire(window)
      }
      if (!taken && at + latenessMs <= reached) late++
    } else {
      reached = Math.max(reached, input.type === 'watermark' ? input.watermark : Infinity)
      for (const [id, window] of [...open].sort(([, a], [, b]) => a.start - b.start)) {
        if (!window.fired && window.start + sizeMs - 1 <= reached) fire(window)
        if (window.start + sizeMs - 1 + latenessMs <= reached) open.delete(id)
      }
    }
  }
  return { outputs, late }
}

const letters = fc.constantFrom('a', 'b', 'c')
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

const assigners = fc.oneof(
  fc.constantFrom(1, 7, 10).map(sizeMs => ({ type: 'tumbling', sizeMs, slideMs: sizeMs, offsetMs: 0 })),
  fc
    .tuple(fc.constantFrom(1, 3, 10, 12, 20), fc.constantFrom(1, 4, 5, 10, 17), fc.integer({ min: -30, max: 30 }))
    .map(([sizeMs, slideMs, offset]) => ({ type: 'sliding', sizeMs, slideMs, offsetMs: offset % slideMs })),
)

test('for any records and watermarks, in every mode, windows hold what a batch program finds', () => {
  fc.assert(
    fc.property(
      inputs,
      assigners,
      fc.constantFrom(0, 1, 12),
      fc.boolean(),
      fc.nat(39),
      // Room for everything; for some rows, where what sliding windows keep merged is given up now and then; for few.
      fc.constantFrom(undefined, 6_000, 2_000, 500),
      (list, { type, sizeMs, slideMs, offsetMs }, latenessMs, oneCredit, restoreAt, roomBytes) => {
        const all = [...list, end()]
        const slide: JobNode['config'] = type === 'sliding' ? { slideMs } : {}
        const window = harness(
          { assigner: { type, sizeMs, ...slide, offsetMs, time: 'event' }, allowedLatenessMs: latenessMs },
          oneCredit,
          roomBytes,
        )
        for (const [i, input] of all.entries()) {
          window.push(input)
          if (i === restoreAt) window.restore()
        }
        const expected = oracle(all, { sizeMs, slideMs, offsetMs, latenessMs })
        const records = window.outputs.filter(({ type }) => type === 'record')
        expect(inAnyOrder(records)).toEqual(inAnyOrder(expected.outputs))
        expect(window.counters.lateRecords).toBe(expected.late)
        expect(window.state.sizeBytes()).toBe(0)
      },
    ),
    { numRuns: 800 },
  )
})
