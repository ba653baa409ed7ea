import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CanonicalKey, canonicalKey, keyFromCanonical } from './canonical-key.ts'
import { decodeKey, encodeKey, KeyEncoder } from './key-encoding.ts'
import type { Key, PrimitiveKey } from './key-rules.ts'

const units = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 })
  .map(codes => String.fromCharCode(...codes))
// Strings that look like canonical forms and like pieces of them are where collisions would hide.
const tricky = fc
  .array(fc.constantFrom('\0', 's', 'o', 't', 'n', 'b', '0', '1', '2', ':', ';', '\ud83d', '\ude00', 'é'), {
    maxLength: 6,
  })
  .map(parts => parts.join(''))
const primitive: fc.Arbitrary<PrimitiveKey> = fc.oneof(
  units,
  tricky,
  fc.constantFrom(0, -0, 1, '1', 1n, true, 'true', 2 ** 31, -(2 ** 31), 2 ** 53, 5e-324, 255n, 256n, -255n),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt(),
  fc.boolean(),
)
const name = fc.oneof(tricky, fc.constantFrom('a', 'b', '__proto__', 'constructor', '10', '9'))
const anyKey: fc.Arbitrary<Key> = fc.oneof(
  primitive,
  fc.array(primitive, { maxLength: 3 }),
  fc.dictionary(name, primitive, { maxKeys: 3, noNullPrototype: true }),
)

/** Whether two keys are the same key, told from their content alone. */
function sameKey(a: Key, b: Key): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const entries = Object.entries(a)
  return (
    entries.length === Object.keys(b).length &&
    entries.every(
      ([field, value]) => Object.hasOwn(b, field) && Object.entries(b).find(([f]) => f === field)?.[1] === value,
    )
  )
}

const sameBytes = (a: Key, b: Key) => Buffer.compare(encodeKey(a), encodeKey(b)) === 0
const sameInMap = (a: CanonicalKey, b: CanonicalKey) => new Map([[a, 1]]).has(b)

