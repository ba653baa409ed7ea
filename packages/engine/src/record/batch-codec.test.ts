import { deepStrictEqual } from 'node:assert'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyFlat, anyNested, anyNumber, anyText, fieldName, fieldOrder, recordOf } from './arbitrary-records.fixture.ts'
import { BatchDecoder, BatchEncoder } from './batch-codec.ts'
import { BODY } from './batch-layout.ts'

interface Batch {
  readonly values: readonly unknown[]
  readonly timestamps: readonly number[]
}

/** Encodes, copies into shared memory at an odd offset, decodes. */
function roundTrip(
  encoder: BatchEncoder,
  decoder: BatchDecoder,
  { values, timestamps }: Batch,
): Batch & { body: number } {
  const bytes = encoder.encode(values, timestamps, values.length)
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 9))
  shared.fill(0xee)
  shared.set(bytes, 5)
  const decoded: unknown[] = []
  const decodedTimestamps: number[] = []
  const count = decoder.decode(shared, 5, bytes.length, decoded, decodedTimestamps)
  expect(count).toBe(values.length)
  shared.fill(0)
  return { values: decoded, timestamps: decodedTimestamps, body: bytes[2]! }
}

const untimed = (values: readonly unknown[]): Batch => ({
  values,
  timestamps: values.map(() => Number.NEGATIVE_INFINITY),
})

const timestamp = fc.oneof(
  fc.integer(),
  fc.integer({ min: 1_700_000_000_000, max: 1_700_000_100_000 }),
  fc.double().map(number => number + 0),
  fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53), 2 ** 31, 0.1),
)

function batchOf(records: fc.Arbitrary<readonly unknown[]>): fc.Arbitrary<Batch> {
  return records.chain(values => {
    const each = fc.array(timestamp, { minLength: values.length, maxLength: values.length })
    const same = timestamp.map(time => values.map(() => time))
    return fc.oneof(each, same).map(timestamps => ({ values, timestamps }))
  })
}

/** Batches whose records share their field names; each field keeps to one kind of content, or does not. */
const oneShape = fc
  .uniqueArray(
    fc.tuple(fieldName, fc.constantFrom(anyText, anyNumber, fc.integer(), fc.boolean(), anyFlat, anyNested)),
    {
      minLength: 1,
      maxLength: 6,
      selector: ([name]) => name,
    },
  )
  .chain(fields => {
    const names = fields.map(([name]) => name)
    const contents = fc.array(fc.tuple(...fields.map(([, content]) => content)), { maxLength: 20 })
    return fc.oneof(
      contents,
      contents.map(rows => rows.map(row => recordOf(names, row))),
    )
  })
const batches = batchOf(
  fc.oneof(
    oneShape,
    fc
      .constantFrom(anyText, fc.integer(), anyNumber, fc.boolean(), anyFlat)
      .chain(kind => fc.array(kind, { maxLength: 30 })),
    fc.array(anyNested, { maxLength: 10 }),
  ),
)

