import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WeirError } from '../base/errors.ts'
import { anyNested, fieldOrder } from '../record/arbitrary-records.fixture.ts'
import { BatchDecoder, BatchEncoder } from '../record/batch-codec.ts'
import { DEFAULT_CHANNEL_SETTINGS } from './channel.ts'
import { LocalExchange } from './local-exchange.ts'
import { batchOf, TwoSlots } from './testing/two-slots.ts'

const settings = { ...DEFAULT_CHANNEL_SETTINGS, maxRecordBytes: 4096 }
const NONE = Number.NEGATIVE_INFINITY

function carried(...values: readonly unknown[]): unknown[] {
  const batch = batchOf(...values)
  new LocalExchange(settings, {}).carry(batch)
  return batch.values.slice(0, batch.count)
}

/** What another slot would get. */
function sent(...values: readonly unknown[]): unknown[] {
  const link = new TwoSlots(1, 256, { maxRecordBytes: settings.maxRecordBytes, channelBuffers: 128 })
  link.senders[0].send(batchOf(...values), undefined, 0)
  link.arrive()
  const got: unknown[] = []
  for (let taken = link.take(); taken !== undefined; taken = link.take())
    got.push(...(taken.element as [unknown, number][]).map(([value]) => value))
  return got
}

function refusal(action: () => unknown): Pick<WeirError, 'code' | 'message'> | 'taken' {
  try {
    action()
  } catch (error) {
    if (error instanceof WeirError) return { code: error.code, message: error.message }
    throw error
  }
  return 'taken'
}

class Point {
  readonly x = 1
  length(): number {
    return this.x
  }
}
function* oneToThree(): Iterable<number> {
  yield* [1, 2, 3]
}
class Reading extends Array<number> {}

const cyclic: Record<string, unknown> = { name: 'round' }
cyclic.self = { cyclic }
let deep: unknown = 'bottom'
for (let i = 0; i < 600; i++) deep = [deep]

describe('a record that stays in the thread', () => {
  it.each<[string, unknown]>([
    ['a function', { n: 1, call: () => 1 }],
    ['a function that is the record', () => 1],
    ['a function in a list in a field', { list: [1, { call: () => 1 }] }],
    ['a symbol', { kind: Symbol('kind') }],
    ['a method of its own', { point: Object.assign(new Point(), { own: () => 1 }) }],
    ['a promise', { answer: Promise.resolve(1) }],
    ['a WeakMap', { cache: new WeakMap() }],
    ['a function in a Map', new Map([['call', () => 1]])],
    ['a generator', oneToThree()],
    ['itself', cyclic],
    ['600 lists in each other', deep],
    ['more text than a record may have', { text: 'x'.repeat(5000) }],
    ['more numbers than a record may have', Array.from({ length: 3000 }, (_, i) => i * 1e9)],
    ['a bigint that is larger than a record may be', 1n << 40_000n],
    ['long names of many fields', Object.fromEntries(Array.from({ length: 64 }, (_, i) => ['n'.repeat(80) + i, i]))],
  ])('is refused for %s, as it is by another slot', (_what, record) => {
    const refused = refusal(() => carried({ fine: 1 }, record))
    expect(refused).toMatchObject({ code: expect.stringMatching(/^RECORD_/) })
    expect(refused).toEqual(refusal(() => sent({ fine: 1 }, record)))
  })

  it('is passed on as it is where it is plain data', () => {
    const records = [1, 'text', null, undefined, true, { a: 1, b: ['c', { d: null }] }, [], {}]
    for (const [i, value] of carried(...records).entries()) expect(value).toBe(records[i])
  })

  it('arrives as another slot would get it where it is not', () => {
    const records = [new Point(), { when: new Date(5), where: new Point() }, Reading.from([1, 2]), Object.create(null)]
    const got = carried(...records)
    expect(got).toStrictEqual(sent(...records))
    expect(got[0]).toStrictEqual({ x: 1 })
    expect(got[1]).toStrictEqual({ when: new Date(5), where: { x: 1 } })
  })

  it('may be as large as a record may be', () => {
    const text = 'x'.repeat(4000)
    expect(carried({ text })).toEqual(sent({ text }))
  })

  it('is the same as one that was sent, whatever it is', () => {
    const large = new LocalExchange(DEFAULT_CHANNEL_SETTINGS, {})
    const property = fc.property(fc.array(anyNested, { minLength: 1, maxLength: 5 }), values => {
      const encoded = new BatchEncoder().encode(values, new Array(values.length).fill(NONE), values.length)
      const decoded: unknown[] = []
      new BatchDecoder().decode(encoded, 0, encoded.length, decoded, [])
      const batch = batchOf(...values)
      large.carry(batch)
      expect(batch.values).toEqual(decoded)
      expect(batch.values.map(fieldOrder)).toEqual(decoded.map(fieldOrder))
    })
    fc.assert(property, { numRuns: 500 })
  })
})