describe('keys', () => {
  test('two keys have equal bytes, and equal canonical forms, exactly when they are the same key', () => {
    fc.assert(
      fc.property(anyKey, anyKey, (a, b) => {
        expect(sameBytes(a, b)).toBe(sameKey(a, b))
        expect(sameInMap(canonicalKey(a), canonicalKey(b))).toBe(sameKey(a, b))
      }),
      { numRuns: 3000 },
    )
  })

  test('keys of one character from a small alphabet, where equal pairs are many, collide only when equal', () => {
    const keys: Key[] = [
      '',
      '\0',
      '\0s',
      '\0\0',
      '\0o',
      '\0t',
      's',
      '1',
      1,
      1n,
      true,
      false,
      0,
      -0,
      'b1;',
      '\0tb1;',
      '\0s\0s',
    ]
    keys.push([], [''], ['\0'], [1], ['1'], [1n], [true], ['s1:a'], ['a', 'b'], ['as1:b'], {}, { a: 1 }, { a: '1' })
    keys.push({ '1': 1 }, { '': '' }, { a: 1, b: 2 }, { 'a:n1;1': 2 }, ['n1;'], [1, 1], [11])
    for (const a of keys) {
      for (const b of keys) {
        expect(sameBytes(a, b), `${String(a)} and ${String(b)}`).toBe(sameKey(a, b))
        expect(sameInMap(canonicalKey(a), canonicalKey(b)), `${String(a)} and ${String(b)}`).toBe(sameKey(a, b))
      }
    }
  })

  test('the order of fields makes no difference', () => {
    const shuffled = fc
      .dictionary(name, primitive, { minKeys: 2, noNullPrototype: true })
      .chain(key =>
        fc.tuple(fc.constant(key), fc.shuffledSubarray(Object.entries(key), { minLength: Object.keys(key).length })),
      )
    fc.assert(
      fc.property(shuffled, ([key, entries]) => {
        const other = Object.fromEntries(entries)
        expect(encodeKey(other)).toEqual(encodeKey(key))
        expect(canonicalKey(other)).toBe(canonicalKey(key))
      }),
    )
  })

  test('the key comes back from its bytes and from its canonical form', () => {
    fc.assert(
      fc.property(anyKey, key => {
        expect(sameKey(decodeKey(encodeKey(key)), key)).toBe(true)
        expect(sameKey(keyFromCanonical(canonicalKey(key)), key)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  test('a string that begins with no control character is its own canonical form', () => {
    expect(canonicalKey('user-17')).toBe('user-17')
    expect(Object.is(canonicalKey(-0), 0)).toBe(true)
  })

  test('bytes are stored in checkpoints, so these never change', () => {
    const hex = (key: Key) => Buffer.from(encodeKey(key)).toString('hex')
    expect(hex('aé€😀\ud800')).toBe('0161c3a9e282acf09f9880eda080')
    expect(hex(-2)).toBe('02fffffffe')
    expect(hex(0.5)).toBe('033fe0000000000000')
    expect(hex(256n)).toBe('04020100')
    expect(hex(-1n)).toBe('050101')
    expect([hex(false), hex(true)]).toEqual(['06', '07'])
    expect(hex({ b: 1, a: 'x' })).toBe('08020161010178016202' + '00000001')
    expect(hex(['x', true])).toBe('0902' + '010178' + '07')
  })

  test('a key longer than the buffer is encoded whole', () => {
    const key = { id: 'é'.repeat(5000), n: 1 }
    expect(decodeKey(encodeKey(key))).toEqual(key)
    expect(new KeyEncoder().encode('x'.repeat(1000))).toBe(1001)
  })

  test('an instance of a class of plain fields is the same key as a plain object', () => {
    class Place {
      readonly row = 1
      readonly column = 2
    }
    expect(encodeKey(new Place())).toEqual(encodeKey({ column: 2, row: 1 }))
    expect(canonicalKey(new Place())).toBe(canonicalKey({ column: 2, row: 1 }))
  })

  test.each([
    ['NaN', Number.NaN, 'The key is NaN'],
    ['Infinity', Number.POSITIVE_INFINITY, 'The key is Infinity'],
    ['-Infinity', Number.NEGATIVE_INFINITY, 'The key is -Infinity'],
    ['undefined', undefined, 'The key is undefined'],
    ['null', null, 'The key is null'],
    ['a function', () => 1, 'The key is a function'],
    ['a symbol', Symbol('s'), 'The key is a symbol'],
    ['a Date', new Date(0), 'The key is of type Date'],
    ['a Map', new Map(), 'The key is of type Map'],
    ['a typed array', new Uint8Array(2), 'The key is of type Uint8Array'],
    ['NaN in a field', { at: Number.NaN }, 'The field "at" of the key is NaN'],
    ['undefined in a field', { a: 1, user: undefined }, 'The field "user" of the key is undefined'],
    ['null in a field', { user: null }, 'The field "user" of the key is null'],
    ['an object in a field', { a: { b: 1 } }, 'The field "a" of the key is an object'],
    ['an array in a tuple', ['a', ['b']], 'The field "1" of the key is an array'],
    ['an empty place in a tuple', new Array(1), 'The field "0" of the key is undefined'],
    ['a function in a field', { f: () => 1 }, 'The field "f" of the key is a function'],
    ['a Date in a field', { day: new Date(0) }, 'The field "day" of the key is of type Date'],
  ])('%s is refused by name', (_, key, message) => {
    for (const encode of [encodeKey, canonicalKey]) {
      expect(() => encode(key)).toThrow(
        expect.objectContaining({ code: 'KEY_TYPE', message: expect.stringContaining(message) }),
      )
    }
  })

  test('damaged bytes give a key or PROTOCOL, never anything else', () => {
    const damaged = fc.oneof(
      fc.uint8Array({ maxLength: 30 }),
      fc.tuple(anyKey, fc.nat(), fc.nat({ max: 255 })).map(([key, at, byte]) => {
        const bytes = encodeKey(key)
        bytes[at % bytes.length] = byte
        return bytes
      }),
    )
    fc.assert(
      fc.property(damaged, bytes => {
        try {
          decodeKey(bytes)
        } catch (error) {
          expect(error).toMatchObject({ code: 'PROTOCOL' })
        }
      }),
      { numRuns: 2000 },
    )
  })
})
