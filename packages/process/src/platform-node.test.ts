import { newJobId } from '@weir/engine/base/ids'
import { expect, test } from 'vitest'
import { cryptoRandom, nodeClock, nodeTimers } from './platform-node.ts'

test('a timer never fires before its delay has passed', async () => {
  const early: number[] = []
  await Promise.all(
    Array.from({ length: 200 }, (_, i) => {
      const delayMs = 1 + i * 0.13
      const startedMs = nodeClock.monotonicMs()
      return new Promise<void>(resolve => {
        nodeTimers.after(delayMs, () => {
          const passedMs = nodeClock.monotonicMs() - startedMs
          if (passedMs < delayMs) early.push(delayMs - passedMs)
          resolve()
        })
      })
    }),
  )
  expect(early).toEqual([])
})

test('a cancelled timer does not fire, and a delay longer than setTimeout can take does not fire at once', async () => {
  let fired = 0
  nodeTimers.after(5, () => fired++).cancel()
  const long = nodeTimers.after(2 ** 40, () => fired++)
  await new Promise(resolve => setTimeout(resolve, 30))
  long.cancel()
  expect(fired).toBe(0)
})

test('random numbers lie in [0, 1), spread evenly, and differ', () => {
  const buckets = new Array<number>(10).fill(0)
  for (let i = 0; i < 10_000; i++) {
    const value = cryptoRandom.next()
    expect(value).toBeGreaterThanOrEqual(0)
    expect(value).toBeLessThan(1)
    buckets[Math.floor(value * 10)]!++
  }
  // 1,000 expected each with a standard deviation of 30: ten of them is beyond chance.
  for (const count of buckets) expect(Math.abs(count - 1000)).toBeLessThan(300)
  expect(new Set(Array.from({ length: 100 }, () => newJobId(cryptoRandom))).size).toBe(100)
})
