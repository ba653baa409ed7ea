import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeKey } from './key-encoding.ts'
import { keyGroupOf, keyGroupOfBytes, keyGroupRange, subtaskOfKeyGroup } from './key-group.ts'

const parallelisms = fc
  .integer({ min: 1, max: 300 })
  .chain(max => fc.tuple(fc.constant(max), fc.integer({ min: 1, max })))

// Powers of two, as most jobs have, are not divided by.
const maxParallelisms = fc.oneof(
  fc.integer({ min: 1, max: 32_768 }),
  fc.nat({ max: 15 }).map(exponent => 2 ** exponent),
)

describe('key groups', () => {
  test('a key has the group of its canonical bytes', () => {
    const keys = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.bigInt(),
      fc.boolean(),
      fc.tuple(fc.string(), fc.integer()),
    )
    fc.assert(
      fc.property(keys, maxParallelisms, (key, maxParallelism) => {
        const group = keyGroupOf(key, maxParallelism)
        expect(group).toBe(keyGroupOfBytes(encodeKey(key), maxParallelism))
        expect(group).toBeGreaterThanOrEqual(0)
        expect(group).toBeLessThan(maxParallelism)
      }),
    )
  })

  test('groups are stored in checkpoints, so these never change', () => {
    const keys = ['', 'whale', 'Łódź', 0, -0, 1, -1, 0.5, 2 ** 40, 7n, -7n, true, false, ['a', 1], { a: 'x', b: 2 }]
    expect(keys.map(key => keyGroupOf(key, 128))).toMatchInlineSnapshot(`
      [
        43,
        105,
        56,
        72,
        72,
        3,
        5,
        2,
        41,
        29,
        79,
        2,
        57,
        109,
        74,
      ]
    `)
  })

  test('many keys use every group about evenly', () => {
    const counts = new Array<number>(128).fill(0)
    for (let i = 0; i < 128_000; i++) counts[keyGroupOf(`key-${i}`, 128)]!++
    expect(Math.min(...counts)).toBeGreaterThan(800)
    expect(Math.max(...counts)).toBeLessThan(1200)
  })

  test('ranges of the subtasks follow one another, cover every group, and agree with the assignment', () => {
    fc.assert(
      fc.property(parallelisms, ([max, parallelism]) => {
        let next = 0
        for (let subtask = 0; subtask < parallelism; subtask++) {
          const { first, last } = keyGroupRange(subtask, max, parallelism)
          expect(first).toBe(next)
          expect(last).toBeGreaterThanOrEqual(first)
          for (let group = first; group <= last; group++) {
            expect(subtaskOfKeyGroup(group, max, parallelism)).toBe(subtask)
          }
          next = last + 1
        }
        expect(next).toBe(max)
      }),
    )
  })

  test.each([
    [0, 128, 0],
    [0, 128, 129],
    [4, 128, 4],
    [-1, 128, 4],
    [0, 32_769, 1],
    [0, 0.5, 1],
  ])('subtask %i of max parallelism %d and parallelism %i does not exist', (subtask, max, parallelism) => {
    expect(() => keyGroupRange(subtask, max, parallelism)).toThrow(expect.objectContaining({ code: 'ASSERTION' }))
  })
})
