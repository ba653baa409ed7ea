import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allocateBufferPool, BufferPool, MAX_POOL_BUFFERS } from './buffer-pool.ts'

describe('a buffer pool', () => {
  it('hands out each buffer once, until none is left', () => {
    const pool = new BufferPool(allocateBufferPool(5, 64))
    const taken = Array.from({ length: 5 }, () => pool.acquire())
    expect(new Set(taken)).toEqual(new Set([0, 1, 2, 3, 4]))
    expect(pool.available()).toBe(0)
    expect(pool.acquire()).toBe(-1)
    pool.release(3)
    expect(pool.acquire()).toBe(3)
  })

  it('gives buffers that do not overlap', () => {
    const pool = new BufferPool(allocateBufferPool(4, 48))
    for (let i = 0; i < 4; i++) pool.bytes.fill(i + 1, pool.offsetOf(i), pool.offsetOf(i) + pool.bufferSize)
    for (let i = 0; i < 4; i++) {
      expect(pool.bytes.slice(pool.offsetOf(i), pool.offsetOf(i) + 48)).toEqual(new Uint8Array(48).fill(i + 1))
    }
    expect(pool.bytes).toHaveLength(4 * 48)
  })

  it('is one pool, however many threads look at its memory', () => {
    const memory = allocateBufferPool(2, 16)
    const [a, b] = [new BufferPool(memory), new BufferPool(memory)]
    expect(a.acquire()).not.toBe(b.acquire())
    expect(a.acquire()).toBe(-1)
    b.release(0)
    expect(a.available()).toBe(1)
    expect(a.acquire()).toBe(0)
  })

  it('never loses a buffer nor gives one twice, in any order of taking and giving back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.array(fc.nat({ max: 20 }), { maxLength: 200 }), (count, steps) => {
        const pool = new BufferPool(allocateBufferPool(count, 8))
        const held: number[] = []
        for (const step of steps) {
          if (step % 2 === 0 || held.length === 0) {
            const buffer = pool.acquire()
            if (buffer < 0) expect(held).toHaveLength(count)
            else held.push(buffer)
          } else {
            pool.release(held.splice(step % held.length, 1)[0])
          }
          expect(new Set(held).size).toBe(held.length)
          expect(pool.available()).toBe(count - held.length)
        }
      }),
    )
  })

  it('goes on after its count of changes has gone round', () => {
    const pool = new BufferPool(allocateBufferPool(3, 8))
    for (let i = 0; i < 70_000; i++) pool.release(pool.acquire())
    expect(pool.available()).toBe(3)
    expect(new Set([pool.acquire(), pool.acquire(), pool.acquire()]).size).toBe(3)
  })

  it('holds up to 65,534 buffers', () => {
    const pool = new BufferPool(allocateBufferPool(MAX_POOL_BUFFERS, 1))
    const seen = new Uint8Array(MAX_POOL_BUFFERS)
    for (let i = 0; i < MAX_POOL_BUFFERS; i++) seen[pool.acquire()]++
    expect(seen.every(times => times === 1)).toBe(true)
    expect(pool.acquire()).toBe(-1)
    expect(() => allocateBufferPool(MAX_POOL_BUFFERS + 1, 1)).toThrow(/65535 buffers/)
    expect(() => allocateBufferPool(0, 1)).toThrow(/0 buffers/)
  })
})
