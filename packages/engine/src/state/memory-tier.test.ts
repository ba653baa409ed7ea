import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalKey } from '../record/canonical-key.ts'
import { keyGroupOf, subtaskOfKeyGroup } from '../record/key-group.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { MemoryTier } from './memory-tier.ts'

const MAX_PARALLELISM = 16

function tier(subtask = 0, parallelism = 1): MemoryTier {
  return new MemoryTier({
    maxParallelism: MAX_PARALLELISM,
    ownsKeyGroup: group => subtaskOfKeyGroup(group, MAX_PARALLELISM, parallelism) === subtask,
    clock: new ManualClock(),
  })
}

const anyKey = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.tuple(fc.string(), fc.integer()))

test('a restore at any parallelism gives every entry to the one subtask that owns its key group', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyKey, fc.integer({ min: -3, max: 3 }), fc.integer())),
      fc.integer({ min: 1, max: MAX_PARALLELISM }),
      (writes, parallelism) => {
        const before = tier()
        const windows = before.namespacedTable<number>('window')
        const plain = before.table<number>('plain')
        const expected = new Map<string, number>()
        for (const [key, namespace, value] of writes) {
          const canonical = canonicalKey(key)
          expected.set(JSON.stringify([key, namespace]), value)
          const rows = windows.ensure(namespace)
          const row = rows.get(canonical)
          if (row === undefined) rows.insert(canonical, key, value)
          else rows.update(row, value)
          if (plain.get(canonical) === undefined) plain.insert(canonical, key, namespace)
        }
        const entries = before.snapshot()
        const found = new Map<string, number>()
        let plainRows = 0
        for (let subtask = 0; subtask < parallelism; subtask++) {
          const after = tier(subtask, parallelism)
          after.restore(entries)
          const restored = after.namespacedTable<number>('window')
          for (const namespace of restored.namespaces()) {
            for (const { key, value } of restored.at(namespace)?.rows() ?? []) {
              const owner = subtaskOfKeyGroup(keyGroupOf(key, MAX_PARALLELISM), MAX_PARALLELISM, parallelism)
              expect(owner).toBe(subtask)
              found.set(JSON.stringify([key, namespace]), value)
            }
          }
          plainRows += after.table('plain').size
        }
        expect(found).toEqual(expected)
        expect(plainRows).toBe(plain.size)
      },
    ),
  )
})

test('state that nobody asks for after a restore is in the next snapshot all the same', () => {
  const before = tier()
  before.table<number>('old').insert('k', 'k', 1)
  const after = tier()
  after.restore(before.snapshot())
  expect(after.snapshot()).toEqual(before.snapshot())
  expect(after.sizeBytes()).toBeGreaterThan(0)
})

test('a state cannot be restored once it is in use', () => {
  const before = tier()
  before.table<number>('t').insert('k', 'k', 1)
  const after = tier()
  after.table('t')
  expect(() => after.restore(before.snapshot())).toThrow("state 't' was restored after its first use")
})

test('rows may be deleted while they are gone through', () => {
  const table = tier().table<number>('t')
  for (const key of ['a', 'b', 'c']) table.insert(key, key, 1)
  const seen: unknown[] = []
  for (const [canonical, { key }] of table.entries()) {
    seen.push(key)
    table.delete(canonical)
  }
  expect(seen).toEqual(['a', 'b', 'c'])
  expect(table.size).toBe(0)
})

test('the estimate of the size grows with entries and with what they hold', () => {
  const backend = tier()
  expect(backend.sizeBytes()).toBe(0)
  const table = backend.table<unknown>('t')
  table.insert(1, 1, 1)
  const small = backend.sizeBytes()
  table.insert(2, 2, 'x'.repeat(10_000))
  expect(backend.sizeBytes()).toBeGreaterThan(small + 10_000)
})

test('values that begin to grow after they have long been of one size are noticed', () => {
  const backend = tier()
  const table = backend.table<{ items: number[] }>('t')
  const rows = Array.from({ length: 20 }, (_, key) => table.insert(key, key, { items: [] }))
  for (let round = 0; round < 1_000; round++) for (const row of rows) table.touch(row)
  const small = backend.sizeBytes()
  for (let round = 0; round < 1_000; round++) {
    for (const row of rows) {
      row.value.items.push(round)
      table.touch(row)
    }
  }
  expect(backend.sizeBytes()).toBeGreaterThan(small + 20 * 1_000 * 8)
})
