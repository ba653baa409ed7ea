import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CanonicalKey } from '../record/canonical-key.ts'
import type { KeyedTable } from '../state/keyed-state-backend.ts'
import { MemoryTier } from '../state/memory-tier.ts'
import { oneNumber } from '../state/number-table.ts'
import { StateRoom } from '../state/state-room.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { MemorySpillStore } from '../testing/memory-spill-store.ts'
import { MergedFiring, NumberFiring } from './firing.ts'
import { NumberMerge } from './number-merge.ts'
import { SlidingMerge } from './sliding-merge.ts'
import type { WindowFold } from './window-fold.ts'

/** Writes digits one behind the other: the order of what is merged shows in the result. */
class Digits implements WindowFold<unknown> {
  readonly isList = false
  create = Number
  add(held: unknown, value: unknown): unknown {
    return this.merge(held, value)
  }
  merge(a: unknown, b: unknown): unknown {
    const digits = `${a}${b}`
    return digits.length > 4 ? digits : Number(digits)
  }
  emit(): void {
    // Results are read from the merge.
  }
}

const UNBOUNDED = new StateRoom(Number.POSITIVE_INFINITY)

type Slices = Map<number, Map<CanonicalKey, unknown>>

function tableOf(slices: Slices, end: number): KeyedTable<unknown> | undefined {
  const held = slices.get(end)
  if (held === undefined) return undefined
  const rows = () => [...held].map(([key, value]) => ({ key, value }))
  const entries = () => [...held].map(([key, value]) => [key, { key, value }] as const)
  return { rows, entries } as unknown as KeyedTable<unknown>
}

function results(firing: NumberFiring | MergedFiring<unknown>): [unknown, CanonicalKey, unknown][] {
  const found: [unknown, CanonicalKey, unknown][] = []
  while (firing.advance()) found.push([firing.key, firing.canonicalKey, firing.accumulator])
  return found
}

const change = fc.record({
  key: fc.constantFrom<CanonicalKey>(1, 2, 1024, 0.5),
  back: fc.nat(7),
  digit: fc.integer({ min: 1, max: 9 }),
})

test('gives what the merge of objects gives, in the same order, whatever changed or was given up in between', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.array(change, { maxLength: 6 }), fc.nat(3)), {
        maxLength: 30,
      }),
      fc.integer({ min: 2, max: 6 }),
      (steps, length) => {
        const slices: Slices = new Map()
        const room = new StateRoom(Number.POSITIVE_INFINITY)
        const lookUp = (end: number, key: CanonicalKey): unknown => slices.get(end)?.get(key)
        const numbers = new NumberMerge(new Digits(), lookUp, room)
        const objects = new SlidingMerge<unknown>(new Digits(), lookUp, UNBOUNDED)
        let now = 0
        for (const [forward, changes, sweeps] of steps) {
          for (const { key, back, digit } of changes) {
            const end = now + 3 - back
            if (end <= now - length) continue
            const held = slices.get(end) ?? new Map()
            slices.set(end, held)
            held.set(key, digit)
            numbers.changed(end, key)
            objects.changed(end, key, key)
          }
          now += forward
          const window = { start: now - length, end: now }
          const sliceEnds = Array.from({ length }, (_, i) => window.start + i + 1)
          expect(numbers.moveTo(window.start, now, sliceEnds, end => tableOf(slices, end))).toBe(true)
          objects.moveTo(window.start, now, sliceEnds, end => tableOf(slices, end))
          const expected = results(new MergedFiring(window, objects))
          // What was given up is made anew by slices: then keys that came late to one stand elsewhere.
          const found = results(new NumberFiring(window, numbers))
          const byKey = (all: typeof found) => new Map(all.map(([key, , value]) => [key, value]))
          expect(byKey(found)).toEqual(byKey(expected))
          expect(found).toHaveLength(expected.length)
          if (steps.every(([, , given]) => given === 0)) expect(found).toEqual(expected)
          for (const end of slices.keys()) if (end <= window.start) slices.delete(end)
          for (let i = 0; i < sweeps; i++) numbers.sweep(1)
        }
        numbers.clear()
        expect(room.usedBytes).toBe(0)
      },
    ),
    { numRuns: 500 },
  )
})

