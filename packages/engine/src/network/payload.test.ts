import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WeirError } from '../base/errors.ts'
import { BatchDecoder, BatchEncoder } from '../record/batch-codec.ts'
import { PayloadReader, PayloadWriter } from './payload.ts'
import { RecordBatch, type StreamEvent } from './record-batch.ts'

type Section = { values: unknown[]; timestamps: number[] } | StreamEvent

const event = fc.oneof(
  fc.record({ type: fc.constant('watermark' as const), watermark: fc.double({ noNaN: true }) }),
  fc.constantFrom<StreamEvent>({ type: 'idle' }, { type: 'active' }, { type: 'end' }),
)
const records = fc
  .array(
    fc.tuple(fc.record({ id: fc.integer(), text: fc.string() }), fc.constantFrom(Number.NEGATIVE_INFINITY, 0, 1e12)),
    { minLength: 1, maxLength: 8 },
  )
  .map(rows => ({ values: rows.map(([value]) => value), timestamps: rows.map(([, timestamp]) => timestamp) }))
const sections = fc.array(fc.oneof<fc.Arbitrary<Section>[]>(event, records), { maxLength: 6 })

function written(list: readonly Section[]): Uint8Array {
  const writer = new PayloadWriter()
  const encoder = new BatchEncoder()
  for (const section of list) {
    if ('values' in section) {
      writer.records(encoder.encode(section.values, section.timestamps, section.values.length))
    } else writer.event(section)
  }
  return writer.bytes.slice(0, writer.length)
}

function readAll(bytes: Uint8Array, offset: number, length: number): Section[] {
  const reader = new PayloadReader()
  const decoder = new BatchDecoder()
  const batch = new RecordBatch()
  const list: Section[] = []
  reader.open(bytes, offset, length)
  while (!reader.isAtEnd) {
    const element = reader.next(decoder, batch)
    if (element instanceof RecordBatch) {
      list.push({
        values: structuredClone(element.values.slice(0, element.count)),
        timestamps: element.timestamps.slice(0, element.count),
      })
    } else list.push(element)
  }
  return list
}

describe('a payload', () => {
  it('is read as it was written, wherever in a buffer it stands', () => {
    fc.assert(
      fc.property(sections, fc.nat({ max: 40 }), (list, offset) => {
        const bytes = written(list)
        const buffer = new Uint8Array(offset + bytes.length + 9).fill(0xa5)
        buffer.set(bytes, offset)
        expect(readAll(buffer, offset, bytes.length)).toEqual(list)
      }),
    )
  })

  it('grows beyond the first buffer of its writer', () => {
    const text = 'x'.repeat(300_000)
    const list: Section[] = [
      { values: [{ text }], timestamps: [5] },
      { type: 'watermark', watermark: 4 },
    ]
    expect(readAll(written(list), 0, written(list).length)).toEqual(list)
  })

  it('is forgotten at the next reset', () => {
    const writer = new PayloadWriter()
    writer.event({ type: 'idle' })
    writer.reset()
    expect(writer.length).toBe(0)
    writer.event({ type: 'end' })
    expect(readAll(writer.bytes, 0, writer.length)).toEqual([{ type: 'end' }])
  })
})

/** What reading the bytes comes to: nothing, or the code of the error. Anything but a WeirError fails the test. */
function outcome(bytes: Uint8Array): string | undefined {
  try {
    readAll(bytes, 0, bytes.length)
    return undefined
  } catch (error) {
    if (error instanceof WeirError) return error.code
    throw error
  }
}

describe('malformed bytes are refused as PROTOCOL and nothing else', () => {
  it('whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        expect([undefined, 'PROTOCOL']).toContain(outcome(bytes))
      }),
      { numRuns: 2_000 },
    )
  })

  it('when a section claims to be records', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), body => {
        const bytes = new Uint8Array(5 + body.length)
        bytes[0] = 1
        new DataView(bytes.buffer).setUint32(1, body.length, true)
        bytes.set(body, 5)
        expect([undefined, 'PROTOCOL']).toContain(outcome(bytes))
      }),
      { numRuns: 2_000 },
    )
  })

  it('when bits of a good payload flip, or its end is cut off', () => {
    fc.assert(
      fc.property(
        sections,
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 }),
        fc.nat(),
        (list, flips, cut) => {
          const whole = written(list)
          const bytes = whole.slice(0, whole.length - (cut % 3 === 0 ? cut % (whole.length + 1) : 0))
          for (const [at, value] of flips) if (bytes.length > 0) bytes[at % bytes.length] ^= value
          expect([undefined, 'PROTOCOL']).toContain(outcome(bytes))
        },
      ),
      { numRuns: 3_000 },
    )
  })

  it.each([
    ['a header that is cut off', [2, 8, 0, 0], 'cut off'],
    ['a body that is cut off', [2, 8, 0, 0, 0, 1], 'cut off'],
    ['a watermark of another length', [2, 4, 0, 0, 0, 1, 2, 3, 4], '8 bytes'],
    ['a kind that is none', [9, 0, 0, 0, 0], 'kind 9'],
  ])('%s', (_what, bytes, text) => {
    expect(() => readAll(Uint8Array.from(bytes), 0, bytes.length)).toThrow(text)
  })
})
