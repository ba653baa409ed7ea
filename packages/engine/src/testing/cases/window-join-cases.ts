import type { Collector } from '../../functions/collector.ts'
import type { TimeWindow } from '../../functions/window-function.ts'
import type { JobNode } from '../../graph/job-graph.ts'
import {
  type ExpectedOutcome,
  end,
  type HarnessInput,
  type HarnessOutput,
  type OperatorCase,
  record,
  time,
  watermark,
} from '../operator-harness.ts'
import { SeededRandom } from '../seeded-random.ts'
import { node, out } from './sales.ts'
import { merged } from './two-inputs.ts'

interface Person {
  readonly id: number
  readonly name: string
}

interface Bid {
  readonly person: number
  readonly price: number
}

/** Which windows a record belongs to. */
type WindowsOf = (at: number) => TimeWindow[]

const tumbling =
  (sizeMs: number): WindowsOf =>
  at => {
    const start = Math.floor(at / sizeMs) * sizeMs
    return [{ start, end: start + sizeMs }]
  }

const sliding =
  (sizeMs: number, slideMs: number): WindowsOf =>
  at => {
    const windows: TimeWindow[] = []
    for (let start = Math.floor(at / slideMs) * slideMs; start + sizeMs > at; start -= slideMs)
      windows.push({ start, end: start + sizeMs })
    return windows.reverse()
  }

interface Joining {
  readonly windowsOf: WindowsOf
  readonly allowedLatenessMs?: number
  readonly lateTag?: string
  /** The clock at first, for windows in processing time. */
  readonly clockMs?: number
  readonly result: (key: number, window: TimeWindow, left: readonly Person[], right: readonly Bid[]) => unknown[]
}

/** Groups all that comes by key and window, and shows each group when its window is through. */
function joined({ windowsOf, allowedLatenessMs = 0, lateTag, clockMs, result }: Joining) {
  return (steps: readonly HarnessInput[]): ExpectedOutcome => {
    const outputs: HarnessOutput[] = []
    const groups: { key: number; window: TimeWindow; left: Person[]; right: Bid[]; fired: boolean }[] = []
    const isEventTime = clockMs === undefined
    let now = clockMs ?? Number.NEGATIVE_INFINITY
    let lateRecords = 0
    const fire = (group: (typeof groups)[number]): void => {
      const { key, window, left, right } = group
      group.fired = true
      outputs.push(...result(key, window, left, right).map(value => out(value, window.end - 1)))
    }
    for (const step of merged(steps)) {
      if (step.type === 'now') {
        now = Math.max(now, step.now)
        const due = groups.filter(group => !group.fired && group.window.end - (isEventTime ? 1 : 0) <= now)
        for (const group of due.sort((a, b) => a.window.end - b.window.end)) fire(group)
        continue
      }
      const value = step.value as Person | Bid
      const isPerson = 'id' in value
      const key = isPerson ? value.id : value.person
      const open = windowsOf(isEventTime ? step.timestamp : now).filter(
        window => !isEventTime || window.end - 1 + allowedLatenessMs > now,
      )
      if (open.length === 0) {
        lateRecords++
        if (lateTag !== undefined) outputs.push({ type: 'side', tag: lateTag, value, timestamp: step.timestamp })
      }
      for (const window of open) {
        let group = groups.find(known => known.key === key && known.window.end === window.end)
        if (group === undefined) {
          group = { key, window, left: [], right: [], fired: false }
          groups.push(group)
        }
        if (isPerson) group.left.push(value)
        else group.right.push(value)
        if (isEventTime && window.end - 1 <= now) fire(group)
      }
    }
    return { outputs, lateRecords }
  }
}

/** Persons and bids out of order by up to a second, and the watermark of each input behind by `behindMs`. */
function inputsOf(count: number, seed: number, behindMs: number): HarnessInput[] {
  const random = new SeededRandom(seed)
  const highest = [0, 0]
  const inputs = Array.from({ length: count }, (_, i): HarnessInput[] => {
    const input = random.below(3) === 0 ? 0 : 1
    const at = i * 150 - random.below(1_000)
    const key = random.below(4)
    const value = input === 0 ? { id: key, name: `person ${i}` } : { person: key, price: i }
    highest[input] = Math.max(highest[input], at)
    return [record(value, at, input), watermark(highest[input] - behindMs, input)]
  }).flat()
  return [...inputs, end(0), end(1)]
}

const keys = {
  key0: (value: unknown) => (value as Person).id,
  key1: (value: unknown) => (value as Bid).person,
}

const pairOf = ({ name }: Person, { price }: Bid, { start }: TimeWindow): unknown => ({ name, price, start })
const pairs: Joining['result'] = (_key, window, left, right) =>
  left.flatMap(person => right.map(bid => pairOf(person, bid, window)))

const groupOf = (
  key: number,
  { start, end: windowEnd }: TimeWindow,
  left: readonly Person[],
  right: readonly Bid[],
) => [
  { key, start, end: windowEnd, names: left.map(({ name }) => name) },
  { key, bids: right.length, best: right.reduce((best, { price }) => Math.max(best, price), 0) },
]

