import { expect, it } from 'vitest'
import { uptimeMs } from './uptime.ts'

it('jobs ran until now, or until they ended, or not at all', () => {
  expect(uptimeMs({ startedAt: 10, finishedAt: null }, 25)).toBe(15)
  expect(uptimeMs({ startedAt: 10, finishedAt: 20 }, 25)).toBe(10)
  expect(uptimeMs({ startedAt: null, finishedAt: null }, 25)).toBeNull()
  expect(uptimeMs({ startedAt: 30, finishedAt: null }, 25)).toBe(0)
})