describe('the batch codec', () => {
  test('any sequence of batches comes back as structuredClone would give it', () => {
    fc.assert(
      fc.property(fc.array(batches, { minLength: 1, maxLength: 4 }), sequence => {
        const encoder = new BatchEncoder()
        const decoder = new BatchDecoder()
        for (const batch of sequence) {
          const result = roundTrip(encoder, decoder, batch)
          deepStrictEqual(result.values, structuredClone(batch.values))
          expect(result.values.map(fieldOrder)).toEqual(batch.values.map(fieldOrder))
          expect(result.timestamps).toStrictEqual(batch.timestamps)
        }
      }),
      { numRuns: 600 },
    )
  })

  test('generated code writes the bytes and builds the records of the interpreter', () => {
    fc.assert(
      fc.property(fc.array(batches, { minLength: 1, maxLength: 3 }), sequence => {
        const [generated, interpreted] = [true, false].map(generate => new BatchEncoder({ generate }))
        const decoder = new BatchDecoder({ generate: false })
        for (const batch of sequence) {
          const bytes = generated!.encode(batch.values, batch.timestamps, batch.values.length)
          const expected = interpreted!.encode(batch.values, batch.timestamps, batch.values.length)
          expect(Buffer.compare(bytes, expected)).toBe(0)
          deepStrictEqual(roundTrip(generated!, decoder, batch).values, structuredClone(batch.values))
        }
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    [
      'flat records',
      [
        { id: 1, name: 'a', ok: true },
        { id: -2, name: 'Ł', ok: false },
      ],
      BODY.columns,
    ],
    ['records with a nested field', [{ id: 1, at: { x: 1 } }], BODY.columns],
    [
      'tuples',
      [
        ['a', 1],
        ['b', 2.5],
      ],
      BODY.columns,
    ],
    ['texts', ['a', 'bc', ''], BODY.columns],
    ['numbers', [1, 2, -0], BODY.columns],
    ['records of two shapes', [{ a: 1 }, { a: 1, b: 2 }], BODY.values],
    [
      'the same fields in two orders',
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      BODY.values,
    ],
    ['a record and a tuple', [{ a: 1 }, [1]], BODY.values],
    ['records without fields', [{}, {}], BODY.values],
    ['a field called __proto__', [JSON.parse('{"__proto__":1,"a":2}')], BODY.values],
    [
      'names like indices',
      [
        { b: 1, 1: 2, 0: 3 },
        { b: 4, 1: 5, 0: 6 },
      ],
      BODY.values,
    ],
    ['typed arrays', [Uint8Array.of(1, 2), Uint8Array.of(3, 4)], BODY.values],
    ['an empty batch', [], BODY.values],
  ])('%s travel as they should', (_, values, body) => {
    const result = roundTrip(new BatchEncoder(), new BatchDecoder(), untimed(values))
    expect(result.values).toStrictEqual(values)
    expect(result.body).toBe(body)
  })

  test('a field that changes its kind from batch to batch widens its column and stays exact', () => {
    const encoder = new BatchEncoder()
    const decoder = new BatchDecoder()
    for (const content of [1, 2 ** 40, -0, 3, 'text', 4, null, undefined, { deep: 1 }, 5]) {
      const values = [{ id: 7, content }]
      const result = roundTrip(encoder, decoder, untimed(values))
      expect(result.values).toStrictEqual(values)
      expect(result.body).toBe(BODY.columns)
    }
  })

  test('whatever content a field has after another, and beside it, comes back', () => {
    const contents = [
      1,
      -1,
      -0,
      0.5,
      2 ** 31,
      Number.NaN,
      'text',
      'Łódź',
      true,
      false,
      null,
      undefined,
      7n,
      { deep: 1 },
      [1],
    ]
    for (const first of contents) {
      for (const second of contents) {
        const forms = [
          (content: unknown) => ({ id: 1, content }),
          (content: unknown) => [1, content],
          (content: unknown) => content,
        ]
        for (const form of forms) {
          const encoder = new BatchEncoder()
          const decoder = new BatchDecoder()
          for (const contents of [[first], [second], [first, second]]) {
            const values = contents.map(form)
            expect(roundTrip(encoder, decoder, untimed(values)).values).toStrictEqual(values)
          }
        }
      }
    }
  })

  test('an empty place of a tuple stays one, beside undefined too', () => {
    const values = [['a', undefined], Object.assign(new Array(2), { 0: 'b' }), ['c', undefined]]
    for (const batch of [values, values.slice(1), values.toReversed(), values]) {
      expect(roundTrip(new BatchEncoder(), new BatchDecoder(), untimed(batch)).values).toStrictEqual(batch)
    }
    const encoder = new BatchEncoder()
    roundTrip(encoder, new BatchDecoder(), untimed([['a', undefined]]))
    expect(roundTrip(encoder, new BatchDecoder(), untimed(values)).values).toStrictEqual(values)
  })

  test('a map or an error whose own fields are those of the records before it is no such record', () => {
    for (const special of [Object.assign(new Map([[1, 2]]), { code: 7 }), Object.assign(new Error('e'), { code: 7 })]) {
      const encoder = new BatchEncoder()
      roundTrip(encoder, new BatchDecoder(), untimed([{ code: 7 }]))
      const [alone] = roundTrip(encoder, new BatchDecoder(), untimed([special])).values
      const [, second] = roundTrip(encoder, new BatchDecoder(), untimed([{ code: 7 }, special])).values
      for (const result of [alone, second]) expect(result).toBeInstanceOf(special instanceof Map ? Map : Error)
    }
  })

  test('instances of a class travel as columns and come back as plain objects', () => {
    class Bid {
      readonly price: number
      constructor(price: number) {
        this.price = price
      }
    }
    const encoder = new BatchEncoder()
    for (const values of [[new Bid(1), new Bid(2)], [{ price: 3 }], [new Bid(4), { price: 5 }]]) {
      const result = roundTrip(encoder, new BatchDecoder(), untimed(values))
      expect(result.values).toStrictEqual(values.map(({ price }) => ({ price })))
    }
    expect(roundTrip(encoder, new BatchDecoder(), untimed([new Bid(1)])).body).toBe(BODY.columns)
    expect(roundTrip(encoder, new BatchDecoder(), untimed([{ price: 2 ** 40 }])).body).toBe(BODY.columns)
  })

  test('a map with fields of its own comes back as the map', () => {
    const map = Object.assign(new Map([[1, 2]]), { extra: 3 })
    expect(roundTrip(new BatchEncoder(), new BatchDecoder(), untimed([map])).values).toStrictEqual([new Map([[1, 2]])])
  })

  test('an enumerable field of a prototype is no field of the record', () => {
    const record = Object.assign(Object.create({ inherited: 1 }), { own: 2 })
    expect(roundTrip(new BatchEncoder(), new BatchDecoder(), untimed([record])).values).toStrictEqual([{ own: 2 }])
  })

  test('more shapes than are remembered all come back', () => {
    const encoder = new BatchEncoder()
    const decoder = new BatchDecoder()
    for (let i = 0; i < 600; i++) {
      const values = [{ [`field${i}`]: i, text: `${i}` }]
      expect(roundTrip(encoder, decoder, untimed(values)).values).toStrictEqual(values)
    }
  })

  test('a batch larger than any buffer before comes back, and so does a small one after it', () => {
    const encoder = new BatchEncoder()
    const decoder = new BatchDecoder()
    const large = Array.from({ length: 3 }, (_, i) => ({ id: i, text: `${i}`.repeat(3_000_000) }))
    expect(roundTrip(encoder, decoder, untimed(large)).values).toStrictEqual(large)
    expect(roundTrip(encoder, decoder, untimed([{ id: 1, text: 'x' }])).values).toStrictEqual([{ id: 1, text: 'x' }])
  })

  test('only the first `count` values are encoded, and what the arrays hold beyond is left alone', () => {
    const bytes = new BatchEncoder().encode(['a', 'b', 'c'], [1, 2, 3], 2)
    const values: unknown[] = ['x', 'x', 'x']
    const timestamps = [9, 9, 9]
    expect(new BatchDecoder().decode(bytes, 0, bytes.length, values, timestamps)).toBe(2)
    expect(values).toEqual(['a', 'b', 'x'])
    expect(timestamps).toEqual([1, 2, 9])
  })

  test.each([
    [
      'a function in a column',
      [
        { id: 1, f: 1 },
        { id: 2, f: () => 1 },
      ],
      'The field "f" of the record is a function',
    ],
    ['a deep symbol', [{ id: 1 }, { id: 2, a: { b: [Symbol('x')] } }], 'The field "a.b.0" of the record is a symbol'],
    ['a promise as a record', [Promise.resolve(1)], 'The record is a Promise'],
  ])('%s is refused by name, and the encoder goes on', (_, values, message) => {
    const encoder = new BatchEncoder()
    expect(() => encoder.encode(values, [0, 0], values.length)).toThrow(
      expect.objectContaining({ code: 'RECORD_TYPE', message: expect.stringContaining(message) }),
    )
    expect(roundTrip(encoder, new BatchDecoder(), untimed([{ id: 1 }])).values).toStrictEqual([{ id: 1 }])
  })

  test('what a getter of a record throws comes out as it is', () => {
    const error = new TypeError('of the user')
    const record = {
      get broken(): number {
        throw error
      },
    }
    expect(() => new BatchEncoder().encode([record], [0], 1)).toThrow(error)
  })
})

describe('malformed batches', () => {
  const decoder = new BatchDecoder()

  test('any damage gives records or PROTOCOL, and no more records than bytes', () => {
    const damaged = fc
      .tuple(
        batches,
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 }),
        fc.nat({ max: 2 }),
      )
      .map(([batch, changes, cut]) => {
        const bytes = new BatchEncoder().encode(batch.values, batch.timestamps, batch.values.length).slice()
        // Half of the changes aim at the header and the first columns, where lengths stand.
        changes.forEach(([at, byte], i) => {
          bytes[at % (i % 2 === 0 ? Math.min(bytes.length, 40) : bytes.length)] = byte
        })
        return bytes.subarray(0, bytes.length - cut)
      })
    fc.assert(
      fc.property(
        fc.oneof({ weight: 1, arbitrary: fc.uint8Array({ maxLength: 80 }) }, { weight: 9, arbitrary: damaged }),
        bytes => {
          const values: unknown[] = []
          try {
            decoder.decode(bytes, 0, bytes.length, values, [])
          } catch (error) {
            expect(error).toMatchObject({ code: 'PROTOCOL' })
          }
          expect(values.length).toBeLessThanOrEqual(bytes.length)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test.each([
    ['shorter than a header', (bytes: Uint8Array) => bytes.subarray(0, 31)],
    ['cut short', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1)],
    ['followed by more', (bytes: Uint8Array) => Uint8Array.of(...bytes, 0)],
    [
      'with a byte between its parts',
      (bytes: Uint8Array) => Uint8Array.of(...bytes.subarray(0, 44), 0, 0, ...bytes.subarray(44)),
    ],
    ['without its mark', (bytes: Uint8Array) => bytes.with(0, 0)],
    ['of an unknown body', (bytes: Uint8Array) => bytes.with(2, 2)],
    ['of unknown timestamps', (bytes: Uint8Array) => bytes.with(3, 3)],
    ['with 4 billion records', (bytes: Uint8Array) => bytes.with(4, 0xff).with(5, 0xff).with(6, 0xff).with(7, 0xff)],
    ['with 4 GB of shape', (bytes: Uint8Array) => bytes.with(11, 0xff)],
    ['with 2 GB of text', (bytes: Uint8Array) => bytes.with(15, 0x7f)],
    ['with a string longer than the text', (bytes: Uint8Array) => bytes.with(36, 0x7f)],
  ])('a batch %s is refused', (_, damage) => {
    const bytes = damage(new BatchEncoder().encode([{ id: 1, name: 'abcd' }], [5], 1).slice())
    expect(() => decoder.decode(bytes, 0, bytes.length, [], [])).toThrow(expect.objectContaining({ code: 'PROTOCOL' }))
  })

  test.each([
    ['["object","i","__proto__"]'],
    ['["object","ii","a","a"]'],
    ['["object","i","7"]'],
    ['["object","ii","a"]'],
    ['["object","x","a"]'],
    ['["tuple","i","1"]'],
    ['["plain","ii","",""]'],
    ['["object","i",7]'],
    ['["object","i","a"'],
    ['{}'],
  ])('the shape %s is refused', descriptor => {
    const good = new BatchEncoder().encode([1], [5], 1)
    const bytes = new Uint8Array(36 + descriptor.length)
    bytes.set(good.subarray(0, 36))
    bytes[8] = descriptor.length
    bytes.set(new TextEncoder().encode(descriptor), 36)
    expect(() => decoder.decode(bytes, 0, bytes.length, [], [])).toThrow(expect.objectContaining({ code: 'PROTOCOL' }))
  })

  test('a range beyond the bytes is refused', () => {
    expect(() => decoder.decode(new Uint8Array(100), 80, 40, [], [])).toThrow(
      expect.objectContaining({ code: 'PROTOCOL' }),
    )
  })
})
