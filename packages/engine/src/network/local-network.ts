import type { ChannelSender, ChannelSettings } from './channel.ts'
import { Doorbell } from './doorbell.ts'
import { InputGate } from './input-gate.ts'
import { LocalChannel } from './local-channel.ts'
import type { ChannelPlace, SlotNetwork } from './slot-network.ts'

/** All subtasks of a job in one thread: every channel passes its records by reference. */
export class LocalNetwork implements SlotNetwork {
  readonly doorbell = new Doorbell(Doorbell.allocate())
  readonly #settings: ChannelSettings
  readonly #channels = new Map<number, LocalChannel>()

  constructor(settings: ChannelSettings) {
    this.#settings = settings
  }

  gate(input: number): InputGate {
    return new InputGate(input, this.#settings.channelBuffers, 0)
  }

  sender(place: ChannelPlace): ChannelSender {
    return this.#channel(place.id)
  }

  receive(place: ChannelPlace, gate: InputGate): void {
    const { index, listener } = gate.reserve()
    const channel = this.#channel(place.id)
    gate.attach(index, channel)
    channel.listen(listener)
  }

  /** Nothing arrives from elsewhere. */
  poll(): void {
    return
  }

  #channel(id: number): LocalChannel {
    let channel = this.#channels.get(id)
    if (channel === undefined) {
      channel = new LocalChannel(this.#settings)
      this.#channels.set(id, channel)
    }
    return channel
  }
}
