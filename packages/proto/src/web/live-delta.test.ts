import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyChanges, changesBetween } from './live-delta.ts'

const json = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.integer(),
    fc.string({ maxLength: 3 }),
    fc.array(fc.integer(), { maxLength: 3 }),
    fc.dictionary(
      fc.string({ maxLength: 2 }).filter(key => key !== '__proto__'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value

test('the changes between two documents turn the one into the other', () => {
  fc.assert(
    fc.property(json, json, (before, after) => {
      expect(applyChanges(before, changesBetween(before, after))).toEqual(after)
    }),
  )
})

test('changes survive the way over JSON', () => {
  fc.assert(
    fc.property(json, json, (before, after) => {
      const sent = JSON.parse(JSON.stringify(changesBetween(before, after)))
      expect(applyChanges(before, sent)).toEqual(after)
    }),
  )
})

test('a document that did not change has no changes', () => {
  fc.assert(fc.property(json, value => changesBetween(value, structuredClone(value)).length === 0))
})

test('what did not change stays the same object', () => {
  const before = { a: { x: 1 }, b: { y: 2 } }
  const after = applyChanges(before, [{ path: ['a', 'x'], value: 3 }]) as typeof before
  expect(after.b).toBe(before.b)
  expect(after).toEqual({ a: { x: 3 }, b: { y: 2 } })
})
