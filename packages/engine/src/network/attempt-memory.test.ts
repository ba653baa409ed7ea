import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WeirError } from '../base/errors.ts'
import { type ExecutionGraph, executionGraph } from '../graph/execution-graph.ts'
import { jobGraphSchema } from '../graph/job-graph.ts'
import { type AttemptMemory, allocateAttemptMemory, NETWORK, placedChannels } from './attempt-memory.ts'
import { BufferPool, MAX_POOL_BUFFERS } from './buffer-pool.ts'
import { DEFAULT_CHANNEL_SETTINGS } from './channel.ts'
import { CreditTable, OutputBufferQuota } from './credit.ts'
import { Doorbell } from './doorbell.ts'

/** source -> map -> sink over two full exchanges. */
function graphOf(parallelism: number): ExecutionGraph {
  return executionGraph(
    jobGraphSchema.parse({
      name: 'three',
      parallelism,
      nodes: ['a', 'b', 'c'].map(uid => ({ uid, type: 'map', name: uid })),
      edges: [
        { from: 'a', to: 'b', partitioner: 'rebalance' },
        { from: 'b', to: 'c', partitioner: 'rebalance' },
      ],
    }),
  )
}

const settings = { ...DEFAULT_CHANNEL_SETTINGS, bufferSize: 16 }

function allocate(parallelism: number, slots: readonly number[], buffersPerSlot: number): AttemptMemory {
  return allocateAttemptMemory(graphOf(parallelism), slots, buffersPerSlot, settings, Doorbell.allocate())
}

describe('the channels of a job in a TaskManager', () => {
  it('pass by reference in a slot, over rings between its slots, over TCP to others', () => {
    const channels = placedChannels(graphOf(3), new Set([0, 1]))
    const of = (transport: string) => channels.filter(channel => channel.transport === transport)
    // For each of the two edges: 0→0, 1→1; 0→1, 1→0; 0→2, 1→2, 2→0, 2→1. The channel 2→2 is elsewhere.
    expect(of('local')).toHaveLength(4)
    expect(of('ring')).toHaveLength(4)
    expect(of('tcp')).toHaveLength(8)
    expect(of('tcp').filter(channel => channel.startsHere)).toHaveLength(4)
    expect(of('tcp').every(channel => channel.startsHere !== channel.endsHere)).toBe(true)
    expect(new Set(channels.map(({ id }) => id)).size).toBe(channels.length)
  })
})

describe('the memory of an attempt', () => {
  it('gives each ring channel its own buffers as credit, and those from elsewhere theirs to grant', () => {
    const memory = allocate(3, [0, 1], 40)
    const table = new CreditTable(memory.credits)
    for (const channel of placedChannels(graphOf(3), new Set([0, 1]))) {
      const given = channel.transport === 'ring' ? 2 : 0
      expect(table.buffers(channel.id)).toBe(given)
      expect(table.takeGrantedBuffers(channel.id)).toBe(channel.transport === 'tcp' && channel.endsHere ? 2 : 0)
      expect(table.takeGrantedRecords(channel.id)).toBe(channel.transport === 'tcp' && channel.endsHere ? 1024 : 0)
    }
  })

  it('has a ring from each slot to each other, and to the network only where records cross it', () => {
    const pairs = (memory: AttemptMemory) => memory.rings.map(({ from, to }) => `${from}→${to}`).sort()
    expect(pairs(allocate(2, [0, 1], 40))).toEqual(['0→1', '1→0'])
    expect(pairs(allocate(3, [0, 1], 40))).toEqual(
      ['0→1', '1→0', `0→${NETWORK}`, `1→${NETWORK}`, '-1→0', '-1→1'].sort(),
    )
  })

  it('never promises more buffers than the pool has', () => {
    const shape = fc
      .integer({ min: 1, max: 6 })
      .chain(parallelism => fc.tuple(fc.constant(parallelism), fc.integer({ min: 1, max: parallelism })))
    fc.assert(
      fc.property(shape, fc.integer({ min: 1, max: 300 }), ([parallelism, here], buffersPerSlot) => {
        const slots = Array.from({ length: here }, (_, slot) => slot)
        let memory: AttemptMemory
        try {
          memory = allocate(parallelism, slots, buffersPerSlot)
        } catch (error) {
          expect((error as WeirError).code).toBe('BUFFERS')
          return
        }
        expect(promised(memory, graphOf(parallelism), slots)).toBeLessThanOrEqual(new BufferPool(memory.pool).count)
      }),
    )
  })

  it('shares out what a pool can hold when it is asked for more', () => {
    const slots = [0, 1]
    const memory = allocate(3, slots, 1_000_000)
    expect(new BufferPool(memory.pool).count).toBeLessThanOrEqual(MAX_POOL_BUFFERS)
    expect(promised(memory, graphOf(3), slots)).toBeLessThanOrEqual(new BufferPool(memory.pool).count)
  })

  it('says what to do when there are too few buffers', () => {
    expect(() => allocate(4, [0, 1, 2, 3], 11)).toThrow(
      expect.objectContaining({
        code: 'BUFFERS',
        message:
          "slot 0 of the job has 6 channels, which need 12 network buffers, but a slot has 11; raise BUFFER_POOL_SIZE, or lower the job's parallelism or CHANNEL_BUFFERS",
      }),
    )
    expect(() => allocate(4, [0, 1, 2, 3], 12)).not.toThrow()
  })

  it('needs no buffers for a job in one slot', () => {
    expect(() => allocate(1, [0], 1)).not.toThrow()
  })
})

/** Buffers that slots may fill or give as credit, all together. */
function promised(memory: AttemptMemory, graph: ExecutionGraph, slots: readonly number[]): number {
  const channels = placedChannels(graph, new Set(slots)).filter(channel => channel.transport !== 'local')
  return memory.slots.reduce((sum, slot) => {
    const incoming = channels.filter(channel => channel.toSlot === slot.slot)
    const gates = new Set(incoming.map(channel => channel.gate)).size
    const output = new OutputBufferQuota(slot.outputQuota).available
    return sum + incoming.length * settings.channelBuffers + gates * slot.floatingPerGate + output
  }, 0)
}
