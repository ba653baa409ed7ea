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

function harness(config: JobNode['config'] = {}, oneCredit = false): OperatorHarness {
  return new OperatorHarness(windowNode(config), describing, createOperator, { oneCredit })
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

test('restored from subtasks at different watermarks, a key fires again only where it gets a record, with all it held', () => {
  const config = { allowedLatenessMs: 100 }
  const ahead = harness(config)
  ahead.push(record('a1', 1), record('b1', 2), watermark(9))
  const behind = harness(config)
  behind.push(record('c1', 3), watermark(5))
  const joined = harness(config)
  joined.restore([ahead.snapshot(), behind.snapshot()])
  joined.push(record('a2', 4), record('c2', 4), watermark(9), record('b2', 5))
  expect(emitted(ahead)).toEqual(['a 0 a1', 'b 0 b1', 9])
  expect(emitted(joined)).toEqual(['c 0 c1,c2', 'a 0 a1,a2', 9, 'b 0 b1,b2'])
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

/** Flink's rules, record by record, over plain lists. */
function oracle(
  inputs: readonly HarnessInput[],
  sizeMs: number,
  latenessMs: number,
): { outputs: HarnessOutput[]; late: number } {
  const open = new Map<string, { key: string; start: number; values: string[]; fired: boolean }>()
  const outputs: HarnessOutput[] = []
  let reached = -Infinity
  let late = 0
  const fire = (window: { key: string; start: number; values: string[]; fired: boolean }): void => {
    window.fired = true
    outputs.push({
      type: 'record',
      value: `${window.key} ${window.start} ${window.values.join()}`,
      timestamp: window.start + sizeMs - 1,
    })
  }
  for (const input of inputs) {
    if (input.type === 'record') {
      const value = input.value as string
      const start = Math.floor((input.timestamp as number) / sizeMs) * sizeMs
      if (start + sizeMs - 1 + latenessMs <= reached) {
        late++
        continue
      }
      const id = `${value[0]} ${start}`
      const window = open.get(id) ?? { key: value[0], start, values: [], fired: false }
      open.set(id, window)
      window.values.push(value)
      if (start + sizeMs - 1 <= reached) fire(window)
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

test('for any records and watermarks, in every mode, windows hold what a batch program finds', () => {
  fc.assert(
    fc.property(
      inputs,
      fc.constantFrom(1, 7, 10),
      fc.constantFrom(0, 1, 12),
      fc.boolean(),
      fc.nat(39),
      (list, sizeMs, latenessMs, oneCredit, restoreAt) => {
        const all = [...list, end()]
        const window = harness(
          { assigner: { type: 'tumbling', sizeMs, time: 'event' }, allowedLatenessMs: latenessMs },
          oneCredit,
        )
        for (const [i, input] of all.entries()) {
          window.push(input)
          if (i === restoreAt) window.restore()
        }
        const expected = oracle(all, sizeMs, latenessMs)
        const records = window.outputs.filter(({ type }) => type === 'record')
        expect(inAnyOrder(records)).toEqual(inAnyOrder(expected.outputs))
        expect(window.counters.lateRecords).toBe(expected.late)
        expect(window.state.sizeBytes()).toBe(0)
      },
    ),
    { numRuns: 400 },
  )
})
