import type { BatchCodecOptions } from '../record/batch-codec.ts'
import type { ChannelSender, ChannelSettings } from './channel.ts'
import { Doorbell } from './doorbell.ts'
import { InputGate } from './input-gate.ts'
import { LocalChannel } from './local-channel.ts'
import { LocalExchange } from './local-exchange.ts'
import type { ChannelPlace, SlotNetwork } from './slot-network.ts'

export interface LocalNetworkOptions {
  /**
   * Of which channels the two ends may be in different slots on a cluster: their records have to be such as can be sent.
   * Default: of none.
   */
  readonly mayPart?: (place: ChannelPlace) => boolean
  /** Asked for each such edge: a text codec may keep state of its own. */
  readonly codec?: () => BatchCodecOptions
}

/** All subtasks of a job in one thread: every channel passes its records by reference. */
export class LocalNetwork implements SlotNetwork {
  readonly doorbell = new Doorbell(Doorbell.allocate())
  readonly #settings: ChannelSettings
  readonly #options: LocalNetworkOptions
  readonly #exchanges = new Map<number, LocalExchange>()
  readonly #channels = new Map<number, LocalChannel>()

  constructor(settings: ChannelSettings, options: LocalNetworkOptions = {}) {
    this.#settings = settings
    this.#options = options
  }

  gate(input: number): InputGate {
    return new InputGate(input, this.#settings.channelBuffers, 0)
  }

  sender(place: ChannelPlace): ChannelSender {
    return this.#channel(place)
  }

  receive(place: ChannelPlace, gate: InputGate): void {
    const { index, listener } = gate.reserve()
    const channel = this.#channel(place)
    gate.attach(index, channel)
    channel.listen(listener)
  }

  /** Nothing arrives from elsewhere. */
  poll(): void {
    return
  }

  /** Nobody else waits. */
  settle(): void {
    return
  }

  #channel(place: ChannelPlace): LocalChannel {
    let channel = this.#channels.get(place.id)
    if (channel === undefined) {
      const mayPart = this.#options.mayPart?.(place) ?? false
      channel = new LocalChannel(this.#settings, mayPart ? this.#exchange(place.edge) : undefined)
      this.#channels.set(place.id, channel)
    }
    return channel
  }

  #exchange(edge: number): LocalExchange {
    let exchange = this.#exchanges.get(edge)
    if (exchange === undefined) {
      exchange = new LocalExchange(this.#settings, this.#options.codec?.() ?? {})
      this.#exchanges.set(edge, exchange)
    }
    return exchange
  }
}