function joinCase(
  name: string,
  type: 'windowJoin' | 'coGroup',
  config: JobNode['config'],
  joining: Omit<Joining, 'result'>,
  inputs: readonly HarnessInput[],
  more: Partial<OperatorCase> = {},
): OperatorCase {
  const expectedOf = joined({ ...joining, result: type === 'windowJoin' ? pairs : groupOf })
  const { outputs, lateRecords } = expectedOf(inputs)
  return {
    name,
    node: node(type, { fn: '(left, right) => …', ...config }),
    functions: () => ({
      ...keys,
      fn:
        type === 'windowJoin'
          ? pairOf
          : (left: Person[], right: Bid[], collector: Collector<unknown>, key: number, window: TimeWindow) => {
              for (const result of groupOf(key, window, left, right)) collector.collect(result)
            },
    }),
    inputs,
    expected: outputs,
    lateRecords,
    expectedOf,
    inputCount: 2,
    ...more,
  }
}

const TUMBLING = { type: 'tumbling', sizeMs: 2_000, time: 'event' }
const SLIDING = { type: 'sliding', sizeMs: 3_000, slideMs: 1_000, time: 'event' }
const BY_CLOCK = { type: 'tumbling', sizeMs: 1_000, time: 'processing' }

const BY_CLOCK_INPUTS: readonly HarnessInput[] = [
  record({ id: 1, name: 'ann' }, undefined, 0),
  record({ person: 1, price: 5 }, undefined, 1),
  record({ person: 2, price: 6 }, undefined, 1),
  time(1_999),
  record({ person: 1, price: 7 }, undefined, 1),
  time(2_000),
  record({ id: 2, name: 'bob' }, undefined, 0),
  record({ person: 2, price: 8 }, undefined, 1),
  end(0),
  end(1),
]

export const WINDOW_JOIN_CASES: readonly OperatorCase[] = [
  joinCase(
    'join in tumbling windows',
    'windowJoin',
    { assigner: TUMBLING },
    { windowsOf: tumbling(2_000) },
    inputsOf(120, 8, 1_100),
  ),
  joinCase(
    'join in sliding windows',
    'windowJoin',
    { assigner: SLIDING },
    { windowsOf: sliding(3_000, 1_000) },
    inputsOf(60, 9, 1_100),
    // Lists of a window are put together from slices.
    { unordered: true },
  ),
  joinCase(
    'co-group in tumbling windows',
    'coGroup',
    { assigner: TUMBLING },
    { windowsOf: tumbling(2_000) },
    inputsOf(120, 10, 1_100),
  ),
  joinCase(
    'co-group in tumbling windows with late records to a side output',
    'coGroup',
    { assigner: { ...TUMBLING, sizeMs: 500 }, lateTag: 'late' },
    { windowsOf: tumbling(500), lateTag: 'late' },
    inputsOf(120, 11, 100),
    { sideTags: ['late'] },
  ),
  joinCase(
    'join in tumbling windows that fire again for late records',
    'windowJoin',
    { assigner: { ...TUMBLING, sizeMs: 500 }, allowedLatenessMs: 300 },
    { windowsOf: tumbling(500), allowedLatenessMs: 300 },
    inputsOf(120, 12, 100),
  ),
  joinCase(
    'join in windows of the clock',
    'windowJoin',
    { assigner: BY_CLOCK },
    { windowsOf: tumbling(1_000), clockMs: 1_500 },
    BY_CLOCK_INPUTS,
    { startMs: 1_500 },
  ),
  {
    // The session of ann goes from 100 to 115, since her records are 5 ms apart; that of bob is broken in two.
    ...joinCase(
      'join in sessions',
      'windowJoin',
      { assigner: { type: 'session', gapMs: 5, time: 'event' } },
      { windowsOf: () => [] },
      [
        record({ id: 1, name: 'ann' }, 100, 0),
        record({ person: 1, price: 1 }, 105, 1),
        record({ person: 1, price: 2 }, 110, 1),
        record({ id: 2, name: 'bob' }, 100, 0),
        record({ person: 2, price: 3 }, 106, 1),
        end(0),
        end(1),
      ],
    ),
    expected: [1, 2].map(price => out({ name: 'ann', price, start: 100 }, 115)),
    lateRecords: 0,
    expectedOf: () => ({ outputs: [1, 2].map(price => out({ name: 'ann', price, start: 100 }, 115)), lateRecords: 0 }),
  },
  {
    ...joinCase(
      'join in a global window with a count',
      'windowJoin',
      { assigner: { type: 'global', time: 'event' }, trigger: { type: 'purging', of: { type: 'count', count: 2 } } },
      { windowsOf: () => [] },
      [
        record({ id: 1, name: 'ann' }, 1, 0),
        record({ id: 2, name: 'bob' }, 2, 0),
        record({ person: 1, price: 1 }, 3, 1),
        record({ person: 1, price: 2 }, 4, 1),
        end(0),
        end(1),
      ],
    ),
    node: node('windowJoin', {
      fn: '(left, right) => …',
      assigner: { type: 'global', time: 'event' },
      trigger: { type: 'purging', of: { type: 'count', count: 2 } },
    }),
    functions: () => ({ ...keys, fn: ({ name }: Person, { price }: Bid) => ({ name, price }) }),
    expected: [out({ name: 'ann', price: 1 }, 3)],
    lateRecords: 0,
    expectedOf: undefined,
  },
]
