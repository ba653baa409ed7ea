import type { SourceSplit } from '@weir/engine/operators/source'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ReaderHarness, readAll, type SourceCase } from './source-harness.ts'

export interface ConformanceCase extends SourceCase {
  /** All records, in any order. */
  readonly expected: readonly unknown[]
  readonly cleanUp?: () => void
}

/** What every bounded source has to keep to, whatever it reads. */
export function sourceConformance(name: string, prepare: () => ConformanceCase | Promise<ConformanceCase>): void {
  describe(`${name}, as a source`, () => {
    let which: ConformanceCase

    beforeAll(async () => {
      which = await prepare()
      expect(which.expected.length, 'a case with enough records to stop between them').toBeGreaterThan(3)
    })
    afterAll(() => which?.cleanUp?.())

    const discover = (parallelism: number): Promise<readonly SourceSplit[]> =>
      which.source.discoverSplits(which.config, { parallelism, workdir: which.workdir ?? '/' })

    test('says that it is bounded', () => {
      expect(which.source.isBounded(which.config)).toBe(true)
    })

    test.each([1, 2, 5])('gives every record once, from splits for %i subtasks', async parallelism => {
      expect(sorted(await readAll(which, parallelism))).toEqual(sorted(which.expected))
    })

    test('finds the same splits again, each with an id of its own', async () => {
      const splits = await discover(4)
      expect(await discover(4)).toEqual(splits)
      expect(new Set(splits.map(split => split.id)).size).toBe(splits.length)
    })

    test('gives every record once from as many readers as there are splits, the order in a split the same', async () => {
      const together = new ReaderHarness(which).add(await discover(3))
      together.reader.noMoreSplits()
      await together.run()
      const records: unknown[] = []
      for (const split of await discover(3)) {
        const harness = new ReaderHarness(which).add([split])
        harness.reader.noMoreSplits()
        expect(await harness.run()).toBe('finished')
        expect(harness.finishedSplits).toEqual([split.id])
        expect(harness.records).toEqual(together.bySplit.get(split.id) ?? [])
        records.push(...harness.records)
      }
      expect(sorted(records)).toEqual(sorted(which.expected))
    })

    test('goes on after any record from a snapshot, with nothing lost and nothing twice', async () => {
      let splits = await discover(2)
      const records: unknown[] = []
      const step = Math.max(1, Math.floor(which.expected.length / 40))
      for (let rounds = 0; ; rounds++) {
        expect(rounds, 'every round makes progress').toBeLessThan(1_000)
        const harness = new ReaderHarness(which).add(splits)
        harness.reader.noMoreSplits()
        // Uneven steps, so that snapshots fall at many places.
        harness.room = 1 + ((rounds * 7) % (2 * step))
        const end = await harness.run()
        records.push(...harness.records)
        splits = harness.reader.snapshot()
        harness.reader.close()
        if (end === 'finished') break
      }
      expect(splits).toEqual([])
      expect(sorted(records)).toEqual(sorted(which.expected))
    })

    test('goes on from a snapshot that was taken before the first poll', async () => {
      const harness = new ReaderHarness(which).add(await discover(2))
      const splits = harness.reader.snapshot()
      harness.reader.close()
      const again = new ReaderHarness(which).add(splits)
      again.reader.noMoreSplits()
      await again.run()
      expect(sorted(again.records)).toEqual(sorted(which.expected))
    })

    test('emits nothing while the output is blocked, and goes on afterwards', async () => {
      const harness = new ReaderHarness(which).add(await discover(2))
      harness.reader.noMoreSplits()
      for (let taken = 0; taken < which.expected.length; taken++) {
        harness.room = 0
        for (let polls = 0; polls < 3; polls++) harness.reader.poll(harness)
        expect(harness.records).toHaveLength(taken)
        harness.room = 1
        expect(await harness.run()).toBe('blocked')
        expect(harness.records).toHaveLength(taken + 1)
      }
      harness.room = 1
      expect(await harness.run()).toBe('finished')
    })

    test('emits nothing of a split that is paused, and all of it afterwards', async () => {
      const [first, ...others] = await discover(2)
      const harness = new ReaderHarness(which).add([first as SourceSplit, ...others])
      harness.reader.noMoreSplits()
      harness.paused.add((first as SourceSplit).id)
      // Some read their splits one after the other, and wait with all.
      for (let polls = 0; polls < 20; polls++) {
        expect(harness.reader.poll(harness)).not.toBe('finished')
        await new Promise(resolve => setTimeout(resolve, 2))
      }
      expect(harness.bySplit.get((first as SourceSplit).id) ?? []).toEqual([])
      harness.paused.clear()
      await harness.run()
      expect(sorted(harness.records)).toEqual(sorted(which.expected))
    })

    test('wants a split when it has none, and is finished only when no more will come', async () => {
      const splits = await discover(3)
      const harness = new ReaderHarness(which)
      expect(harness.reader.wantsSplit()).toBe(true)
      expect(harness.reader.poll(harness)).toBe('nothing')
      for (const split of splits) {
        harness.add([split])
        while (!harness.finishedSplits.includes(split.id)) {
          harness.room = which.expected.length
          harness.reader.poll(harness)
          await new Promise(resolve => setTimeout(resolve))
        }
        expect(harness.reader.wantsSplit()).toBe(true)
        expect(harness.reader.poll(harness)).toBe('nothing')
      }
      harness.reader.noMoreSplits()
      expect(harness.reader.poll(harness)).toBe('finished')
      expect(harness.finishedSplits.toSorted()).toEqual(splits.map(split => split.id).toSorted())
    })

    test('is finished at once when there is no split for it', () => {
      const harness = new ReaderHarness(which)
      harness.reader.noMoreSplits()
      expect(harness.reader.poll(harness)).toBe('finished')
    })

    test('can be closed in the middle', async () => {
      const harness = new ReaderHarness(which).add(await discover(1))
      harness.room = 2
      await harness.run()
      harness.reader.close()
      await new Promise(resolve => setTimeout(resolve, 20))
      expect(harness.records).toHaveLength(2)
    })
  })
}

/** Records as texts in order, for comparing what came in any order. */
export function sorted(records: readonly unknown[]): string[] {
  return records.map(record => JSON.stringify(record)).toSorted()
}
