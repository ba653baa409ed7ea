import { keyGroupOf, subtaskOfKeyGroup } from '../record/key-group.ts'
import type { ChannelWriter } from './channel-writer.ts'
import type { StreamEvent } from './record-batch.ts'

/** The end of a chain: gives each record of one output to the channels of one edge. */
export interface RecordWriter {
  emit(value: unknown, timestamp: number): void
  /** Events go to every channel. */
  event(event: StreamEvent): void
}

/** One consumer, or one per record in turn: forward, rebalance, rescale. */
export class RoundRobinWriter implements RecordWriter {
  readonly #channels: readonly ChannelWriter[]
  #next: number

  /** `first` spreads the beginnings of parallel producers over the consumers. */
  constructor(channels: readonly ChannelWriter[], first: number) {
    this.#channels = channels
    this.#next = first % channels.length
  }

  emit(value: unknown, timestamp: number): void {
    const channel = this.#channels[this.#next]
    this.#next = this.#next + 1 === this.#channels.length ? 0 : this.#next + 1
    channel.add(value, timestamp)
  }

  event(event: StreamEvent): void {
    for (const channel of this.#channels) channel.event(event)
  }
}

export class ForwardWriter implements RecordWriter {
  readonly #channel: ChannelWriter

  constructor(channel: ChannelWriter) {
    this.#channel = channel
  }

  emit(value: unknown, timestamp: number): void {
    this.#channel.add(value, timestamp)
  }

  event(event: StreamEvent): void {
    this.#channel.event(event)
  }
}

export class BroadcastWriter implements RecordWriter {
  readonly #channels: readonly ChannelWriter[]

  constructor(channels: readonly ChannelWriter[]) {
    this.#channels = channels
  }

  emit(value: unknown, timestamp: number): void {
    for (const channel of this.#channels) channel.add(value, timestamp)
  }

  event(event: StreamEvent): void {
    for (const channel of this.#channels) channel.event(event)
  }
}

/** Records of one key group always go to the subtask that owns it. */
export class HashWriter implements RecordWriter {
  readonly #channels: readonly ChannelWriter[]
  readonly #ownerOfKeyGroup: readonly ChannelWriter[]
  /** Where there is one subtask, nobody asks for the key group. */
  readonly #only: ChannelWriter | undefined
  readonly #keyOf: (value: unknown) => unknown
  readonly #maxParallelism: number
  readonly #refused: (error: unknown) => unknown

  /** `refused` makes the error for what cannot be a key: it knows whose key it is. */
  constructor(
    channels: readonly ChannelWriter[],
    keyOf: (value: unknown) => unknown,
    maxParallelism: number,
    refused: (error: unknown) => unknown = error => error,
  ) {
    this.#channels = channels
    this.#only = channels.length === 1 ? channels[0] : undefined
    this.#keyOf = keyOf
    this.#maxParallelism = maxParallelism
    this.#refused = refused
    this.#ownerOfKeyGroup = Array.from(
      { length: maxParallelism },
      (_, keyGroup) => channels[subtaskOfKeyGroup(keyGroup, maxParallelism, channels.length)],
    )
  }

  emit(value: unknown, timestamp: number): void {
    let owner: ChannelWriter
    try {
      const key = this.#keyOf(value)
      // What may be no key is looked at in any case.
      if (this.#only !== undefined && (typeof key === 'string' || Number.isInteger(key))) owner = this.#only
      else owner = this.#ownerOfKeyGroup[keyGroupOf(key, this.#maxParallelism)]
    } catch (error) {
      throw this.#refused(error)
    }
    owner.add(value, timestamp)
  }

  event(event: StreamEvent): void {
    for (const channel of this.#channels) channel.event(event)
  }
}
