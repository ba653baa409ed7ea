import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DescriptorRing, type FrameDescriptor, newFrameDescriptor } from './descriptor-ring.ts'

function frame(sequence: number): FrameDescriptor {
  return { channel: 7, buffer: sequence % 5, length: 100, flags: 3, records: 9, sequence, backlog: 2 }
}

describe('a descriptor ring', () => {
  it('gives out what was put in, field by field', () => {
    const ring = new DescriptorRing(DescriptorRing.allocate(4))
    const put = { channel: 1, buffer: 2, length: 3, flags: 1, records: 5, sequence: -6, backlog: 70_000 }
    expect(ring.isEmpty).toBe(true)
    ring.push(put)
    expect(ring.isEmpty).toBe(false)
    const got = newFrameDescriptor()
    expect(ring.shift(got)).toBe(true)
    expect(got).toEqual(put)
    expect(ring.shift(got)).toBe(false)
  })

  it('keeps order over any sequence of pushes and shifts, round and round', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.array(fc.boolean(), { maxLength: 300 }), (frames, steps) => {
        const ring = new DescriptorRing(DescriptorRing.allocate(frames))
        const got = newFrameDescriptor()
        let pushed = 0
        let shifted = 0
        for (const push of steps) {
          if (push && pushed - shifted < frames) ring.push(frame(pushed++))
          else if (ring.shift(got)) expect(got).toEqual(frame(shifted++))
          else expect(pushed).toBe(shifted)
        }
        expect(ring.isEmpty).toBe(pushed === shifted)
      }),
    )
  })

  it('goes on when its positions pass the largest 32-bit number', () => {
    const memory = DescriptorRing.allocate(4)
    const words = new Int32Array(memory)
    // Words 0 and 16 are the positions of the reader and the writer.
    words[0] = 2 ** 31 - 2
    words[16] = 2 ** 31 - 2
    const ring = new DescriptorRing(memory)
    const got = newFrameDescriptor()
    for (let i = 0; i < 10; i += 2) {
      ring.push(frame(i))
      ring.push(frame(i + 1))
      expect(ring.shift(got) && got.sequence).toBe(i)
      expect(ring.shift(got) && got.sequence).toBe(i + 1)
    }
    expect(words[0]).toBeLessThan(0)
    for (let i = 0; i < 4; i++) ring.push(frame(i))
    expect(() => ring.push(frame(4))).toThrow(/ring is full/)
  })

  it('asserts that no more frames are under way than it was made for', () => {
    const ring = new DescriptorRing(DescriptorRing.allocate(2))
    ring.push(frame(0))
    ring.push(frame(1))
    expect(() => ring.push(frame(2))).toThrow(/more frames than buffers/)
    expect(ring.shift(newFrameDescriptor())).toBe(true)
    expect(() => ring.push(frame(2))).not.toThrow()
  })
})
