import { expect, test } from 'vitest'
import { KeyEncoder } from '../record/key-encoding.ts'
import { murmur3 } from '../record/murmur3.ts'
import { KeyFilter } from './key-filter.ts'

const encoder = new KeyEncoder()

function hashOf(key: unknown): number {
  const length = encoder.encode(key)
  return murmur3(encoder.bytes, length)
}

test('a key filter never denies a key that was added, and lets few others pass', () => {
  const filter = new KeyFilter()
  const count = 100_000
  let grown = 0
  for (let n = 0; n < count; n++) grown += filter.add(hashOf(n))
  expect(filter.sizeBytes).toBe(grown)
  let passed = 0
  for (let n = 0; n < count; n++) {
    expect(filter.has(hashOf(n))).toBe(true)
    if (filter.has(hashOf(`other-${n}`))) passed++
  }
  expect(passed / count).toBeLessThan(0.03)
})

test('a key filter takes up at most four bytes for a key, and nothing for one that it knows', () => {
  const filter = new KeyFilter()
  for (let n = 0; n < 50_000; n++) filter.add(hashOf(n))
  expect(filter.sizeBytes / 50_000).toBeLessThan(4)
  for (let n = 0; n < 50_000; n++) expect(filter.add(hashOf(n))).toBe(0)
})

test('an empty key filter has no key', () => {
  expect(new KeyFilter().has(hashOf('any'))).toBe(false)
})
