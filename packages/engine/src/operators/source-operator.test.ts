import { describe, expect, test } from 'vitest'
import { WeirError } from '../base/errors.ts'
import type { NodeFunctions } from '../graph/job-functions.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { MAX_WATERMARK, MIN_WATERMARK, NO_TIMESTAMP } from '../record/stream-element.ts'
import { OperatorHarness } from '../testing/operator-harness.ts'
import type { ReaderOutput, Source, SourceReader, SourceSplit } from './source.ts'
import { createSourceOperator, type SourceOperator } from './source-operator.ts'

/** A split is a list of numbers and the position to go on from. */
interface ListState {
  readonly numbers: readonly number[]
  position: number
}

/** Reads its splits one after the other, one record a poll. */
class ListReader implements SourceReader {
  readonly #splits: { id: string; state: ListState }[] = []
  #noMore = false
  closed = false

  addSplits(splits: readonly SourceSplit[]): void {
    for (const { id, state } of splits) this.#splits.push({ id, state: { ...(state as ListState) } })
  }

  noMoreSplits(): void {
    this.#noMore = true
  }

  poll(output: ReaderOutput): 'emitted' | 'nothing' | 'finished' {
    const split = this.#splits[0]
    if (split === undefined) return this.#noMore ? 'finished' : 'nothing'
    const { numbers } = split.state
    if (numbers[split.state.position] === 13) throw new WeirError('INPUT_FORMAT', 'the number 13 is not read')
    output.forSplit(split.id).collect({ at: numbers[split.state.position++] }, NO_TIMESTAMP)
    if (split.state.position === numbers.length) {
      this.#splits.shift()
      output.splitFinished(split.id)
    }
    return 'emitted'
  }

  wantsSplit(): boolean {
    return this.#splits.length === 0
  }

  snapshot(): readonly SourceSplit[] {
    return this.#splits
  }

  close(): void {
    this.closed = true
  }
}

function split(id: string, ...numbers: number[]): SourceSplit {
  return { id, state: { numbers, position: 0 } }
}

function setUp(watermarks: JobNode['watermarks'], functions: NodeFunctions = {}) {
  const reader = new ListReader()
  const source: Source = {
    type: 'list',
    isBounded: () => true,
    discoverSplits: async () => [],
    createReader: () => reader,
  }
  let requests = 0
  const reports: number[] = []
  const node: JobNode = { uid: 's', type: 'list', name: 'numbers', config: {}, watermarks }
  const harness = new OperatorHarness(
    node,
    () => functions,
    context =>
      createSourceOperator(context, source, {
        workdir: '/',
        wakeUp: () => undefined,
        requestSplit: () => void requests++,
        reportWatermark: watermark => reports.push(watermark),
      }),
  )
  const records = () =>
    harness.outputs.flatMap(output => (output.type === 'record' ? [[output.value, output.timestamp]] : []))
  return { operator: harness.operator as SourceOperator, harness, reader, records, requests: () => requests, reports }
}

const timed = { strategy: 'monotonous' as const, timestampAssigner: 'x => x.at' }
const assigning = { timestampAssigner: ({ at }: { at: number }) => at }

test('records get the time that the assigner gives them, and the end is the highest watermark', () => {
  const { operator, records } = setUp(timed, assigning)
  operator.addSplits([split('a', 5, 7)])
  operator.noMoreSplits()
  operator.setUnreadSplits(false)
  expect(operator.currentWatermark()).toBe(MIN_WATERMARK)
  expect(operator.poll()).toBe('emitted')
  operator.onPeriodicEmit()
  expect(operator.currentWatermark()).toBe(4)
  expect([operator.poll(), operator.poll(), operator.poll()]).toEqual(['emitted', 'finished', 'finished'])
  expect(operator.finished).toBe(true)
  expect(operator.currentWatermark()).toBe(MAX_WATERMARK)
  expect(operator.isIdle()).toBe(false)
  expect(records()).toEqual([
    [{ at: 5 }, 5],
    [{ at: 7 }, 7],
  ])
})

