import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CanonicalKey } from '../record/canonical-key.ts'
import type { KeyedTable } from '../state/keyed-state-backend.ts'
import { StateRoom } from '../state/state-room.ts'
import { type Firing, LookUpFiring, MergedFiring } from './firing.ts'
import { SlidingMerge } from './sliding-merge.ts'
import type { WindowFold } from './window-fold.ts'

const joining: WindowFold<string> = {
  isList: false,
  create: String,
  add: (held, value) => held + String(value),
  merge: (a, b) => a + b,
  emit: () => undefined,
}

function tableOf(rows: ReadonlyMap<CanonicalKey, string>): KeyedTable<string> {
  const get = (key: CanonicalKey) => (rows.has(key) ? { key, value: rows.get(key) } : undefined)
  const entries = () => [...rows.keys()].map(key => [key, get(key)] as const).values()
  return { get, entries, size: rows.size } as unknown as KeyedTable<string>
}

function results(firing: Firing<string>): [unknown, CanonicalKey, string][] {
  const found: [unknown, CanonicalKey, string][] = []
  while (firing.advance()) found.push([firing.key, firing.canonicalKey, firing.accumulator])
  return found
}

const slice = fc
  .uniqueArray(fc.constantFrom<CanonicalKey>('a', 'b', 'c', 1, 2), { maxLength: 5 })
  .chain(keys => fc.tuple(...keys.map(key => fc.string({ maxLength: 3 }).map(text => [key, text] as const))))
  .map(entries => new Map<CanonicalKey, string>(entries))

test('a window whose keys are looked up gives what one gives whose keys are kept merged, in the same order', () => {
  fc.assert(
    fc.property(fc.array(slice, { minLength: 1, maxLength: 6 }), slices => {
      const tables = slices.map(tableOf)
      const window = { start: 0, end: tables.length }
      const merge = new SlidingMerge(
        joining,
        (end, key) => slices[end - 1].get(key),
        new StateRoom(Number.POSITIVE_INFINITY),
      )
      const ends = tables.map((_, i) => i + 1)
      merge.moveTo(0, tables.length, ends, end => tables[end - 1])
      const looked = results(new LookUpFiring(window, tables, joining))
      expect(looked).toEqual(results(new MergedFiring(window, merge)))
      const all = new Map<CanonicalKey, string>()
      for (const rows of slices) for (const [key, text] of rows) all.set(key, (all.get(key) ?? '') + text)
      expect(new Map(looked.map(([, key, text]) => [key, text]))).toEqual(all)
    }),
  )
})
