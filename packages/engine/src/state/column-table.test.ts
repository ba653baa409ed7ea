import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalKey } from '../record/canonical-key.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { MemorySpillStore } from '../testing/memory-spill-store.ts'
import type { Columns, KeyedTable } from './keyed-state-backend.ts'
import { MemoryTier } from './memory-tier.ts'
import { oneNumber } from './number-table.ts'
import { StateRoom } from './state-room.ts'

function tier(roomBytes?: number): { backend: MemoryTier; room: StateRoom | undefined; store: MemorySpillStore } {
  const store = new MemorySpillStore()
  const room = roomBytes === undefined ? undefined : new StateRoom(roomBytes, store)
  const backend = new MemoryTier({
    maxParallelism: 128,
    ownsKeyGroup: () => true,
    clock: new ManualClock(),
    ...(room === undefined ? {} : { room }),
  })
  return { backend, room, store }
}

interface Pair {
  a: number
  b: number | string
}

/** Pairs of numbers; others are objects. */
const pairs: Columns<Pair> = {
  width: 2,
  fits: (value): value is Pair => typeof (value as Pair).b === 'number',
  write: ({ a, b }, cells, at) => {
    cells[at] = a
    cells[at + 1] = b as number
  },
  read: (cells, at) => ({ a: cells[at]!, b: cells[at + 1]! }),
}

const anyKey = fc.oneof(
  fc.integer({ min: -5, max: 20 }),
  fc.constantFrom<unknown>(-0, 0.5, 2 ** 40, 1024, 2048, 'a', 'b', true, 5n, ['t', 1]),
)
const anyPair: fc.Arbitrary<Pair> = fc.record({ a: fc.integer(), b: fc.oneof(fc.integer(), fc.constantFrom('x', 'y')) })
const anyDeed = fc.tuple(
  fc.constantFrom('put', 'put', 'put', 'touch', 'get', 'delete', 'rows', 'change all', 'prefetch', 'make room'),
  anyKey,
  anyPair,
)

test.each([
  ['in memory', undefined],
  ['with room for two rows', 250],
  ['with no room', 1],
  ['with some room', 1_500],
])('a table of columns does what a Map does, %s', (_name, roomBytes) => {
  fc.assert(
    fc.property(fc.array(anyDeed, { maxLength: 120 }), deeds => {
      const { backend, room } = tier(roomBytes)
      const table = backend.columnTable('t', pairs)
      const model = new Map<unknown, Pair>()
      const contents = (from: KeyedTable<Pair>) =>
        new Map([...from.entries()].map(([canonical, { value }]) => [canonical, { ...value }]))
      for (const [deed, key, pair] of deeds) {
        const canonical = canonicalKey(key)
        const row = deed === 'put' || deed === 'touch' ? table.get(canonical) : undefined
        if (deed === 'put') {
          if (row === undefined) table.insert(canonical, key, { ...pair })
          else table.update(row, { ...pair })
          model.set(canonical, pair)
        } else if (deed === 'touch') {
          expect(row?.value).toEqual(model.get(canonical))
          if (row === undefined) continue
          Object.assign(row.value, pair)
          table.touch(row)
          model.set(canonical, pair)
        } else if (deed === 'get') expect(table.get(canonical)?.value).toEqual(model.get(canonical))
        else if (deed === 'delete') expect(table.delete(canonical)).toBe(model.delete(canonical))
        else if (deed === 'prefetch') backend.prefetch([canonical, 3, canonical], 3)
        else if (deed === 'make room') room?.makeRoom(0)
        else if (deed === 'change all') {
          const met: unknown[] = []
          for (const [at, held] of table.entries()) {
            met.push(at)
            table.update(held, { ...pair })
            model.set(at, pair)
          }
          expect(met.length).toBe(model.size)
        } else expect([...table.rows()]).toHaveLength(model.size)
        expect(table.size).toBe(model.size)
      }
      expect(contents(table)).toEqual(model)
      const entries = backend.snapshot()
      for (const restore of ['columns', 'objects'] as const) {
        const { backend: restored } = tier(roomBytes)
        restored.restore(entries)
        expect(contents(restore === 'columns' ? restored.columnTable('t', pairs) : restored.table<Pair>('t'))).toEqual(
          model,
        )
      }
    }),
    { numRuns: 150 },
  )
})

