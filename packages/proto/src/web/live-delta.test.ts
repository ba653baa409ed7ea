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
    fc.dictionary(fc.oneof(fc.string({ maxLength: 2 }), fc.constant('__proto__')), tie('value'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
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

test('a change of one of many values is not larger than that value', () => {
  const subtasks = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [index, { busy: 0.5, recordsIn: 10 }]))
  const before = { vertices: { a: { subtasks }, b: { subtasks } } }
  const after = JSON.parse(JSON.stringify(before)) as typeof before
  after.vertices.b.subtasks[3]!.busy = 0.75
  expect(changesBetween(before, after)).toEqual([
    { path: [], merge: { vertices: { b: { subtasks: { 3: { busy: 0.75 } } } } } },
  ])
})

test('what is gone is named by its path, and what takes the place of an object replaces it', () => {
  const before = { jobs: { a: { x: 1 }, b: { x: 2 } }, list: [1], error: null }
  const after = { jobs: { b: { x: 2 } }, list: { 0: 1 }, error: { text: 'boom' } }
  expect(changesBetween(before, after)).toEqual([
    { path: ['jobs', 'a'] },
    { path: [], merge: { list: { 0: 1 }, error: { text: 'boom' } } },
  ])
  expect(applyChanges(before, changesBetween(before, after))).toEqual(after)
})

test('an undefined field is an absent one', () => {
  expect(changesBetween({ a: 1, b: undefined }, { a: undefined, c: undefined })).toEqual([{ path: ['a'] }])
})