test('without a strategy records keep what the reader says and there is no watermark before the end', () => {
  const { operator, records } = setUp(undefined)
  operator.addSplits([split('a', 5)])
  operator.setUnreadSplits(false)
  operator.poll()
  operator.onPeriodicEmit()
  expect(operator.currentWatermark()).toBe(MIN_WATERMARK)
  expect(records()).toEqual([[{ at: 5 }, NO_TIMESTAMP]])
})

test('it asks for one split at a time, when it has none left, until there are no more', () => {
  const { operator, requests } = setUp(undefined)
  expect(operator.poll()).toBe('nothing')
  operator.poll()
  expect(requests()).toBe(1)
  operator.addSplits([split('a', 1)])
  operator.poll()
  expect(requests()).toBe(2)
  operator.poll()
  expect(requests()).toBe(2)
  operator.noMoreSplits()
  expect(operator.poll()).toBe('finished')
  expect(requests()).toBe(2)
})

test('a snapshot holds the splits behind the last emitted record', () => {
  const first = setUp(timed, assigning)
  first.operator.addSplits([split('a', 1, 2, 3), split('b', 4)])
  first.operator.poll()
  const snapshot = first.operator.snapshot()
  const second = setUp(timed, assigning)
  second.operator.restore([snapshot])
  for (let i = 0; i < 3; i++) second.operator.poll()
  expect(second.records().map(([, timestamp]) => timestamp)).toEqual([2, 3, 4])
})

test('the reader sees that outputs are full', () => {
  const { operator } = setUp(undefined)
  expect((operator as ReaderOutput).blocked).toBe(false)
})

test('closing closes the reader', () => {
  const { operator, reader } = setUp(undefined)
  operator.close()
  expect(reader.closed).toBe(true)
})

describe('errors', () => {
  test('of the reader keep their code and get the name of the source', () => {
    const { operator } = setUp(undefined)
    operator.addSplits([split('a', 13)])
    expect(() => operator.poll()).toThrow(
      expect.objectContaining({
        code: 'INPUT_FORMAT',
        message: "operator 'numbers': the number 13 is not read",
        place: { operator: 'numbers' },
      }),
    )
  })

  test.each([
    ['undefined', undefined, 'not undefined'],
    ['NaN', Number.NaN, 'not NaN'],
    ['a Date', new Date(0), 'not a Date (use its getTime())'],
    ['a string', '2024-01-01', 'not the string "2024-01-01"'],
  ])('an assigner that gives %s is told so', (_, given, message) => {
    const { operator } = setUp(timed, { timestampAssigner: () => given })
    operator.addSplits([split('a', 1)])
    expect(() => operator.poll()).toThrow(
      expect.objectContaining({ code: 'NO_TIMESTAMP', message: expect.stringContaining(message) }),
    )
  })

  test('what an assigner throws is the user’s', () => {
    const { operator } = setUp(timed, {
      timestampAssigner: () => {
        throw new Error('no time')
      },
    })
    operator.addSplits([split('a', 1)])
    expect(() => operator.poll()).toThrow(
      expect.objectContaining({ code: 'USER_FUNCTION', message: "operator 'numbers': no time" }),
    )
  })
})

test('a poll is over when so many records have been emitted as were asked for', () => {
  const { operator, harness, reader } = setUp(undefined)
  const counts: number[] = []
  reader.poll = output => {
    const before = harness.counters.recordsOut
    // The chain counts what the source emits.
    while (!output.blocked && harness.counters.recordsOut < before + 512) harness.counters.recordsOut++
    counts.push(harness.counters.recordsOut - before)
    return 'emitted'
  }
  for (const recordsMax of [1, 32, 10_000, undefined]) operator.poll(recordsMax)
  expect(counts).toEqual([1, 32, 512, 512])
})
