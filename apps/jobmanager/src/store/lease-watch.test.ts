import { expect, test } from 'vitest'
import { LeaseWatch } from './lease-watch.ts'

test('the time is counted from the first look, not from before', () => {
  const watch = new LeaseWatch()
  expect(watch.stoodStillMs({ epoch: 1n, renewals: 7n }, 5_000)).toBe(0)
  expect(watch.stoodStillMs({ epoch: 1n, renewals: 7n }, 6_500)).toBe(1_500)
})

test('a renewal, or another epoch, starts the count anew', () => {
  const watch = new LeaseWatch()
  watch.stoodStillMs({ epoch: 1n, renewals: 7n }, 0)
  expect(watch.stoodStillMs({ epoch: 1n, renewals: 8n }, 900)).toBe(0)
  expect(watch.stoodStillMs({ epoch: 1n, renewals: 8n }, 1_000)).toBe(100)
  expect(watch.stoodStillMs({ epoch: 2n, renewals: 8n }, 1_900)).toBe(0)
})
