import { portableTextCodec } from '@weir/engine/record/text-codec'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NodeTextCodec } from './node-text-codec.ts'

const units = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 0x7f }), { maxLength: 80 }),
  fc.array(fc.integer({ min: 0, max: 0xff }), { maxLength: 80 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 80 }),
)

describe("Node's text codec", () => {
  test('writes and reads exactly what the portable one does, at any offset and in any part of a buffer', () => {
    const codec = new NodeTextCodec()
    fc.assert(
      fc.property(units, fc.nat({ max: 9 }), fc.nat({ max: 3 }), (codes, offset, start) => {
        const text = String.fromCharCode(...codes)
        const whole = [new Uint8Array(200), new Uint8Array(200)]
        const [ours, expected] = whole.map(bytes => bytes.subarray(start)) as [Uint8Array, Uint8Array]
        const isLatin1 = portableTextCodec.writeLatin1(expected, offset, text)
        expect(codec.writeLatin1(ours, offset, text)).toBe(isLatin1)
        if (isLatin1) {
          expect(whole[0]).toEqual(whole[1])
          expect(codec.readLatin1(expected, offset, text.length)).toBe(text)
        }
        portableTextCodec.writeUtf16(expected, offset, text)
        codec.writeUtf16(ours, offset, text)
        expect(ours.subarray(offset, offset + 2 * text.length)).toEqual(
          expected.subarray(offset, offset + 2 * text.length),
        )
        expect(codec.readUtf16(expected, offset, text.length)).toBe(text)
      }),
      { numRuns: 1000 },
    )
  })
})
