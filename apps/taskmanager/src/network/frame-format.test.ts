import { WeirError } from '@weir/engine/base/errors'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CONTROL_BYTES_MAX,
  CREDIT,
  DATA,
  DETACH,
  emptyHeader,
  HEADER_BYTES,
  HELLO,
  readHeader,
  writeHeader,
} from './frame-format.ts'

const u32 = fc.integer({ min: 0, max: 0xffff_ffff })

describe('a frame header', () => {
  it('is read as it was written', () => {
    const data = fc.record({
      length: fc.integer({ min: 0, max: 32_768 }),
      kind: fc.constant(DATA),
      flags: fc.integer({ min: 0, max: 255 }),
      attemptKey: u32,
      channel: u32,
      records: u32,
      sequence: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      backlog: u32,
    })
    fc.assert(
      fc.property(data, fc.nat({ max: 9 }), (header, at) => {
        const bytes = Buffer.concat([Buffer.alloc(at), writeHeader(header)])
        const read = emptyHeader()
        readHeader(bytes, at, read, 32_768)
        expect(read).toEqual(header)
        expect(bytes).toHaveLength(at + HEADER_BYTES)
      }),
    )
  })

  it('that is none is PROTOCOL, whatever its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: HEADER_BYTES, maxLength: HEADER_BYTES }), fc.boolean(), (bytes, magic) => {
        if (magic) Buffer.from(bytes.buffer).writeUInt32LE(0x52494557, 0)
        const header = emptyHeader()
        try {
          readHeader(Buffer.from(bytes), 0, header, 1024)
        } catch (error) {
          expect(error).toBeInstanceOf(WeirError)
          expect((error as WeirError).code).toBe('PROTOCOL')
          return
        }
        expect(header.kind).toBeGreaterThanOrEqual(HELLO)
        expect(header.kind).toBeLessThanOrEqual(DETACH)
        expect(header.length).toBeLessThanOrEqual(CONTROL_BYTES_MAX)
      }),
    )
  })

  it.each([
    [HELLO, CONTROL_BYTES_MAX],
    [DATA, 1024],
    [CREDIT, 0],
    [DETACH, 0],
  ])('of kind %i may announce %i bytes at most', (kind, most) => {
    const read = (length: number) => readHeader(writeHeader({ ...emptyHeader(), kind, length }), 0, emptyHeader(), 1024)
    expect(() => read(most)).not.toThrow()
    expect(() => read(most + 1)).toThrow(`${most + 1} bytes where ${most} are allowed`)
  })
})
