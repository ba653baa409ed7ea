import { assert } from '../base/assert.ts'
import { type BatchCodecOptions, BatchDecoder, BatchEncoder } from '../record/batch-codec.ts'
import { type CopyBytes, portableCopyBytes } from '../record/copy-bytes.ts'
import { type AttemptMemory, NETWORK } from './attempt-memory.ts'
import { BufferPool } from './buffer-pool.ts'
import { type ChannelSender, type ChannelSettings, recordsPerLentBuffer } from './channel.ts'
import { CollectedRings } from './collected-rings.ts'
import { CreditTable, OutputBufferQuota } from './credit.ts'
import { DescriptorRing, newFrameDescriptor } from './descriptor-ring.ts'
import { Doorbell } from './doorbell.ts'
import { FrameReceiver } from './frame-receiver.ts'
import { FrameSender } from './frame-sender.ts'
import { InputGate } from './input-gate.ts'
import { LocalChannel } from './local-channel.ts'
import { PayloadWriter } from './payload.ts'
import type { ChannelPlace, SlotNetwork } from './slot-network.ts'

/** A batch that spans more than this was not made by a sender of ours, unless single records may be so large. */
const PAYLOAD_BYTES_MAX = 512 * 1024 * 1024

/**
 * The network of one slot among the threads of a TaskManager: by reference inside the slot, over rings to the other slots
 * of the job here, and through the network thread to those in other TaskManagers.
 */
export class SharedNetwork implements SlotNetwork {
  readonly doorbell: Doorbell
  readonly #slot: number
  readonly #settings: ChannelSettings
  readonly #pool: BufferPool
  readonly #credits: CreditTable
  /** To the slots here, and to the network thread. */
  readonly #rings = new Map<number, CollectedRings>()
  readonly #outbound = new Map<number, DescriptorRing>()
  readonly #inbound: DescriptorRing[] = []
  readonly #quota: OutputBufferQuota
  readonly #floatingPerGate: number
  readonly #codec: () => BatchCodecOptions
  readonly #copy: CopyBytes
  /** By edge: an encoder remembers the shape of the latest records. */
  readonly #encoders = new Map<number, BatchEncoder>()
  readonly #decoders = new Map<InputGate, BatchDecoder>()
  readonly #payload = new PayloadWriter()
  readonly #local = new Map<number, LocalChannel>()
  readonly #receivers: FrameReceiver[] = []
  readonly #frame = newFrameDescriptor()

  /** `codec` is asked for each encoder and decoder: a text codec may keep state of its own. */
  constructor(memory: AttemptMemory, slot: number, codec: () => BatchCodecOptions = () => ({})) {
    const own = memory.slots.find(candidate => candidate.slot === slot)
    assert(own, `slot ${slot} is not in this TaskManager`)
    this.#slot = slot
    this.#settings = memory.settings
    this.#pool = new BufferPool(memory.pool)
    this.#credits = new CreditTable(memory.credits)
    this.#quota = new OutputBufferQuota(own.outputQuota)
    this.#floatingPerGate = own.floatingPerGate
    this.#codec = codec
    this.#copy = codec().copy ?? portableCopyBytes
    this.doorbell = new Doorbell(own.doorbell)
    for (const other of memory.slots) this.#rings.set(other.slot, new CollectedRings(new Doorbell(other.doorbell)))
    this.#rings.set(NETWORK, new CollectedRings(new Doorbell(memory.networkDoorbell)))
    for (const ring of memory.rings) {
      if (ring.from === slot) this.#outbound.set(ring.to, new DescriptorRing(ring.memory))
      if (ring.to === slot) this.#inbound.push(new DescriptorRing(ring.memory))
    }
  }

  gate(input: number): InputGate {
    const gate = new InputGate(input, this.#settings.channelBuffers, this.#floatingPerGate)
    this.#decoders.set(gate, new BatchDecoder(this.#codec()))
    return gate
  }

  sender(place: ChannelPlace): ChannelSender {
    if (place.toSlot === this.#slot) return this.#localChannel(place.id)
    const isHere = this.#rings.has(place.toSlot)
    const end = isHere ? place.toSlot : NETWORK
    const ring = this.#outbound.get(end)
    let encoder = this.#encoders.get(place.edge)
    if (encoder === undefined) {
      encoder = new BatchEncoder(this.#codec())
      this.#encoders.set(place.edge, encoder)
    }
    assert(ring, `no ring from slot ${this.#slot} to ${end}`)
    return new FrameSender({
      channel: place.id,
      transport: isHere ? 'ring' : 'tcp',
      settings: this.#settings,
      pool: this.#pool,
      credits: this.#credits,
      ring,
      rings: this.#rings.get(end) as CollectedRings,
      quota: isHere ? undefined : this.#quota,
      encoder,
      payload: this.#payload,
      copy: this.#copy,
    })
  }

  receive(place: ChannelPlace, gate: InputGate): void {
    const { index, listener } = gate.reserve()
    if (place.fromSlot === this.#slot) {
      const channel = this.#localChannel(place.id)
      gate.attach(index, channel)
      channel.listen(listener)
      return
    }
    const decoder = this.#decoders.get(gate)
    assert(decoder, 'the gate is not one of this network')
    const credits = this.#credits
    const sender = this.#rings.get(place.fromSlot)
    const network = this.#rings.get(NETWORK) as CollectedRings
    const receiver = new FrameReceiver({
      channel: place.id,
      pool: this.#pool,
      decoder,
      credit: {
        give: (buffers, records) => {
          if (sender !== undefined) {
            credits.give(place.id, buffers, records)
            sender.note()
          } else {
            credits.grant(place.id, buffers, records)
            network.note()
          }
        },
      },
      floating: gate,
      listener,
      buffersHeld: this.#settings.channelBuffers,
      recordsPerLent: recordsPerLentBuffer(this.#settings),
      // A payload may hold a batch of records, each as large as a record may be.
      maxPayloadBytes: Math.max(this.#settings.maxRecordBytes * 8, PAYLOAD_BYTES_MAX),
    })
    gate.attach(index, receiver)
    this.#receivers[place.id] = receiver
  }

  poll(): void {
    const frame = this.#frame
    for (const ring of this.#inbound) {
      while (ring.shift(frame)) {
        const receiver = this.#receivers[frame.channel]
        assert(receiver, `a frame came for channel ${frame.channel}, which does not end in slot ${this.#slot}`)
        receiver.onFrame(frame)
      }
    }
  }

  settle(): void {
    for (const rings of this.#rings.values()) rings.settle()
  }

  #localChannel(id: number): LocalChannel {
    let channel = this.#local.get(id)
    if (channel === undefined) {
      channel = new LocalChannel(this.#settings)
      this.#local.set(id, channel)
    }
    return channel
  }
}
