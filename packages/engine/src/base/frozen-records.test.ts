import { expect, test } from 'vitest'
import { freezeRecord, withFrozenHint } from './frozen-records.ts'

test('a record is frozen with the plain objects and arrays in it', () => {
  const record = { id: 1, tags: ['a'], place: { city: 'Kent', at: [1, 2] } }
  freezeRecord(record)
  for (const part of [record, record.tags, record.place, record.place.at]) expect(Object.isFrozen(part)).toBe(true)
})

test('what cannot be frozen is passed over, and its neighbours are frozen', () => {
  class Own {
    count = 0
  }
  const record = { own: new Own(), bytes: new Uint8Array(2), map: new Map(), date: new Date(0), list: [1] }
  freezeRecord(record)
  record.own.count++
  record.bytes[0] = 7
  record.map.set('a', 1)
  expect([record.own.count, record.bytes[0], record.map.size]).toEqual([1, 7, 1])
  expect(Object.isFrozen(record.list)).toBe(true)
})

test.each([undefined, null, 3, 'text', 5n, true])('%s is passed over', value => {
  expect(() => freezeRecord(value)).not.toThrow()
})

test('a record that refers to itself is frozen once', () => {
  const record: { self?: unknown } = {}
  record.self = record
  freezeRecord(record)
  expect(Object.isFrozen(record)).toBe(true)
})

const frozen = (): { count: number; list: number[] } => {
  const record = { count: 1, list: [2, 1] }
  freezeRecord(record)
  return record
}

test.each([
  ['a field', () => void Reflect.apply(setCount, undefined, [frozen()])],
  ['a new field', () => void Object.assign(frozen(), { more: 1 })],
  ['an array', () => void frozen().list.push(2)],
  ['an element', () => void frozen().list.sort()],
  ['a field that goes', () => void Reflect.apply(removeCount, undefined, [frozen()])],
])('writing to %s throws what the hint knows', (_, write) => {
  let thrown: unknown
  try {
    write()
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(TypeError)
  const { message } = thrown as TypeError
  expect(withFrozenHint(message, thrown)).toContain('must not be changed after an operator has emitted it')
})

function setCount(record: { count: number }): void {
  record.count = 2
}

function removeCount(record: { count?: number }): void {
  delete record.count
}

test('other errors are left as they are', () => {
  expect(withFrozenHint('x is not a function', new TypeError('x is not a function'))).toBe('x is not a function')
  const own = new Error('read only property')
  expect(withFrozenHint(own.message, own)).toBe('read only property')
})
