import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { CpuSamples, peakRssMb, resetPeakRss } from './cpu-samples.ts'

test('a process that ends while it is watched is told when its figures are asked for', async () => {
  const child = spawn('sleep', ['600'])
  const samples = new CpuSamples([child.pid as number])
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
  samples.stop()
  expect(() => samples.between(0, Date.now())).toThrow('ENOENT')
})

test('the largest resident set is counted anew after a reset', () => {
  const pids = [process.pid]
  const filled = Buffer.alloc(64 * 2 ** 20, 1)
  const before = peakRssMb(pids)
  expect(filled[5]).toBe(1)
  resetPeakRss(pids)
  expect(peakRssMb(pids)).toBeLessThanOrEqual(before)
  expect(peakRssMb(pids)).toBeGreaterThan(0)
})
