import type { Verdict } from '@weir/proto/web/job-doc'
import { expect, test } from 'vitest'
import { SinceMemory } from './since-memory.ts'

const verdict = (change: Partial<Verdict>): Verdict => ({
  kind: 'bottleneck',
  tone: 'warn',
  text: '',
  detail: null,
  operator: 'a',
  since: null,
  ...change,
})

test('a verdict lasts while its kind and its operator stay the same', () => {
  const memory = new SinceMemory()
  expect(memory.see(verdict({ text: 'busy 0.96' }), 1_000).since).toBe(1_000)
  expect(memory.see(verdict({ text: 'busy 0.97' }), 2_000).since).toBe(1_000)
  expect(memory.see(verdict({ operator: 'b' }), 3_000).since).toBe(3_000)
  expect(memory.see(verdict({ kind: 'running-well', operator: null }), 4_000).since).toBe(4_000)
})

test('what the facts tell stays', () => {
  expect(new SinceMemory().see(verdict({ since: 7 }), 1_000).since).toBe(7)
})
