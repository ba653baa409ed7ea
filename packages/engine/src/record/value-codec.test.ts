import { deepStrictEqual } from 'node:assert'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyNested, fieldOrder } from './arbitrary-records.fixture.ts'
import { decodeValue, encodeValue } from './value-codec.ts'

const roundTrip = (value: unknown) => decodeValue(encodeValue(value))

describe('the value codec', () => {
  test('any value comes back as structuredClone would give it, fields in their order', () => {
    fc.assert(
      fc.property(anyNested, value => {
        const result = roundTrip(value)
        deepStrictEqual(result, structuredClone(value))
        expect(fieldOrder(result)).toEqual(fieldOrder(value))
      }),
      { numRuns: 1500 },
    )
  })

  test.each([
    ['-0', -0],
    ['an invalid date', new Date(Number.NaN)],
    ['a bigint of many digits', -(2n ** 200n) + 1n],
    ['a lone surrogate', { '\udc00': '\ud800' }],
    ['an undefined field beside a missing one', [{ a: undefined }, {}]],
    ['empty places', Object.assign(new Array(5), { 1: 1, 3: undefined })],
    [
      'deep nesting',
      Array.from({ length: 400 }).reduce<unknown>((inner, _, i) => (i % 2 ? [inner] : { inner }), 'core'),
    ],
    ['a data view', new DataView(Uint8Array.of(1, 2, 3).buffer, 1, 1)],
    ['an array buffer', Uint8Array.of(1, 2, 3).buffer],
    ['a part of a typed array', Float64Array.of(1, 2, 3).subarray(1)],
    ['a regular expression', /a\/"b/giu],
    ['an error', new RangeError('too far', { cause: { at: 7 } })],
    ['a map of maps', new Map([[new Map([[1, 2]]), new Set([new Date(5)])]])],
    ['more fields than a shape has', Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, i]))],
    ['many records of one shape', Array.from({ length: 1000 }, (_, i) => ({ id: i, name: `n${i}`, tags: [`t${i}`] }))],
    ['a text longer than its first buffer', 'Łódź'.repeat(10_000)],
  ])('%s comes back', (_, value) => {
    expect(roundTrip(value)).toStrictEqual(structuredClone(value))
  })

  test('an own field called __proto__ comes back as one and leaves the prototype alone', () => {
    const result = roundTrip(JSON.parse('{"a":{"__proto__":{"admin":true}}}')) as { a: Record<string, unknown> }
    expect(Object.keys(result.a)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(result.a)).toBe(Object.prototype)
    expect(result.a.admin).toBeUndefined()
  })

  test('an instance of a class comes back as a plain object of its own fields', () => {
    class Bid {
      readonly price = 3
      readonly #secret = 4
      get double() {
        return this.price + this.#secret
      }
    }
    expect(roundTrip([new Bid()])).toStrictEqual([{ price: 3 }])
    expect(roundTrip(Object.assign(Object.create(null), { a: 1 }))).toStrictEqual({ a: 1 })
  })

  test('an error of a class of its own keeps its name, message and stack', () => {
    class TooLate extends Error {
      override readonly name = 'TooLate'
    }
    const error = new TooLate('by a second')
    const result = roundTrip(error) as Error
    expect(result).toBeInstanceOf(Error)
    expect([result.name, result.message, result.stack]).toEqual(['TooLate', 'by a second', error.stack])
  })

  test('the result is not touched by what is encoded later, and bytes in shared memory can be read', () => {
    const first = encodeValue({ a: 'first' })
    encodeValue({ a: 'other' })
    const shared = new Uint8Array(new SharedArrayBuffer(first.length))
    shared.set(first)
    expect(decodeValue(shared)).toStrictEqual({ a: 'first' })
  })

  test('the bytes are stored in checkpoints, so these never change', () => {
    const value = [
      0,
      127,
      128,
      -1,
      0.5,
      'é',
      null,
      undefined,
      true,
      { a: 1 },
      { a: 2 },
      258n,
      new Set(['x']),
      new Date(1),
    ]
    expect(Buffer.from(encodeValue(value)).toString('hex')).toMatchInlineSnapshot(
      `"06e961788b0e007f858000000085ffffffff86000000000000e03f87018081838c0101018d000288020201900187018a000000000000f03f"`,
    )
    expect(Buffer.from(encodeValue('Ł')).toString('hex')).toBe('0341018701')
  })

  const cyclic: Record<string, unknown> = { name: 'loop' }
  cyclic.self = cyclic
  test.each([
    ['a function', () => 1, 'The value is a function'],
    ['a function in a field', { user: { onClick: () => 1 } }, 'The field "user.onClick" of the value is a function'],
    ['a symbol in an array', { tags: ['a', Symbol('b')] }, 'The field "tags.1" of the value is a symbol'],
    ['a promise', { answer: Promise.resolve(1) }, 'The field "answer" of the value is a Promise'],
    ['a function in a map', new Map([['k', () => 1]]), 'The field "<value 0>" of the value is a function'],
    ['a weak map', [new WeakMap()], 'The field "0" of the value is a WeakMap'],
    ['shared memory', { memory: new SharedArrayBuffer(8) }, 'The field "memory" of the value is a SharedArrayBuffer'],
    ['a wrapped string', { s: Object('x') }, 'The field "s" of the value is a String'],
    ['a cycle', cyclic, 'refers to itself'],
  ])('%s is refused by name', (_, value, message) => {
    expect(() => encodeValue(value)).toThrow(
      expect.objectContaining({ code: 'RECORD_TYPE', message: expect.stringContaining(message) }),
    )
    expect(roundTrip('still works')).toBe('still works')
  })

  test('any bytes, and any damage to good ones, give a value or PROTOCOL', () => {
    const damaged = fc
      .tuple(
        anyNested,
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 }),
        fc.nat({ max: 3 }),
      )
      .map(([value, changes, cut]) => {
        const bytes = encodeValue(value)
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte
        return bytes.subarray(0, bytes.length - cut)
      })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), damaged), bytes => {
        try {
          decodeValue(bytes)
        } catch (error) {
          expect(error).toMatchObject({ code: 'PROTOCOL' })
        }
      }),
      { numRuns: 3000 },
    )
  })

  test.each([
    ['an array', 'count is larger', [0x00, 0x8b, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a typed array', 'bytes end', [0x00, 0x95, 8, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a map', 'count is larger', [0x00, 0x8f, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a shape', 'count is larger', [0x00, 0x8c, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a bigint', 'count is larger', [0x00, 0x88, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a text', 'text is longer', [0xff, 0xff, 0xff, 0xff, 0x0f, 0x00]],
    ['nesting', 'levels deep', [0x00, ...new Array(5000).fill([0x8b, 1]).flat(), 0]],
  ])('%s that claims more than is there is refused before memory is taken for it', (_, why, bytes) => {
    expect(() => decodeValue(Uint8Array.from(bytes))).toThrow(
      expect.objectContaining({ code: 'PROTOCOL', message: expect.stringContaining(why) }),
    )
  })

  test('what follows a value is refused', () => {
    expect(() => decodeValue(Uint8Array.of(0, 1, 2))).toThrow(expect.objectContaining({ code: 'PROTOCOL' }))
  })
})
