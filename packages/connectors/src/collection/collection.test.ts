import { expect, test } from 'vitest'
import { sourceConformance } from '../testing/source-conformance.ts'
import { ReaderHarness, readAll } from '../testing/source-harness.ts'
import { collectionSource } from './collection-source.ts'

const values = Array.from({ length: 30 }, (_, i) => ({ i }))

sourceConformance('collection', () => ({
  source: collectionSource,
  config: {},
  functions: { values: () => values },
  expected: values,
}))

const collection = (iterable: () => Iterable<unknown>) => ({
  source: collectionSource,
  config: {},
  functions: { values: iterable },
})

test('any iterable serves, also one that gives undefined', async () => {
  expect(await readAll(collection(() => new Set(['a', undefined, 'b'])))).toEqual(['a', undefined, 'b'])
  expect(await readAll(collection(() => []))).toEqual([])
})

test('an endless iterable is pulled only as far as the output takes it', async () => {
  let pulled = 0
  const harness = new ReaderHarness(
    collection(function* () {
      for (;;) yield pulled++
    }),
  )
  harness.add([{ id: 'collection', state: { index: 0 } }])
  harness.room = 10
  await harness.run()
  expect([harness.records.length, pulled]).toEqual([10, 10])
})

test('closing ends the iterable', async () => {
  let ended = false
  const harness = new ReaderHarness(
    collection(function* () {
      try {
        for (;;) yield 1
      } finally {
        ended = true
      }
    }),
  )
  harness.add([{ id: 'collection', state: { index: 0 } }])
  harness.room = 1
  await harness.run()
  harness.reader.close()
  expect(ended).toBe(true)
})

test('values that are none say what was given', () => {
  const harness = new ReaderHarness(collection(() => 7 as never))
  expect(() => harness.add([{ id: 'collection', state: { index: 0 } }])).toThrow(/gave number, not an array/)
  expect(() => new ReaderHarness({ source: collectionSource, config: {} })).toThrow(/needs a function "values"/)
})
