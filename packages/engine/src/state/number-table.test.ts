import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalKey } from '../record/canonical-key.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { MemorySpillStore } from '../testing/memory-spill-store.ts'
import { MemoryTier } from './memory-tier.ts'
import { NumberIndex } from './number-index.ts'
import { StateRoom } from './state-room.ts'

function tier(room?: StateRoom): MemoryTier {
  return new MemoryTier({
    maxParallelism: 128,
    ownsKeyGroup: () => true,
    clock: new ManualClock(),
    ...(room === undefined ? {} : { room }),
  })
}

const anyNumber = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  // The same place in a small index.
  fc.integer({ min: 0, max: 20 }).map(n => n * 1024),
  fc.constantFrom(0.5, -0.25, 1e300, 2 ** 40, -(2 ** 31)),
)

test('the index finds what was added and not removed', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyNumber, fc.boolean()), { maxLength: 200 }), deeds => {
      const index = new NumberIndex()
      const places = new Map<number, number>()
      const free: number[] = []
      let top = 0
      for (const [key, remove] of deeds) {
        const known = places.get(key)
        expect(index.find(key)).toBe(known ?? -1)
        if (known === undefined && !remove) {
          const place = free.pop() ?? top++
          index.add(key, place)
          places.set(key, place)
        } else if (known !== undefined && remove) {
          index.remove(key)
          places.delete(key)
          free.push(known)
        }
      }
      for (const [key, place] of places) expect([index.find(key), index.keyAt(place)]).toEqual([place, key])
    }),
  )
})

const anyKey = fc.oneof(anyNumber, fc.constantFrom('a', 'b', 'a name of some length', true), fc.constant(['t', 1]))

type Deed = readonly ['add' | 'set' | 'get' | 'delete' | 'rows' | 'prefetch' | 'make room', unknown, number]

const anyDeed: fc.Arbitrary<Deed> = fc.tuple(
  fc.constantFrom('add', 'add', 'add', 'set', 'get', 'delete', 'rows', 'prefetch', 'make room'),
  anyKey,
  fc.integer({ min: -5, max: 5 }),
)

test.each([
  ['in memory', undefined],
  ['with room for two rows', 200],
  ['with no room', 1],
  ['with some room', 1_000],
])('a table of numbers does what a Map does, %s', (_name, roomBytes) => {
  fc.assert(
    fc.property(fc.array(anyDeed, { maxLength: 150 }), deeds => {
      const room = roomBytes === undefined ? undefined : new StateRoom(roomBytes, new MemorySpillStore())
      const backend = tier(room)
      const table = backend.numberTable('n')
      const model = new Map<unknown, number>()
      const contents = (from: typeof table) =>
        new Map([...from.rows()].map(({ key, value }) => [canonicalKey(key), value]))
      for (const [deed, key, n] of deeds) {
        const canonical = canonicalKey(key)
        if (deed === 'add') {
          const sum = (model.get(canonical) ?? 0) + n
          expect(table.add(canonical, n)).toBe(sum)
          model.set(canonical, sum)
        } else if (deed === 'set') {
          table.set(canonical, n)
          model.set(canonical, n)
        } else if (deed === 'get') expect(table.get(canonical)).toBe(model.get(canonical))
        else if (deed === 'delete') expect(table.delete(canonical)).toBe(model.delete(canonical))
        else if (deed === 'prefetch') backend.prefetch([canonical, 3, canonical], 3)
        else if (deed === 'make room') room?.makeRoom(0)
        else {
          const met = [...table.rows()]
          expect(met.length).toBe(model.size)
          expect(contents(table)).toEqual(model)
        }
        expect(table.size).toBe(model.size)
      }
      // Either kind of table takes over the snapshot.
      const entries = backend.snapshot()
      const restored = tier(roomBytes === undefined ? undefined : new StateRoom(roomBytes, new MemorySpillStore()))
      restored.restore(entries)
      expect(contents(restored.numberTable('n'))).toEqual(model)
      const plain = tier()
      plain.restore(entries)
      expect(plain.table<number>('n').size).toBe(model.size)
    }),
    { numRuns: 150 },
  )
})

describe('numbers that do not fit into memory', () => {
  test('are gone through once each though some come back meanwhile', () => {
    const store = new MemorySpillStore()
    const room = new StateRoom(5_000, store)
    const table = tier(room).numberTable('n')
    for (let key = 0; key < 2_000; key++) table.add(key, key)
    expect(store.writes).toBeGreaterThan(1_500)
    const met: unknown[] = []
    for (const { key, value } of table.rows()) {
      expect(value).toBe(key)
      met.push(key)
      table.get(((key as number) * 7919) % 2_000)
    }
    expect(new Set(met).size).toBe(2_000)
    expect(met).toHaveLength(2_000)
    expect(room.usedBytes).toBeLessThan(200_000)
  })
})
