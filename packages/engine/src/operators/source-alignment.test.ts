import { describe, expect, test } from 'vitest'
import type { JobNode } from '../graph/job-graph.ts'
import { MAX_WATERMARK, NO_TIMESTAMP } from '../record/stream-element.ts'
import { OperatorHarness } from '../testing/operator-harness.ts'
import type { ReaderOutput, Source, SourceReader, SourceSplit } from './source.ts'
import { createSourceOperator, type SourceOperator } from './source-operator.ts'

const DRIFT_MS = 10

interface Position {
  readonly last: number
  next: number
}

/** Splits of the numbers up to a last one; reads all of them in turn, or one after the other, until it is told to stop. */
class NumberReader implements SourceReader {
  readonly #inTurn: boolean
  readonly #splits: { readonly id: string; readonly state: Position }[] = []
  #noMore = false
  polls = 0

  constructor(inTurn: boolean) {
    this.#inTurn = inTurn
  }

  addSplits(splits: readonly SourceSplit[]): void {
    for (const { id, state } of splits) this.#splits.push({ id, state: { ...(state as Position) } })
  }

  noMoreSplits(): void {
    this.#noMore = true
  }

  poll(output: ReaderOutput): 'emitted' | 'nothing' | 'finished' {
    this.polls++
    let emitted = 0
    for (const split of this.#inTurn ? [...this.#splits] : this.#splits.slice(0, 1)) {
      const out = output.forSplit(split.id)
      const { state } = split
      while (!output.blocked && (!this.#inTurn || out.paused !== true) && state.next <= state.last && emitted < 1_000) {
        out.collect({ split: split.id, at: state.next++ }, NO_TIMESTAMP)
        emitted++
      }
      if (state.next <= state.last) continue
      this.#splits.splice(this.#splits.indexOf(split), 1)
      output.splitFinished(split.id)
      emitted++
    }
    if (emitted > 0 || output.blocked) return 'emitted'
    return this.#splits.length === 0 && this.#noMore ? 'finished' : 'nothing'
  }

  wantsSplit(): boolean {
    return this.#splits.length === 0
  }

  snapshot(): readonly SourceSplit[] {
    return this.#splits
  }

  close(): void {
    this.#splits.length = 0
  }
}

const split = (id: string, from: number, last: number): SourceSplit => ({ id, state: { next: from, last } })

function setUp(inTurn: boolean, watermarks: Partial<NonNullable<JobNode['watermarks']>> = {}) {
  const reader = new NumberReader(inTurn)
  const source: Source = {
    type: 'numbers',
    isBounded: () => true,
    discoverSplits: async () => [],
    createReader: () => reader,
  }
  const node: JobNode = {
    uid: 's',
    type: 'numbers',
    name: 'numbers',
    config: {},
    watermarks: {
      strategy: 'monotonous',
      timestampAssigner: 'x => x.at',
      alignment: { group: 'g', maxDriftMs: DRIFT_MS },
      ...watermarks,
    },
  }
  const reports: number[] = []
  const generator = () => {
    let max = Number.NEGATIVE_INFINITY
    return {
      onEvent: (_value: unknown, timestamp: number) => {
        max = timestamp
      },
      onPeriodicEmit: () => max - 1,
    }
  }
  const harness = new OperatorHarness(
    node,
    () => ({ timestampAssigner: ({ at }: { at: number }) => at, watermarkGenerator: generator }),
    context =>
      createSourceOperator(context, source, {
        workdir: '/',
        wakeUp: () => undefined,
        requestSplit: () => undefined,
        reportWatermark: watermark => reports.push(watermark),
      }),
  )
  const operator = harness.operator as SourceOperator
  /** The highest number that came of each split. */
  const reached = (): Record<string, number> => {
    const last: Record<string, number> = {}
    for (const output of harness.outputs) {
      if (output.type !== 'record') continue
      const record = output.value as { split: string; at: number }
      last[record.split] = record.at
    }
    return last
  }
  return { operator, reader, harness, reports, reached }
}

describe('a source that is ahead of others', () => {
  test.each([true, false])(
    'stops at the record that takes it too far, however many are at hand (in turn: %s)',
    inTurn => {
      const { operator, reader, reached } = setUp(inTurn)
      operator.addSplits([split('a', 0, 1_000)])
      operator.setUnreadSplits(false)
      operator.align('g', 99)
      expect(operator.poll()).toBe('emitted')
      // The watermark of 110 is 109, the bound: so 111 is the first beyond it.
      expect(reached()).toEqual({ a: 111 })
      const { polls } = reader
      for (let i = 0; i < 5; i++) expect(operator.poll()).toBe('nothing')
      expect(reader.polls, 'the reader is left alone').toBe(polls)
      expect(operator.alignment()).toMatchObject({ splits: 1, pausedSplits: 1, aheadMs: 11 })
      expect(operator.align('another', 1_000)).toBe(false)
      expect(operator.align('g', 100)).toBe(true)
      operator.poll()
      expect(reached()).toEqual({ a: 112 })
    },
  )

  test('goes on with those of its splits that are not', () => {
    const { operator, reached } = setUp(true)
    operator.addSplits([split('ahead', 500, 2_000), split('behind', 0, 2_000)])
    operator.setUnreadSplits(false)
    operator.align('g', 200)
    for (let i = 0; i < 5; i++) operator.poll()
    expect(reached()).toEqual({ ahead: 500, behind: 212 })
    operator.align('g', 300)
    for (let i = 0; i < 5; i++) operator.poll()
    expect(reached()).toEqual({ ahead: 500, behind: 312 })
  })

  test('begins a split that comes while the others wait', () => {
    const { operator, reached } = setUp(true)
    operator.addSplits([split('ahead', 500, 2_000)])
    operator.align('g', 0)
    operator.poll()
    expect(operator.poll()).toBe('nothing')
    operator.addSplits([split('behind', 0, 5)])
    operator.poll()
    expect(reached()).toEqual({ ahead: 500, behind: 5 })
  })

  test('does not wait for a split that it will only read after the one that waits', () => {
    const { operator, harness, reports } = setUp(false)
    operator.addSplits([split('first', 0, 50), split('second', 0, 50)])
    operator.setUnreadSplits(false)
    operator.align('g', 0)
    operator.poll()
    harness.clock.advance(1_000)
    operator.onPeriodicEmit()
    // Its own watermark stands still for the second split; what it holds the group to is the first.
    expect(operator.currentWatermark()).toBe(Number.NEGATIVE_INFINITY)
    expect(reports).toEqual([11])
  })

  test('goes on after a snapshot that was taken while it waited, with nothing lost and nothing twice', () => {
    const first = setUp(true)
    first.operator.addSplits([split('a', 0, 40)])
    first.operator.align('g', 0)
    first.operator.poll()
    const before = first.reached().a as number
    expect(first.operator.poll()).toBe('nothing')
    const second = setUp(true)
    second.operator.restore([first.operator.snapshot()])
    second.operator.noMoreSplits()
    second.operator.align('g', MAX_WATERMARK)
    expect(second.operator.poll()).toBe('emitted')
    const values = second.harness.outputs.flatMap(output => (output.type === 'record' ? [output.value] : []))
    expect(values).toEqual(Array.from({ length: 40 - before }, (_, i) => ({ split: 'a', at: before + 1 + i })))
    expect(second.operator.poll()).toBe('finished')
    expect(second.reports.at(-1)).toBe(MAX_WATERMARK)
  })

  test('is found at the next emission where a generator of the job makes the watermarks', () => {
    const { operator, reached } = setUp(false, { strategy: 'custom', generator: '() => …' })
    operator.addSplits([split('a', 0, 10_000)])
    operator.align('g', 0)
    operator.poll(500)
    expect(operator.poll(500)).toBe('emitted')
    operator.onPeriodicEmit()
    expect(operator.poll(500)).toBe('nothing')
    expect(reached()).toEqual({ a: 1_999 })
  })
})

test('watermarks are made as often as they are reported, at least', () => {
  const { operator } = setUp(false, { intervalMs: 5_000 })
  expect(operator.watermarkIntervalMs).toBe(1_000)
})
