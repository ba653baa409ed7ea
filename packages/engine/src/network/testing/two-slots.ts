import { channelId, executionGraph } from '../../graph/execution-graph.ts'
import { jobGraphSchema } from '../../graph/job-graph.ts'
import { type AttemptMemory, allocateAttemptMemory } from '../attempt-memory.ts'
import { BufferPool } from '../buffer-pool.ts'
import { type ChannelSender, type ChannelSettings, DEFAULT_CHANNEL_SETTINGS } from '../channel.ts'
import { ChannelWriter } from '../channel-writer.ts'
import { CreditTable } from '../credit.ts'
import { Doorbell } from '../doorbell.ts'
import type { InputGate } from '../input-gate.ts'
import { type ChannelElement, RecordBatch } from '../record-batch.ts'
import { SharedNetwork } from '../shared-network.ts'

/** Some producers in a slot each, one consumer in another slot, joined by rings: both ends in the thread of the test. */
export class TwoSlots {
  readonly memory: AttemptMemory
  readonly settings: ChannelSettings
  readonly pool: BufferPool
  readonly credits: CreditTable
  readonly channels: readonly number[]
  readonly senders: readonly ChannelSender[]
  readonly gate: InputGate
  readonly #receiving: SharedNetwork

  constructor(producers: number, buffersPerSlot: number, settings: Partial<ChannelSettings>) {
    this.settings = { ...DEFAULT_CHANNEL_SETTINGS, ...settings }
    const graph = executionGraph(
      jobGraphSchema.parse({
        name: 'two slots',
        nodes: [
          { uid: 'from', type: 'list', name: 'from', parallelism: producers, slotSharingGroup: 'from' },
          { uid: 'to', type: 'keep', name: 'to', slotSharingGroup: 'to' },
        ],
        edges: [{ from: 'from', to: 'to', partitioner: 'rebalance' }],
      }),
    )
    const slots = Array.from({ length: graph.slotCount }, (_, slot) => slot)
    this.memory = allocateAttemptMemory(graph, slots, buffersPerSlot, this.settings, Doorbell.allocate())
    this.pool = new BufferPool(this.memory.pool)
    this.credits = new CreditTable(this.memory.credits)
    const [edge] = graph.edges
    const places = Array.from({ length: producers }, (_, producer) => ({
      id: channelId(edge, producer, 0),
      edge: 0,
      fromSlot: producer,
      toSlot: producers,
    }))
    this.channels = places.map(({ id }) => id)
    this.#receiving = new SharedNetwork(this.memory, producers)
    this.gate = this.#receiving.gate(0)
    for (const place of places) this.#receiving.receive(place, this.gate)
    this.senders = places.map(place => new SharedNetwork(this.memory, place.fromSlot).sender(place))
  }

  /** Frames that have arrived are taken into the gate. */
  arrive(): void {
    this.#receiving.poll()
  }

  /** The next element of any channel, with records copied out. */
  take(): { channel: number; element: unknown } | undefined {
    const element = this.gate.poll()
    return element === undefined ? undefined : { channel: this.gate.lastChannel, element: plain(element) }
  }

  /** Credit of all senders, and buffers that are not in the pool. */
  get buffersOut(): number {
    return this.pool.count - this.pool.available()
  }

  get creditGiven(): number {
    return this.channels.reduce((sum, channel) => sum + this.credits.buffers(channel), 0)
  }
}

/** A writer with an owner that only keeps count. */
export function writerFor(sender: ChannelSender): { writer: ChannelWriter; owner: CountingOwner } {
  const owner = new CountingOwner()
  return { writer: new ChannelWriter(sender, owner), owner }
}

export class CountingOwner {
  blocked = 0
  overdraftBytes = 0

  onBlocked(): void {
    this.blocked++
  }

  onUnblocked(): void {
    this.blocked--
  }

  addOverdraft(bytes: number): void {
    this.overdraftBytes += bytes
  }
}

/** An element as plain data: records as [value, timestamp] pairs. */
export function plain(element: ChannelElement): unknown {
  if (!(element instanceof RecordBatch)) return element
  return element.values.slice(0, element.count).map((value, i) => [structuredClone(value), element.timestamps[i]])
}

export function batchOf(...values: readonly unknown[]): RecordBatch {
  const batch = new RecordBatch()
  for (const value of values) batch.add(value, Number.NEGATIVE_INFINITY)
  return batch
}
