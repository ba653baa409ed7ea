import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CanonicalKey } from '../record/canonical-key.ts'
import type { KeyedTable } from '../state/keyed-state-backend.ts'
import { statePrefix } from '../state/nested-tables.ts'
import { type RoomShare, StateRoom } from '../state/state-room.ts'
import { StateTable } from '../state/state-table.ts'
import { MemorySpillStore } from '../testing/memory-spill-store.ts'
import { MergedFiring } from './firing.ts'
import { SlidingMerge } from './sliding-merge.ts'
import type { WindowFold } from './window-fold.ts'

/** Joins texts and counts how often: the order of what is merged shows in the result. */
class Joining implements WindowFold<string> {
  readonly isList = false
  merges = 0
  create = String
  add(held: string, value: unknown): string {
    return held + String(value)
  }
  merge(a: string, b: string): string {
    this.merges++
    return a + b
  }
  emit(): void {
    // Results are read from the merge.
  }
}

type Slices = Map<number, Map<CanonicalKey, string>>

function tableOf(slices: Slices, end: number): KeyedTable<string> | undefined {
  const held = slices.get(end)
  if (held === undefined) return undefined
  const entries = () => [...held].map(([key, value]) => [key, { key, value }] as const)
  return { entries } as unknown as KeyedTable<string>
}

/** The keys in the order of the oldest slice that has them, each with the texts of all slices. */
function expected(slices: Slices, start: number, windowEnd: number): [CanonicalKey, string][] {
  const found = new Map<CanonicalKey, string>()
  for (const end of [...slices.keys()].toSorted((a, b) => a - b)) {
    if (end <= start || end > windowEnd) continue
    for (const [key, text] of slices.get(end) ?? []) found.set(key, (found.get(key) ?? '') + text)
  }
  return [...found]
}

function results(merge: SlidingMerge<string>, start: number, end: number): [CanonicalKey, string][] {
  const firing = new MergedFiring({ start, end }, merge)
  const found: [CanonicalKey, string][] = []
  while (firing.advance()) {
    found.push([firing.key as CanonicalKey, firing.accumulator])
    // Twice, since what was used is spared once: in the midst of a window nothing is given up.
    expect(merge.sweep(1) || merge.sweep(1)).toBe(false)
  }
  return found
}

const UNBOUNDED = new StateRoom(Number.POSITIVE_INFINITY)

const change = fc.record({ key: fc.constantFrom('a', 'b', 'c'), back: fc.nat(7), text: fc.constantFrom('x', 'y', 'z') })

test('gives what merging all slices of each window gives, whatever changed or was given up in between', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.array(change, { maxLength: 6 }), fc.nat(3)), {
        maxLength: 30,
      }),
      fc.integer({ min: 2, max: 6 }),
      (steps, length) => {
        const slices: Slices = new Map()
        const room = new StateRoom(Number.POSITIVE_INFINITY)
        // A slice that is looked at may bring a row back from disk, for which everything may be given up.
        let givesWay = false
        const lookUp = (end: number, key: CanonicalKey): string | undefined => {
          if (givesWay) merge.sweep(1)
          return slices.get(end)?.get(key)
        }
        const merge: SlidingMerge<string> = new SlidingMerge(new Joining(), lookUp, room)
        let now = 0
        for (const [forward, changes, sweeps] of steps) {
          givesWay = sweeps === 3
          for (const { key, back, text } of changes) {
            // Of slices that are over, those of the window may still change; further ones are gone.
            const end = now + 3 - back
            if (end <= now - length) continue
            const held = slices.get(end) ?? new Map()
            slices.set(end, held)
            held.set(key, (held.get(key) ?? '') + text)
            merge.changed(end, key, key)
          }
          now += forward
          const start = now - length
          const sliceEnds = Array.from({ length }, (_, i) => start + i + 1)
          merge.moveTo(start, now, sliceEnds, end => tableOf(slices, end))
          const found = results(merge, start, now)
          expect(new Map(found)).toEqual(new Map(expected(slices, start, now)))
          expect(found).toHaveLength(new Map(found).size)
          for (const end of slices.keys()) if (end <= start) slices.delete(end)
          for (let i = 0; i < sweeps; i++) merge.sweep(1)
        }
        merge.clear()
        expect(room.usedBytes).toBe(0)
      },
    ),
    { numRuns: 500 },
  )
})

