import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { murmur3, murmur3OfAscii, murmur3OfInt32 } from './murmur3.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const hash = (bytes: Uint8Array, seed = 0) => murmur3(bytes, bytes.length, seed)

describe('murmur3', () => {
  // The vectors that implementations of MurmurHash3_x86_32 share.
  test.each([
    ['', 0, 0x00000000],
    ['', 1, 0x514e28b7],
    ['', 0xffffffff, 0x81f16f39],
    ['\0\0\0\0', 0, 0x2362f9de],
    ['a', 0x9747b28c, 0x7fa09ea6],
    ['aa', 0x9747b28c, 0x5d211726],
    ['aaa', 0x9747b28c, 0x283e0130],
    ['aaaa', 0x9747b28c, 0x5a97808a],
    ['abc', 0, 0xb3dd93fa],
    ['Hello, world!', 0x9747b28c, 0x24884cba],
    ['The quick brown fox jumps over the lazy dog', 0, 0x2e4ff723],
    ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
  ])('of %j with seed %i is the published one', (text, seed, expected) => {
    expect(hash(bytesOf(text), seed)).toBe(expected)
  })

  test.each([
    [[0xff, 0xff, 0xff, 0xff], 0, 0x76293b50],
    [[0x21, 0x43, 0x65, 0x87], 0, 0xf55b516b],
    [[0x21, 0x43, 0x65, 0x87], 0x5082edee, 0x2362f9de],
    [[0x21, 0x43, 0x65], 0, 0x7e4a8634],
    [[0x21, 0x43], 0, 0xa0f7b07a],
    [[0x21], 0, 0x72661cf4],
  ])('of bytes %j with seed %i is the published one', (bytes, seed, expected) => {
    expect(hash(Uint8Array.from(bytes), seed)).toBe(expected)
  })

  test('reads no byte beyond the length', () => {
    expect(murmur3(bytesOf('abcdefgh'), 3)).toBe(0xb3dd93fa)
  })

  test('the short cut for ASCII text agrees, and refuses any other text', () => {
    fc.assert(
      fc.property(fc.nat({ max: 127 }), fc.string({ unit: 'binary', maxLength: 20 }), (first, text) => {
        const isAscii = bytesOf(text).length === text.length
        const expected = isAscii ? hash(Uint8Array.of(first, ...bytesOf(text))) : -1
        expect(murmur3OfAscii(first, text)).toBe(expected)
      }),
    )
    fc.assert(
      fc.property(fc.nat({ max: 127 }), fc.string({ unit: 'grapheme-ascii', maxLength: 20 }), (first, text) => {
        expect(murmur3OfAscii(first, text)).toBe(hash(Uint8Array.of(first, ...bytesOf(text))))
      }),
    )
  })

  test('the short cut for int32 agrees', () => {
    fc.assert(
      fc.property(fc.nat({ max: 127 }), fc.integer(), (first, value) => {
        const bytes = new Uint8Array(5)
        bytes[0] = first
        new DataView(bytes.buffer).setInt32(1, value)
        expect(murmur3OfInt32(first, value)).toBe(hash(bytes))
      }),
    )
  })
})