test('a row that a caller holds while it leaves, or is deleted, is what it is given afterwards', () => {
  const { backend, room } = tier(10_000)
  const table = backend.columnTable('t', pairs)
  const held = table.insert(1, 1, { a: 1, b: 1 })
  const deleted = table.insert(2, 2, { a: 2, b: 2 })
  for (let i = 0; i < 3; i++) room?.makeRoom(0)
  expect(room?.counters.diskWrites).toBeGreaterThan(0)
  table.update(held, { a: 10, b: 10 })
  table.delete(2)
  table.update(deleted, { a: 20, b: 20 })
  expect(table.get(1)?.value).toEqual({ a: 10, b: 10 })
  expect(table.get(2)).toBeUndefined()
})

describe('a key of -0', () => {
  test('is that of 0, and stays what it was when it was inserted', () => {
    const table = tier().backend.columnTable('t', oneNumber)
    table.insert(canonicalKey(-0), -0, 7)
    expect(table.get(0)).toMatchObject({ key: -0, value: 7 })
    expect(table.size).toBe(1)
  })
})

describe('rows in columns', () => {
  test('are found by their places, and stand in the order in which they came', () => {
    const table = tier().backend.columnTable('t', oneNumber)
    for (let key = 100; key > 0; key--) table.insert(key, key, key / 2)
    expect([table.isInColumns, table.top]).toEqual([true, 100])
    expect([...table.rows()].map(({ key }) => key)).toEqual(Array.from({ length: 100 }, (_, i) => 100 - i))
    const place = table.placeOf(42)
    expect([...table.cells.subarray(2 * place, 2 * place + 2)]).toEqual([42, 21])
    expect(table.placeOf(101)).toBe(-1)
    expect(table.placeOf(Number.NaN)).toBe(-1)
    table.delete(42)
    expect([table.isLive(place), table.placeOf(42)]).toEqual([false, -1])
  })

  test('are not all there is when one has another key or value, or is on disk', () => {
    const { backend, room } = tier(10_000)
    const [text, wide, away] = ['text', 'wide', 'away'].map(name => backend.columnTable(name, pairs))
    for (const table of [text, wide, away]) table?.insert(1, 1, { a: 1, b: 1 })
    text?.insert('k', 'k', { a: 1, b: 1 })
    wide?.insert(2, 2, { a: 1, b: 'x' })
    expect([text?.isInColumns, wide?.isInColumns, away?.isInColumns]).toEqual([false, false, true])
    for (let i = 0; i < 3; i++) room?.makeRoom(0)
    expect(away?.isInColumns).toBe(false)
  })

  test('take up a fraction of the memory of objects, which is counted', () => {
    const sizes = [true, false].map(inColumns => {
      const { backend, room } = tier(100_000_000)
      const table = inColumns ? backend.columnTable('t', oneNumber) : backend.table<number>('t')
      for (let key = 0; key < 1_000; key++) table.insert(key, key, key)
      const full = room?.usedBytes as number
      for (let key = 0; key < 1_000; key++) table.delete(key)
      expect(room?.usedBytes).toBe(0)
      return full
    })
    expect((sizes[0] as number) * 2).toBeLessThan(sizes[1] as number)
  })
})

test('namespaces in columns give back all their memory when they are dropped', () => {
  const { backend, room } = tier(100_000_000)
  const tables = backend.namespacedTable('t', oneNumber)
  for (let end = 0; end < 10; end++) {
    const table = tables.ensure(end)
    for (let key = 0; key < 100; key++) table.insert(key, key, key)
    table.insert('k', 'k', end)
  }
  expect(room?.usedBytes).toBeGreaterThan(0)
  for (let end = 0; end < 10; end++) tables.drop(end)
  expect(room?.usedBytes).toBe(0)
})
