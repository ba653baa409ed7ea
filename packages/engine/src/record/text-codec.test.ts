import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { detachText, portableTextCodec } from './text-codec.ts'

const latin1Text = fc.array(fc.integer({ min: 0, max: 0xff })).map(units => String.fromCharCode(...units))
const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map(units => String.fromCharCode(...units))
const offsets = fc.integer({ min: 0, max: 9 })

describe('the portable text codec', () => {
  test('every byte value stands for the UTF-16 unit of the same number', () => {
    const text = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i))
    const bytes = new Uint8Array(256)
    expect(portableTextCodec.writeLatin1(bytes, 0, text)).toBe(true)
    expect([...bytes]).toEqual(Array.from({ length: 256 }, (_, i) => i))
    expect(portableTextCodec.readLatin1(bytes, 0, 256)).toBe(text)
  })

  test('latin1 text of any length comes back from any offset and touches nothing beside it', () => {
    fc.assert(
      fc.property(latin1Text, offsets, (text, offset) => {
        const bytes = new Uint8Array(offset + text.length + 1).fill(0x77)
        expect(portableTextCodec.writeLatin1(bytes, offset, text)).toBe(true)
        expect(portableTextCodec.readLatin1(bytes, offset, text.length)).toBe(text)
        expect([...bytes.subarray(0, offset), bytes[offset + text.length]].every(byte => byte === 0x77)).toBe(true)
      }),
    )
  })

  test.each([
    ['ASCII', 'plain text, '.repeat(1000)],
    ['Western European', 'crème brûlée £5, '.repeat(1000)],
    ['C1 controls', 'a\u0085b\u009fc'.repeat(3000)],
  ])('a long text of %s comes back', (_, text) => {
    const bytes = new Uint8Array(text.length)
    expect(portableTextCodec.writeLatin1(bytes, 0, text)).toBe(true)
    expect(portableTextCodec.readLatin1(bytes, 0, text.length)).toBe(text)
  })

  test.each([1, 23, 24, 5000])('a unit above 0xff at the end of %i is noticed', length => {
    const text = `${'a'.repeat(length - 1)}\u0100`
    expect(portableTextCodec.writeLatin1(new Uint8Array(length), 0, text)).toBe(false)
  })

  test('any sequence of units, lone surrogates included, survives UTF-16 at any offset', () => {
    fc.assert(
      fc.property(anyText, offsets, (text, offset) => {
        const bytes = new Uint8Array(offset + 2 * text.length)
        portableTextCodec.writeUtf16(bytes, offset, text)
        expect(portableTextCodec.readUtf16(bytes, offset, text.length)).toBe(text)
      }),
    )
  })

  test('UTF-16 text longer than one chunk comes back', () => {
    const text = 'łódź \ud800 \u{1f600} '.repeat(2000)
    const bytes = new Uint8Array(2 * text.length)
    portableTextCodec.writeUtf16(bytes, 0, text)
    expect(portableTextCodec.readUtf16(bytes, 0, text.length)).toBe(text)
  })
})

test('detached text equals the text', () => {
  fc.assert(
    fc.property(anyText, text => {
      expect(detachText(text)).toBe(text)
    }),
  )
})
