import { type AttemptMemory, NETWORK } from '@weir/engine/network/attempt-memory'
import { BufferPool } from '@weir/engine/network/buffer-pool'
import { CreditTable, OutputBufferQuota } from '@weir/engine/network/credit'
import { DescriptorRing } from '@weir/engine/network/descriptor-ring'
import { Doorbell } from '@weir/engine/network/doorbell'
import type { NetworkPeer, ToNetwork } from './network-protocol.ts'

type Attach = Extract<ToNetwork, { type: 'attach' }>

/** Where a channel that ends here goes on, and how much credit its sender has. */
export interface IncomingChannel {
  readonly channel: number
  readonly peer: string
  readonly ring: DescriptorRing
  readonly doorbell: Doorbell
  creditGiven: number
}

/** The network thread's view of one attempt: the slots' rings, the pool, and which peer each channel leads to. */
export class AttemptLink {
  readonly jobId: string
  readonly attempt: number
  readonly token: string
  /** What this side calls the attempt on its connections. */
  readonly key: number
  readonly memory: AttemptMemory
  readonly pool: BufferPool
  readonly credits: CreditTable
  readonly peers: ReadonlyMap<string, NetworkPeer>
  readonly outgoing: ReadonlyMap<number, string>
  readonly incoming: ReadonlyMap<number, IncomingChannel>
  readonly fromSlots: readonly {
    readonly ring: DescriptorRing
    readonly quota: OutputBufferQuota
    readonly doorbell: Doorbell
  }[]
  /** Slots by the outgoing channels that start in them: whom new credit wakes. */
  readonly wakes: ReadonlyMap<number, Doorbell>
  connectRequested = false
  /** Its records cannot be carried any more. */
  failed = false

  constructor(attach: Attach, key: number) {
    const { memory } = attach
    this.jobId = attach.jobId
    this.attempt = attach.attempt
    this.token = attach.token
    this.key = key
    this.memory = memory
    this.pool = new BufferPool(memory.pool)
    this.credits = new CreditTable(memory.credits)
    this.peers = new Map(attach.peers.map(peer => [peer.taskManagerId, peer]))
    this.outgoing = new Map(attach.outgoing)
    const doorbells = new Map(memory.slots.map(slot => [slot.slot, new Doorbell(slot.doorbell)]))
    const toSlot = new Map(
      memory.rings.filter(ring => ring.from === NETWORK).map(ring => [ring.to, new DescriptorRing(ring.memory)]),
    )
    this.fromSlots = memory.slots.flatMap(slot => {
      const ring = memory.rings.find(candidate => candidate.from === slot.slot && candidate.to === NETWORK)
      if (ring === undefined) return []
      return {
        ring: new DescriptorRing(ring.memory),
        quota: new OutputBufferQuota(slot.outputQuota),
        doorbell: doorbells.get(slot.slot) as Doorbell,
      }
    })
    this.incoming = new Map(
      attach.incoming.map(([channel, slot, peer]) => [
        channel,
        {
          channel,
          peer,
          ring: toSlot.get(slot) as DescriptorRing,
          doorbell: doorbells.get(slot) as Doorbell,
          creditGiven: 0,
        },
      ]),
    )
    this.wakes = new Map(attach.starts.map(([channel, slot]) => [channel, doorbells.get(slot) as Doorbell]))
  }

  is(jobId: string, attempt: number): boolean {
    return this.jobId === jobId && this.attempt === attempt
  }
}
