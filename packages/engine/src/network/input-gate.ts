import type { ChannelReceiver, ReadyListener } from './channel.ts'
import { type FloatingBuffers, FRAMES_HARDLY_ANY, type LendingState } from './frame-receiver.ts'
import { type ChannelElement, RecordBatch } from './record-batch.ts'

/**
 * A channel whose sender waits for credit while hardly anything waits here gets another buffer: the way to and fro takes
 * longer than its frames do. Up to so many, 1 MB with the usual buffers.
 */
const LENT_MAX = 32
/** With so many frames waiting here a channel has more buffers than it needs. */
const FRAMES_ENOUGH = 16
/** While most buffers float only if so many frames pass without a lull: threads pause for a moment, and catch up. */
const FRAMES_WITHOUT_LULL = 256
/** So has one whose sender did not have to wait while it used all of them so many times; one that lacks some waits each time. */
const TIMES_UNHINDERED = 2
/** While most buffers float it may keep them longer: to find out that it needs them after all, its sender has to wait. */
const TIMES_UNHINDERED_IN_PLENTY = 64

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
  readonly #floatingTotal: number
  #floatingBuffers: number
  /** The channel that the latest element came from. */
  lastChannel = -1

  constructor(input: number, exclusiveBuffers: number, floatingBuffers: number) {
    this.input = input
    this.#exclusiveBuffers = exclusiveBuffers
    this.#floatingTotal = floatingBuffers
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

  keep(channel: LendingState): boolean {
    if (channel.buffersHeld <= this.#exclusiveBuffers || channel.backlog > channel.creditOutstanding) return true
    // What one channel does not need lies ready for the others.
    const isPlenty = this.#floatingBuffers * 2 >= this.#floatingTotal
    const times = isPlenty ? TIMES_UNHINDERED_IN_PLENTY : TIMES_UNHINDERED
    const isUnused = channel.framesUnhindered >= times * channel.buffersHeld
    const isFull = channel.framesWaiting >= FRAMES_ENOUGH
    if (!isUnused && !(isFull && (!isPlenty || channel.framesSinceLull >= FRAMES_WITHOUT_LULL))) return true
    this.#floatingBuffers++
    return false
  }

  more(channel: LendingState): number {
    if (channel.framesWaiting >= FRAMES_ENOUGH) return 0
    // One channel never takes all that floats, so that another whose backlog comes next finds some.
    const offered = Math.ceil(this.#floatingBuffers / 2)
    const forBacklog = channel.backlog - channel.creditOutstanding
    const given = Math.max(0, Math.min(Math.max(forBacklog, this.#forHunger(channel)), offered))
    this.#floatingBuffers -= given
    return given
  }

  /** No more than an even share, since what the sender does not use any more stays with it until its next frames. */
  #forHunger(channel: LendingState): number {
    const share = Math.min(LENT_MAX, Math.floor(this.#floatingTotal / this.#channels.length))
    const lent = channel.buffersHeld - this.#exclusiveBuffers
    return channel.framesWaiting <= FRAMES_HARDLY_ANY && lent < share ? 1 : 0
  }
}

const NO_CHANNEL: ChannelReceiver = { hasElement: false, poll: () => undefined }
