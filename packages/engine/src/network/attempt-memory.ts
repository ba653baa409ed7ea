import { WeirError } from '../base/errors.ts'
import { channelId, consumersOf, type ExecutionGraph, slotOf } from '../graph/execution-graph.ts'
import { allocateBufferPool, type BufferPoolMemory, MAX_POOL_BUFFERS } from './buffer-pool.ts'
import type { ChannelSettings } from './channel.ts'
import { CreditTable, OutputBufferQuota } from './credit.ts'
import { DescriptorRing } from './descriptor-ring.ts'
import { Doorbell } from './doorbell.ts'
import type { ChannelPlace } from './slot-network.ts'

/** In place of a slot: the network thread of the TaskManager. */
export const NETWORK = -1

/**
 * All memory that the slots of one attempt in one TaskManager and its network thread share. Made by the TaskManager's main
 * thread and given to each of them; when the attempt is over it is dropped as a whole, whatever state it is in.
 */
export interface AttemptMemory {
  readonly settings: ChannelSettings
  readonly pool: BufferPoolMemory
  readonly credits: SharedArrayBuffer
  readonly slots: readonly SlotMemory[]
  /** A ring from each slot to each other, and to and from the network where the job needs it. */
  readonly rings: readonly { readonly from: number; readonly to: number; readonly memory: SharedArrayBuffer }[]
  readonly networkDoorbell: SharedArrayBuffer
}

export interface SlotMemory {
  readonly slot: number
  readonly doorbell: SharedArrayBuffer
  readonly outputQuota: SharedArrayBuffer
  /** Buffers that float among the channels of each gate of the slot. */
  readonly floatingPerGate: number
}

/** A channel with at least one end in this TaskManager. */
export interface PlacedChannel extends ChannelPlace {
  readonly transport: 'local' | 'ring' | 'tcp'
  readonly startsHere: boolean
  readonly endsHere: boolean
  /** Tells the gates of a slot apart: consumer vertex and input. */
  readonly gate: string
}

/** The channels of the job that touch one of `slotsHere`. */
export function placedChannels(graph: ExecutionGraph, slotsHere: ReadonlySet<number>): PlacedChannel[] {
  const channels: PlacedChannel[] = []
  for (const edge of graph.edges) {
    for (let producer = 0; producer < edge.from.parallelism; producer++) {
      const fromSlot = slotOf(edge.from, producer)
      for (const consumer of consumersOf(edge, producer)) {
        const toSlot = slotOf(edge.to, consumer)
        const startsHere = slotsHere.has(fromSlot)
        const endsHere = slotsHere.has(toSlot)
        if (!startsHere && !endsHere) continue
        channels.push({
          id: channelId(edge, producer, consumer),
          edge: edge.index,
          fromSlot,
          toSlot,
          startsHere,
          endsHere,
          transport: fromSlot === toSlot ? 'local' : startsHere && endsHere ? 'ring' : 'tcp',
          gate: `${edge.to.index}.${edge.input}`,
        })
      }
    }
  }
  return channels
}

/**
 * Divides the buffers of the slots among channels. Throws BUFFERS when they are too few for every channel to own
 * `channelBuffers` of them.
 */
export function allocateAttemptMemory(
  graph: ExecutionGraph,
  slotsHere: readonly number[],
  buffersPerSlot: number,
  settings: ChannelSettings,
  networkDoorbell: SharedArrayBuffer,
): AttemptMemory {
  const channels = placedChannels(graph, new Set(slotsHere))
  const slotBuffers = Math.min(buffersPerSlot, Math.floor(MAX_POOL_BUFFERS / slotsHere.length))
  const slots = slotsHere.map(slot => slotMemory(slot, channels, slotBuffers, settings))
  const buffers = slotBuffers * slotsHere.length
  const highest = channels.reduce((max, channel) => Math.max(max, channel.id), 0)
  const credits = CreditTable.allocate(highest + 1)
  const table = new CreditTable(credits)
  for (const channel of channels) {
    if (channel.transport === 'ring') table.give(channel.id, settings.channelBuffers, settings.recordCredit)
    // Over the network the receiver's side gives the first credit too, once the connection stands.
    if (channel.transport === 'tcp' && channel.endsHere) {
      table.grant(channel.id, settings.channelBuffers, settings.recordCredit)
    }
  }
  const crosses = channels.some(channel => channel.transport === 'tcp')
  const ends = crosses ? [...slotsHere, NETWORK] : slotsHere
  const rings = ends.flatMap(from =>
    ends.filter(to => to !== from).map(to => ({ from, to, memory: DescriptorRing.allocate(buffers + 1) })),
  )
  return {
    settings,
    pool: allocateBufferPool(buffers, settings.bufferSize),
    credits,
    slots,
    rings,
    networkDoorbell,
  }
}

function slotMemory(
  slot: number,
  channels: readonly PlacedChannel[],
  buffersPerSlot: number,
  settings: ChannelSettings,
): SlotMemory {
  const incoming = channels.filter(channel => channel.toSlot === slot && channel.transport !== 'local')
  const outgoing = channels.filter(channel => channel.fromSlot === slot && channel.transport === 'tcp')
  const owned = (incoming.length + outgoing.length) * settings.channelBuffers
  if (owned > buffersPerSlot) {
    throw new WeirError(
      'BUFFERS',
      `slot ${slot} of the job has ${incoming.length + outgoing.length} channels, which need ${owned} network buffers, but a slot has ${buffersPerSlot}; raise BUFFER_POOL_SIZE, or lower the job's parallelism or CHANNEL_BUFFERS`,
    )
  }
  const gates = new Set(incoming.map(channel => channel.gate)).size
  const floating = buffersPerSlot - owned
  const forOutput = outgoing.length > 0 ? Math.floor(floating / 2) : 0
  return {
    slot,
    doorbell: Doorbell.allocate(),
    outputQuota: OutputBufferQuota.allocate(outgoing.length * settings.channelBuffers + forOutput),
    floatingPerGate: gates > 0 ? Math.floor((floating - forOutput) / gates) : 0,
  }
}
