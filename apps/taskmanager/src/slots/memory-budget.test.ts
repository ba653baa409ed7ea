import { expect, it } from 'vitest'
import { memoryBudget } from './memory-budget.ts'

const MB = 1024 * 1024
const SETTINGS = {
  memorySizeMb: 4096,
  bufferPoolSize: 2048,
  bufferSizeBytes: 32_768,
  taskSlots: 4,
  networkMemoryFraction: 0.1,
  managedMemoryFraction: 0.4,
  stateBackend: 'rocksdb',
  rocksdbWriteBufferSizeBytes: 64 * MB,
  rocksdbMaxWriteBuffers: 3,
  rocksdbBlockCacheSizeBytes: 256 * MB,
} as const

it('the parts of the budget add up to MEMORY_SIZE', () => {
  const budget = memoryBudget(SETTINGS)
  expect(budget.networkMb).toBe(64)
  const [total, slots, heap, state, network, host, rest] = (budget.text.match(/\d+/g) ?? []).map(Number)
  expect([total, slots, heap, state, network, host]).toEqual([
    4096,
    4,
    budget.heapMbPerSlot,
    budget.stateMbPerSlot,
    64,
    3 * 64 + 256,
  ])
  expect(Math.abs(total - (slots * heap + network + host + rest))).toBeLessThan(4)
  // State host and rooms stay within the managed share.
  expect(host + slots * state).toBeLessThanOrEqual(4096 * 0.4)
})

it('where there is less memory the state host takes no more than half of what state may have', () => {
  const { stateHost, stateMbPerSlot } = memoryBudget({ ...SETTINGS, memorySizeMb: 1024 })
  expect(stateHost).toBeDefined()
  if (stateHost === undefined) return
  const bytes = stateHost.writeBufferBytes * stateHost.writeBuffersMax + stateHost.cacheBytes
  expect(bytes / MB).toBeLessThanOrEqual(1024 * 0.2)
  expect(stateHost.cacheBytes).toBeGreaterThan(0)
  expect(stateMbPerSlot).toBeGreaterThanOrEqual(50)
})

it('without a disk there is no state host, and state has no bound of its own', () => {
  const budget = memoryBudget({ ...SETTINGS, stateBackend: 'memory' })
  expect(budget.stateHost).toBeUndefined()
  expect(budget.stateMbPerSlot).toBeUndefined()
  expect(budget.heapMbPerSlot).toBeGreaterThan(memoryBudget(SETTINGS).heapMbPerSlot)
})

it('network buffers keep to their share of memory', () => {
  expect(memoryBudget({ ...SETTINGS, networkMemoryFraction: 0.01 }).networkMb).toBe(41)
  expect(memoryBudget({ ...SETTINGS, networkMemoryFraction: 0.5 }).buffers).toBe(2048)
})

it('a slot has some memory whatever the budget', () => {
  const budget = memoryBudget({ ...SETTINGS, memorySizeMb: 256, taskSlots: 8 })
  expect(budget.heapMbPerSlot).toBeGreaterThanOrEqual(48)
  expect(budget.stateMbPerSlot).toBeGreaterThanOrEqual(8)
})
