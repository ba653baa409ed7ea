import { assert } from '../base/assert.ts'
import {
  BYTES_PER_RECORD_FIRST,
  batchLimitFor,
  type ChannelReceiver,
  type ChannelSender,
  type ChannelSettings,
  type ReadyListener,
} from './channel.ts'
import type { LocalExchange } from './local-exchange.ts'
import { type ChannelElement, RecordBatch, type StreamEvent } from './record-batch.ts'
import { estimateRecordBytes } from './record-size.ts'

/** Events that wait beside the batches; a receiver that stands still must not let them pile up. */
const EVENTS_QUEUED_MAX = 64

/**
 * A channel between two subtasks of one thread: batches change hands by reference, nothing is copied. A batch stands for
 * a buffer in the channel's credit, and is kept to about a buffer's size.
 */
export class LocalChannel implements ChannelSender, ChannelReceiver {
  readonly transport = 'local'
  readonly #settings: ChannelSettings
  readonly #exchange: LocalExchange | undefined
  readonly #queue: ChannelElement[] = []
  readonly #spare: RecordBatch[] = []
  #listener: ReadyListener | undefined
  #batchesQueued = 0
  #recordsQueued = 0
  #lent: RecordBatch | undefined
  batchLimit: number

  /** With an `exchange`, records are what they would be had they been sent to another slot. */
  constructor(settings: ChannelSettings, exchange?: LocalExchange) {
    this.#settings = settings
    this.#exchange = exchange
    this.batchLimit = batchLimitFor(BYTES_PER_RECORD_FIRST, settings)
  }

  listen(listener: ReadyListener): void {
    this.#listener = listener
    if (this.hasElement) listener.onReady()
  }

  canSend(records: number): boolean {
    return (
      this.#batchesQueued < this.#settings.channelBuffers &&
      this.#queue.length - this.#batchesQueued < EVENTS_QUEUED_MAX &&
      (records === 0 || this.#recordsQueued + records <= this.#settings.recordCredit)
    )
  }

  send(batch: RecordBatch, event: StreamEvent | undefined): RecordBatch {
    const wasEmpty = this.#queue.length === 0
    let next = batch
    if (batch.count > 0) {
      this.#exchange?.carry(batch)
      this.batchLimit = batchLimitFor(estimateRecordBytes(batch.values[batch.count - 1]), this.#settings)
      this.#queue.push(batch)
      this.#batchesQueued++
      this.#recordsQueued += batch.count
      next = this.#spare.pop() ?? new RecordBatch()
    }
    if (event !== undefined) this.#queue.push(event)
    if (wasEmpty && this.#queue.length > 0) this.#listener?.onReady()
    return next
  }

  flush(): boolean {
    return true
  }

  get hasElement(): boolean {
    return this.#queue.length > 0
  }

  poll(): ChannelElement | undefined {
    this.#takeBack()
    const element = this.#queue.shift()
    if (element instanceof RecordBatch) {
      assert(this.#batchesQueued > 0, 'a local channel lost count of its batches')
      this.#batchesQueued--
      this.#recordsQueued -= element.count
      this.#lent = element
    }
    return element
  }

  #takeBack(): void {
    if (this.#lent === undefined) return
    this.#lent.clear()
    if (this.#spare.length < this.#settings.channelBuffers + 1) this.#spare.push(this.#lent)
    this.#lent = undefined
  }
}
