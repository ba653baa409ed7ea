import type { ChannelReceiver, ReadyListener } from './channel.ts'
import type { FloatingBuffers, FrameReceiver } from './frame-receiver.ts'
import { type ChannelElement, RecordBatch } from './record-batch.ts'

/**
 * All channels that end in one input of a subtask. Gives out their elements, a channel's in order, the channels in turn.
 */
export class InputGate implements FloatingBuffers {
  /** Which input of the operator this is. */
  readonly input: number
  readonly #channels: ChannelReceiver[] = []
  /** Channels that have an element, in the order in which it came. */
  #ready: number[] = []
  #readyFrom = 0
  readonly #batch = new RecordBatch()
  readonly #exclusiveBuffers: number
  #floatingBuffers: number
  /** The channel that the latest element came from. */
  lastChannel = -1

  constructor(input: number, exclusiveBuffers: number, floatingBuffers: number) {
    this.input = input
    this.#exclusiveBuffers = exclusiveBuffers
    this.#floatingBuffers = floatingBuffers
  }

  get channelCount(): number {
    return this.#channels.length
  }

  /** Makes room for one more channel; its receiver is made with the listener and then given to `attach`. */
  reserve(): { readonly index: number; readonly listener: ReadyListener } {
    const index = this.#channels.length
    this.#channels.push(NO_CHANNEL)
    return { index, listener: { onReady: () => this.#ready.push(index) } }
  }

  attach(index: number, channel: ChannelReceiver): void {
    this.#channels[index] = channel
  }

  get hasElement(): boolean {
    return this.#readyFrom < this.#ready.length
  }

  /** The next element, valid until the next call; undefined when no channel has one. */
  poll(): ChannelElement | undefined {
    while (this.#readyFrom < this.#ready.length) {
      const index = this.#ready[this.#readyFrom++]
      if (this.#readyFrom > 1024 && this.#readyFrom * 2 > this.#ready.length) {
        this.#ready = this.#ready.slice(this.#readyFrom)
        this.#readyFrom = 0
      }
      const channel = this.#channels[index]
      const element = channel.poll(this.#batch)
      if (channel.hasElement) this.#ready.push(index)
      if (element !== undefined) {
        this.lastChannel = index
        return element
      }
    }
    return undefined
  }

  keep(channel: FrameReceiver): boolean {
    // Beyond its own buffers a channel keeps only what its sender has batches for, so that none lie idle with a sender.
    if (channel.buffersHeld <= this.#exclusiveBuffers || channel.backlog > channel.creditOutstanding) return true
    this.#floatingBuffers++
    return false
  }

  more(channel: FrameReceiver): number {
    // One channel never takes all that floats, so that another whose backlog comes next finds some.
    const offered = Math.ceil(this.#floatingBuffers / 2)
    const given = Math.max(0, Math.min(channel.backlog - channel.creditOutstanding, offered))
    this.#floatingBuffers -= given
    return given
  }
}

const NO_CHANNEL: ChannelReceiver = { hasElement: false, poll: () => undefined }
