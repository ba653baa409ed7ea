import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type SinkCase, WriterHarness } from './sink-harness.ts'

export interface SinkConformanceCase extends SinkCase {
  readonly records: readonly unknown[]
  /** What a reader of the output sees now, in order of one subtask's writing. */
  readonly visible: (harness: WriterHarness) => readonly unknown[]
  /** Whether records are seen before a commit. */
  readonly immediate: boolean
  /** Everything in the place of the output, hidden things too. */
  readonly traces?: () => readonly string[]
  readonly cleanUp?: () => void
}

/** What every sink has to keep to, wherever it writes. */
export function sinkConformance(name: string, prepare: () => SinkConformanceCase): void {
  describe(`${name}, as a sink`, () => {
    let which: SinkConformanceCase

    beforeEach(() => {
      which = prepare()
    })
    afterEach(() => which.cleanUp?.())

    const opened = async (change: Partial<SinkCase> = {}): Promise<WriterHarness> => {
      const harness = new WriterHarness({ ...which, ...change })
      await harness.writer.open()
      return harness
    }

    test('gives every record, in order, when the job has ended', async () => {
      const harness = await (await opened()).write(...which.records)
      await harness.finish()
      expect(which.visible(harness)).toEqual(which.records)
    })

    test('gives every record over several commits, each once', async () => {
      const harness = await opened()
      for (const record of which.records) {
        await harness.write(record)
        await harness.committer?.commit(await harness.prepare())
      }
      await harness.finish()
      expect(which.visible(harness)).toEqual(which.records)
    })

    test('shows nothing before the commit, unless it shows everything at once', async () => {
      const harness = await (await opened()).write(...which.records)
      const before = which.immediate ? which.records : []
      expect(which.visible(harness)).toEqual(before)
      const committables = await harness.prepare()
      expect(which.visible(harness)).toEqual(before)
      await harness.committer?.commit(committables)
      expect(which.visible(harness)).toEqual(which.records)
      await harness.writer.close()
    })

    test('a commit that is repeated changes nothing', async () => {
      const harness = await (await opened()).write(...which.records)
      const committables = await harness.prepare()
      for (let times = 0; times < 3; times++) await harness.committer?.commit(committables)
      expect(which.visible(harness)).toEqual(which.records)
      await harness.writer.close()
    })

    test('a prepare without records gives nothing to commit', async () => {
      const harness = await opened()
      expect(await harness.prepare()).toEqual([])
      await harness.finish()
      expect(which.visible(harness)).toEqual([])
    })

    test('closing throws away what was not prepared', async () => {
      const harness = await (await opened()).write(...which.records)
      await harness.writer.close()
      await harness.committer?.abortLeftovers()
      if (!which.immediate) expect(which.visible(harness)).toEqual([])
      expect(which.traces?.() ?? []).toEqual([])
    })

    test('the next attempt gives every record once, whatever the one before left unfinished', async () => {
      if (which.immediate) return
      const first = await (await opened()).write(...which.records)
      await first.prepare()
      await first.write(...which.records)
      const second = await (await opened({ attempt: 1 })).write(...which.records)
      await second.finish()
      await first.writer.close()
      expect(which.visible(second)).toEqual(which.records)
    })
  })
}
