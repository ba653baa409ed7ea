import { expect, test } from 'vitest'
import { recordRate } from './record-rate.ts'

test('what the counter has grown by meanwhile counts, over the time that has really passed', async () => {
  const counter = [1_000, 1_200]
  const startMs = performance.now()
  const { perSecond, perCpuSecond } = await recordRate(() => Promise.resolve(counter.shift() as number), [], 50)
  const passedSeconds = (performance.now() - startMs) / 1000
  expect(perSecond).toBeGreaterThanOrEqual(200 / passedSeconds)
  // Timers may be early by a part of a millisecond.
  expect(perSecond).toBeLessThanOrEqual(200 / 0.049)
  expect(perCpuSecond).toBe(Number.POSITIVE_INFINITY)
})