test('a key in every slice costs few merges for each window, however many slices that has', () => {
  let merges = 0
  const fold = {
    isList: false,
    create: Number,
    add: () => 0,
    merge(a: unknown, b: unknown): unknown {
      merges++
      return (a as number) + (b as number)
    },
    emit: () => undefined,
  }
  const slices: Slices = new Map()
  const merge = new NumberMerge(fold, (end, key) => slices.get(end)?.get(key), UNBOUNDED)
  const length = 200
  for (let end = 1; end <= 1_000; end++) {
    slices.set(end, new Map([[7, 1]]))
    slices.delete(end - length)
    const sliceEnds = Array.from({ length }, (_, i) => end - length + i + 1)
    merge.moveTo(end - length, end, sliceEnds, at => tableOf(slices, at))
    expect(results(new NumberFiring({ start: end - length, end }, merge))).toEqual([[7, 7, Math.min(end, length)]])
  }
  expect(merges).toBeLessThan(3 * 1_000)
})

test('takes a slice over from columns as it does from rows', () => {
  const backend = new MemoryTier({ maxParallelism: 128, ownsKeyGroup: () => true, clock: new ManualClock() })
  const table = backend.columnTable<number>('t', oneNumber)
  for (let key = 0; key < 100; key++) table.insert(key, key, key % 9)
  for (let key = 0; key < 100; key += 3) table.delete(key)
  expect(table.isInColumns).toBe(true)
  const merge = new NumberMerge(new Digits(), () => undefined, UNBOUNDED)
  expect(merge.moveTo(0, 1, [1], () => table as KeyedTable<unknown>)).toBe(true)
  expect(results(new NumberFiring({ start: 0, end: 1 }, merge)).map(([key, , value]) => [key, value])).toEqual(
    [...table.rows()].map(({ key, value }) => [key, value]),
  )
})

test('says so where a key or an accumulator is no number, and from then on', () => {
  const of = (key: CanonicalKey, value: unknown): NumberMerge => {
    const slices: Slices = new Map([[1, new Map([[key, value]])]])
    const merge = new NumberMerge(new Digits(), () => 'a text', UNBOUNDED)
    expect(merge.moveTo(0, 1, [1], end => tableOf(slices, end))).toBe(
      typeof key === 'number' && typeof value === 'number',
    )
    return merge
  }
  expect(of('a', 1).moveTo(0, 2, [], () => undefined)).toBe(false)
  expect(of(1, 'x').moveTo(0, 2, [], () => undefined)).toBe(false)
  const late = of(1, 1)
  late.changed(1, 1)
  expect(late.moveTo(0, 2, [], () => undefined)).toBe(false)
})

describe('the room of the state', () => {
  test('has what is kept counted, and gets all of it back when no window fires and none has since it last asked', () => {
    const slices: Slices = new Map([[1, new Map(Array.from({ length: 100 }, (_, key) => [key, 1]))]])
    const room = new StateRoom(Number.POSITIVE_INFINITY)
    const merge = new NumberMerge(new Digits(), () => undefined, room)
    merge.moveTo(0, 1, [1], end => tableOf(slices, end))
    expect(room.usedBytes).toBeGreaterThan(100 * 80)
    expect([merge.sweep(1), merge.sweep(1)]).toEqual([false, false])
    const first = results(new NumberFiring({ start: 0, end: 1 }, merge))
    expect([merge.sweep(1), merge.sweep(1)]).toEqual([false, true])
    expect(room.usedBytes).toBe(0)
    merge.moveTo(0, 2, [1], end => tableOf(slices, end))
    expect(results(new NumberFiring({ start: 0, end: 2 }, merge))).toEqual(first)
  })

  test('is asked before so much is kept that the state would have less than half of it', () => {
    const merge = (limitBytes: number) =>
      new NumberMerge(new Digits(), () => undefined, new StateRoom(limitBytes, new MemorySpillStore()))
    expect(merge(1_000_000).fits(1_000)).toBe(true)
    expect(merge(1_000_000).fits(10_000)).toBe(false)
    expect(merge(Number.POSITIVE_INFINITY).fits(1_000_001)).toBe(false)
  })
})
