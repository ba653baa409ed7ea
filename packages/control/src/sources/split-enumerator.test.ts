import type { SourceSplit } from '@weir/engine/operators/source'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type SplitAssignment, SplitEnumerator } from './split-enumerator.ts'

const splits = (count: number): SourceSplit[] => Array.from({ length: count }, (_, i) => ({ id: `s${i}`, state: i }))

const ids = (assignment: SplitAssignment): string[] => assignment.splits.map(split => split.id)

describe('SplitEnumerator', () => {
  it('gives one split to each reader at the start, in order, and says that others are unread', () => {
    const first = new SplitEnumerator(splits(3), 2).start()
    expect(first.map(ids)).toEqual([['s0'], ['s1']])
    expect(first.every(a => a.unreadSplits && !a.noMoreSplits)).toBe(true)
  })

  it('tells every reader at the start that nothing follows when each split has its reader', () => {
    const first = new SplitEnumerator(splits(2), 3).start()
    expect(first.map(ids)).toEqual([['s0'], ['s1'], []])
    expect(first.every(a => a.noMoreSplits && !a.unreadSplits)).toBe(true)
  })

  it('tells all readers when the last split is taken, and only then', () => {
    const enumerator = new SplitEnumerator(splits(4), 2)
    enumerator.start()
    expect(enumerator.request(1)).toEqual([
      { subtask: 1, splits: [{ id: 's2', state: 2 }], noMoreSplits: false, unreadSplits: true },
    ])
    expect(enumerator.request(1)).toEqual([
      { subtask: 1, splits: [{ id: 's3', state: 3 }], noMoreSplits: true, unreadSplits: false },
      { subtask: 0, splits: [], noMoreSplits: true, unreadSplits: false },
    ])
    expect(enumerator.request(0)).toEqual([{ subtask: 0, splits: [], noMoreSplits: true, unreadSplits: false }])
  })

  it('takes no split for a request that comes before the start', () => {
    const enumerator = new SplitEnumerator(splits(2), 1)
    expect(enumerator.request(0)).toEqual([])
    expect(enumerator.start().map(ids)).toEqual([['s0']])
  })

  it('assigns every split exactly once, and leaves every reader informed, whatever the order of requests', () => {
    fc.assert(
      fc.property(
        fc.nat(30),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.nat(5), { minLength: 200, maxLength: 200 }),
        (count, parallelism, requests) => {
          const enumerator = new SplitEnumerator(splits(count), parallelism)
          const seen: string[] = []
          const latest = new Map<number, SplitAssignment>()
          const take = (assignments: SplitAssignment[]) => {
            for (const assignment of assignments) {
              seen.push(...ids(assignment))
              latest.set(assignment.subtask, assignment)
            }
          }
          take(enumerator.start())
          for (const reader of requests) take(enumerator.request(reader % parallelism))
          expect(seen).toEqual(splits(count).map(split => split.id))
          expect(latest.size).toBe(parallelism)
          for (const assignment of latest.values()) {
            expect(assignment.noMoreSplits).toBe(true)
            expect(assignment.unreadSplits).toBe(false)
          }
        },
      ),
    )
  })
})