test('a key in every slice costs few merges for each window, however many slices that has', () => {
  const fold = new Joining()
  const slices: Slices = new Map()
  const merge = new SlidingMerge(fold, (end, key) => slices.get(end)?.get(key), UNBOUNDED)
  const length = 200
  for (let end = 1; end <= 1_000; end++) {
    slices.set(end, new Map([['a', 'x']]))
    slices.delete(end - length)
    const sliceEnds = Array.from({ length }, (_, i) => end - length + i + 1)
    merge.moveTo(end - length, end, sliceEnds, at => tableOf(slices, at))
    expect(results(merge, end - length, end)[0][1]).toHaveLength(Math.min(end, length))
  }
  expect(fold.merges).toBeLessThan(3 * 1_000)
})

test('a key in one slice costs no merge', () => {
  const fold = new Joining()
  const slices: Slices = new Map([1, 2, 3, 4].map(end => [end, new Map([[`only in ${end}`, 'x']])]))
  const merge = new SlidingMerge(fold, (end, key) => slices.get(end)?.get(key), UNBOUNDED)
  merge.moveTo(0, 4, [1, 2, 3, 4], end => tableOf(slices, end))
  expect(results(merge, 0, 4)).toHaveLength(4)
  expect(fold.merges).toBe(0)
})

describe('the room of the state', () => {
  const COUNT = 100
  const filled = (share: RoomShare): StateTable<string> => {
    const table = new StateTable<string>(share, { prefix: statePrefix(share.room.nextTable()) })
    for (let i = 0; i < COUNT; i++) table.insert(`key ${i}`, `key ${i}`, 'x')
    return table
  }

  test('has what is kept counted, and gets it back slice by slice', () => {
    const room = new StateRoom(Number.POSITIVE_INFINITY)
    const tables = [filled(room.share('a')), filled(room.share('a'))]
    const state = room.usedBytes
    const merge = new SlidingMerge(new Joining(), () => undefined, room)
    merge.moveTo(0, 2, [1, 2], end => tables[end - 1])
    const both = room.usedBytes - state
    expect(both).toBeGreaterThan(2 * COUNT * 100)
    merge.moveTo(1, 3, [2, 3], () => undefined)
    expect(room.usedBytes - state).toBe(both / 2)
    merge.moveTo(2, 4, [3, 4], () => undefined)
    expect(room.usedBytes).toBe(state)
  })

  test('gets all of it when it is short of memory, and the next window is the same', () => {
    const room = new StateRoom(200_000, new MemorySpillStore())
    const table = filled(room.share('a'))
    const state = room.usedBytes
    const merge = new SlidingMerge(new Joining(), () => undefined, room)
    const fire = (end: number) => {
      merge.moveTo(0, end, [1], () => table)
      return results(merge, 0, end)
    }
    const first = fire(1)
    expect(room.usedBytes).toBeGreaterThan(state)
    // Rows that are in use and cannot leave.
    const iteration = table.rows()
    iteration.next()
    room.makeRoom(state)
    expect(room.usedBytes).toBe(state)
    iteration.return?.()
    expect(merge.slices).toEqual([])
    expect(fire(2)).toEqual(first)
    expect(first).toHaveLength(COUNT)
  })

  test('is asked before so much is kept that the state would have less than half of it', () => {
    const merge = (limitBytes: number) =>
      new SlidingMerge(new Joining(), () => undefined, new StateRoom(limitBytes, new MemorySpillStore()))
    expect(merge(1_000_000).fits(1_000)).toBe(true)
    expect(merge(1_000_000).fits(10_000)).toBe(false)
    expect(merge(Number.POSITIVE_INFINITY).fits(1_000_000)).toBe(true)
    expect(merge(Number.POSITIVE_INFINITY).fits(1_000_001)).toBe(false)
  })
})
