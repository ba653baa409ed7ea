import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalKey } from '../record/canonical-key.ts'
import { MemorySpillStore } from '../testing/memory-spill-store.ts'
import type { KeyedRow } from './keyed-state-backend.ts'
import { NamespacedStateTable, statePrefix } from './nested-tables.ts'
import { StateRoom } from './state-room.ts'
import { StateTable } from './state-table.ts'

function spilling<V>(roomBytes: number): { table: StateTable<V>; store: MemorySpillStore; room: StateRoom } {
  const store = new MemorySpillStore()
  const room = new StateRoom(roomBytes, store)
  return { table: new StateTable<V>(room.share('test'), { prefix: statePrefix(room.nextTable()) }), store, room }
}

const put = <V>(table: StateTable<V>, key: unknown, value: V): void => {
  const canonical = canonicalKey(key)
  const row = table.get(canonical)
  if (row === undefined) table.insert(canonical, key, value)
  else table.update(row, value)
}

type Deed =
  | { readonly deed: 'put' | 'get' | 'delete' | 'change in place'; readonly key: number; readonly value: number }
  | { readonly deed: 'go through' | 'clear' | 'make room' }
  | { readonly deed: 'delete while going through'; readonly every: number }

const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({
      deed: fc.constantFrom('put', 'get', 'delete', 'change in place'),
      key: fc.integer({ min: 0, max: 30 }),
      value: fc.integer(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ deed: fc.constantFrom('go through', 'make room') }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('clear' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      deed: fc.constant('delete while going through' as const),
      every: fc.integer({ min: 1, max: 4 }),
    }),
  },
)

test('a table with hardly any room does what a Map does', () => {
  fc.assert(
    fc.property(fc.constantFrom(1, 200, 700, 2_000), fc.array(anyDeed, { maxLength: 120 }), (roomBytes, deeds) => {
      const { table, room } = spilling<{ n: number }>(roomBytes)
      const model = new Map<number, number>()
      for (const deed of deeds) {
        switch (deed.deed) {
          case 'put':
            put(table, deed.key, { n: deed.value })
            model.set(deed.key, deed.value)
            break
          case 'get':
            expect(table.get(deed.key)?.value.n).toBe(model.get(deed.key))
            break
          case 'delete':
            expect(table.delete(deed.key)).toBe(model.delete(deed.key))
            break
          case 'change in place': {
            const row = table.get(deed.key)
            expect(row === undefined).toBe(!model.has(deed.key))
            if (row === undefined) break
            // In between the row may leave, and come back as another object.
            for (let other = 0; other < 5; other++) table.get(other)
            row.value.n = deed.value
            table.touch(row)
            model.set(deed.key, deed.value)
            break
          }
          case 'go through':
            expect(new Map([...table.rows()].map(({ key, value }) => [key, value.n]))).toEqual(model)
            expect([...table.entries()].map(([canonical]) => canonical).sort()).toEqual([...model.keys()].sort())
            break
          case 'delete while going through': {
            let at = 0
            const met: number[] = []
            for (const [canonical, row] of table.entries()) {
              met.push(row.key as number)
              if (at++ % deed.every === 0) {
                expect(table.delete(canonical)).toBe(true)
                model.delete(row.key as number)
              }
            }
            expect(new Set(met).size).toBe(met.length)
            break
          }
          case 'clear':
            table.clear()
            model.clear()
            break
          case 'make room':
            room.makeRoom(0)
            break
        }
        expect(table.size).toBe(model.size)
      }
      expect(new Map([...table.rows()].map(({ key, value }) => [key, value.n]))).toEqual(model)
    }),
    { numRuns: 300 },
  )
})

