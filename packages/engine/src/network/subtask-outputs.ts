import { WeirError } from '../base/errors.ts'
import type { ChannelWriter, WriterOwner } from './channel-writer.ts'
import type { StreamEvent } from './record-batch.ts'
import type { RecordWriter } from './record-writer.ts'

/** All outputs of one subtask: whether they have room, what stands in their overdraft, and what left through which transport. */
export class SubtaskOutputs implements WriterOwner {
  readonly #maxOverdraftBytes: number
  readonly #onChange: (full: boolean) => void
  readonly #channels: ChannelWriter[] = []
  readonly #writers: RecordWriter[] = []
  #blockedChannels = 0
  #overdraftBytes = 0
  overdraftBytesMax = 0

  /** `onChange` hears whether some output has no room. */
  constructor(maxOverdraftBytes: number, onChange: (full: boolean) => void) {
    this.#maxOverdraftBytes = maxOverdraftBytes
    this.#onChange = onChange
  }

  addWriter(writer: RecordWriter, channels: readonly ChannelWriter[]): void {
    this.#writers.push(writer)
    this.#channels.push(...channels)
  }

  get isFull(): boolean {
    return this.#blockedChannels > 0
  }

  /** Sends what waits for credit; true when all outputs have room again. */
  drain(): boolean {
    if (this.#blockedChannels === 0) return true
    for (const channel of this.#channels) channel.drain()
    return this.#blockedChannels === 0
  }

  /** Sends batches that are not full too, as far as there is credit. */
  flush(): void {
    for (const channel of this.#channels) channel.flush()
  }

  event(event: StreamEvent): void {
    for (const writer of this.#writers) writer.event(event)
  }

  sent(): { local: number; ring: number; tcp: number } {
    const sent = { local: 0, ring: 0, tcp: 0 }
    for (const channel of this.#channels) sent[channel.transport] += channel.recordsSent
    return sent
  }

  onBlocked(): void {
    if (this.#blockedChannels++ === 0) this.#onChange(true)
  }

  onUnblocked(): void {
    if (--this.#blockedChannels === 0) this.#onChange(false)
  }

  addOverdraft(bytes: number): void {
    this.#overdraftBytes += bytes
    if (this.#overdraftBytes > this.overdraftBytesMax) this.overdraftBytesMax = this.#overdraftBytes
    if (this.#overdraftBytes > this.#maxOverdraftBytes) {
      throw new WeirError(
        'OVERDRAFT',
        `emitted about ${Math.round(this.#overdraftBytes / 1024)} KB for one input record while its outputs were full, more than the ${Math.round(this.#maxOverdraftBytes / 1024)} KB that may wait; return the results as an iterable (flatMap pulls it step by step) or emit fewer at once`,
      )
    }
  }
}
