import { WeirError } from '../base/errors.ts'
import type { ChannelWriter, WriterOwner } from './channel-writer.ts'
import type { StreamEvent } from './record-batch.ts'
import type { RecordWriter } from './record-writer.ts'

/** All outputs of one subtask: whether they have room, what stands in their overdraft, and what left through which transport. */
export class SubtaskOutputs implements WriterOwner {
  readonly #maxOverdraftBytes: number
  readonly #onChange: (full: boolean) => void
  readonly #channels: ChannelWriter[] = []
  readonly #channelOperators: string[] = []
  readonly #writers: RecordWriter[] = []
  readonly #writerOperators: string[] = []
  #blockedChannels = 0
  #overdraftBytes = 0
  overdraftBytesMax = 0
  /** Events given to the outputs so far. */
  events = 0

  /** `onChange` hears whether some output has no room. */
  constructor(maxOverdraftBytes: number, onChange: (full: boolean) => void) {
    this.#maxOverdraftBytes = maxOverdraftBytes
    this.#onChange = onChange
  }

  /** `operator` is the name of the one whose results go there: errors in sending them name it. */
  addWriter(writer: RecordWriter, channels: readonly ChannelWriter[], operator: string): void {
    this.#writers.push(writer)
    this.#writerOperators.push(operator)
    for (const channel of channels) {
      this.#channels.push(channel)
      this.#channelOperators.push(operator)
    }
  }

  get isFull(): boolean {
    return this.#blockedChannels > 0
  }

  /** Sends what waits for credit; true when all outputs have room again. */
  drain(): boolean {
    if (this.#blockedChannels === 0) return true
    let at = 0
    try {
      for (; at < this.#channels.length; at++) this.#channels[at].drain()
    } catch (error) {
      throw named(error, this.#channelOperators[at])
    }
    return this.#blockedChannels === 0
  }

  /** Sends batches that are not full too, as far as there is credit. */
  flush(): void {
    let at = 0
    try {
      for (; at < this.#channels.length; at++) this.#channels[at].flush()
    } catch (error) {
      throw named(error, this.#channelOperators[at])
    }
  }

  event(event: StreamEvent): void {
    this.events++
    let at = 0
    try {
      for (; at < this.#writers.length; at++) this.#writers[at].event(event)
    } catch (error) {
      throw named(error, this.#writerOperators[at])
    }
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
        `emitted about ${Math.round(this.#overdraftBytes / 1024)} KB at one go while its outputs were full, more than the ${Math.round(this.#maxOverdraftBytes / 1024)} KB that may wait; return the results as an iterable (flatMap pulls it step by step) or emit fewer at once`,
      )
    }
  }
}

/** Batches are encoded when they are sent, often outside of any call of the operator that made their records. */
function named(error: unknown, operator: string): WeirError {
  if (error instanceof WeirError && error.place.operator !== undefined) return error
  const weir = WeirError.from(error)
  const placed = new WeirError(weir.code, `operator '${operator}': ${weir.message}`, {
    cause: weir.cause,
    place: { ...weir.place, operator },
    problems: weir.problems,
  })
  if (weir.stack !== undefined) placed.stack = weir.stack
  return placed
}
