import { expect, it } from 'vitest'
import { memoryBudget } from './memory-budget.ts'

it('the parts of the budget add up to MEMORY_SIZE', () => {
  const budget = memoryBudget({ memorySizeMb: 4096, bufferPoolSize: 2048, bufferSizeBytes: 32_768, taskSlots: 4 })
  expect(budget.networkMb).toBe(64)
  const [total, slots, heap, network, rest] = (budget.text.match(/\d+/g) ?? []).map(Number)
  expect([total, slots, heap, network]).toEqual([4096, 4, budget.heapMbPerSlot, 64])
  expect(Math.abs(total - (slots * heap + network + rest))).toBeLessThan(4)
})

it('a slot has some memory whatever the budget', () => {
  const budget = memoryBudget({ memorySizeMb: 256, bufferPoolSize: 2048, bufferSizeBytes: 32_768, taskSlots: 8 })
  expect(budget.heapMbPerSlot).toBeGreaterThanOrEqual(48)
})