describe('going through rows that are on disk', () => {
  test('meets each once though rows are read, brought back and deleted meanwhile', () => {
    const { table, store } = spilling<number>(2_000)
    for (let key = 0; key < 3_000; key++) table.insert(key, key, key)
    expect(store.writes).toBeGreaterThan(2_000)
    const met: number[] = []
    const deleted = new Set<number>()
    for (const { key } of table.rows()) {
      const n = key as number
      met.push(n)
      // One that comes later or has come, at random: it comes back into memory.
      const other = (n * 7919) % 3_000
      const row = table.get(other)
      if (row !== undefined && n % 3 === 0) table.update(row, row.value + 3_000)
      const gone = (n * 104_729 + 1) % 3_000
      if (n % 5 === 0 && !met.includes(gone)) {
        table.delete(gone)
        deleted.add(gone)
      }
    }
    expect(new Set(met).size).toBe(met.length)
    expect(met.length + deleted.size).toBe(3_000)
    expect(met.filter(key => deleted.has(key))).toEqual([])
  })

  test('stops in the middle and goes on later', () => {
    const { table } = spilling<number>(2_000)
    for (let key = 0; key < 1_000; key++) table.insert(key, key, 1)
    const rows = table.rows()
    let sum = 0
    for (let i = 0; i < 700; i++) sum += (rows.next().value as KeyedRow<number>).value
    for (let key = 0; key < 1_000; key += 3) table.get(key)
    for (const row of rows) sum += row.value
    expect(sum).toBe(1_000)
  })
})

test('a row that a caller holds while it leaves is brought back by its change', () => {
  const { table, store } = spilling<{ n: number }>(400)
  const row = table.insert('held', 'held', { n: 1 })
  for (let key = 0; key < 20; key++) table.insert(key, key, { n: key })
  expect(store.writes).toBeGreaterThan(10)
  row.value.n = 2
  table.touch(row)
  for (let key = 0; key < 20; key++) table.get(key)
  expect(table.get('held')?.value).toEqual({ n: 2 })
  expect(table.size).toBe(21)
})

test('keys that are new are not looked for on disk', () => {
  const { table, store } = spilling<number>(4_000)
  for (let key = 0; key < 5_000; key++) {
    expect(table.get(key)).toBeUndefined()
    table.insert(key, key, key)
  }
  // But for the few that the filter takes for others.
  expect(store.reads).toBeLessThan(250)
})

test('what is not changed leaves without being written again', () => {
  const { table, store } = spilling<number>(2_000)
  for (let key = 0; key < 200; key++) table.insert(key, key, key)
  for (let key = 0; key < 200; key++) table.get(key)
  const { writes } = store
  for (let round = 0; round < 3; round++) for (let key = 0; key < 200; key++) expect(table.get(key)?.value).toBe(key)
  expect(store.writes).toBeLessThanOrEqual(writes + 20)
})

test('what was used last stays', () => {
  const { table, store } = spilling<number>(20_000)
  for (let key = 0; key < 1_000; key++) {
    table.insert(key, key, key)
    expect(table.get(0)?.value).toBe(0)
  }
  expect(store.reads).toBeLessThan(30)
})

test('dropping a namespace leaves nothing of it on disk', () => {
  const store = new MemorySpillStore()
  const room = new StateRoom(1_000, store)
  const share = room.share('test')
  const tables = new NamespacedStateTable<number>(share, statePrefix(room.nextTable()))
  for (let key = 0; key < 100; key++) for (const end of [10, 20, -0, 0.5]) tables.ensure(end).insert(key, key, end)
  expect([...tables.namespaces()]).toEqual([10, 20, 0, 0.5])
  for (const end of [10, 0, 0.5]) tables.drop(end)
  room.flush()
  expect(tables.at(20)?.size).toBe(100)
  expect([...(tables.at(20)?.rows() ?? [])].map(({ value }) => value)).toEqual(Array(100).fill(20))
  tables.drop(20)
  room.flush()
  expect(store.size).toBe(0)
  expect(room.usedBytes).toBe(0)
  expect(share.awayBytes).toBe(0)
})

test('a value that cannot be written is named with its operator and key', () => {
  const store = new MemorySpillStore()
  const room = new StateRoom(500, store)
  const table = new StateTable<unknown>(room.share("operator 'fold' [2]"), { prefix: statePrefix(0) })
  table.insert('bad key', 'bad key', () => 1)
  expect(() => {
    for (let key = 0; key < 100; key++) table.insert(key, key, key)
  }).toThrow(/the state of operator 'fold' \[2\] for the key "bad key" cannot be written to disk: .*function/)
})
