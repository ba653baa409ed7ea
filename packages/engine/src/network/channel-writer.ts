import type { ChannelSender } from './channel.ts'
import { RecordBatch, type StreamEvent } from './record-batch.ts'
import { estimateBatchBytes, estimateRecordBytes } from './record-size.ts'

/** What the writers of one subtask have in common. */
export interface WriterOwner {
  /** The writer keeps something that its channel has no credit for. */
  onBlocked(): void
  onUnblocked(): void
  /** Bytes beyond the channels' credit; throws OVERDRAFT when there are too many. */
  addOverdraft(bytes: number): void
}

/** A batch whose records are about this large goes at once. */
const BATCH_BYTES_MAX = 1024 * 1024

/** Bytes that an event in the overdraft counts for. */
const EVENT_BYTES = 32

/**
 * Batches the records of one channel. A full batch goes as soon as there is credit; what is written beyond the credit is
 * kept in order (the overdraft) and makes the subtask stop taking input.
 */
export class ChannelWriter {
  readonly #sender: ChannelSender
  readonly #owner: WriterOwner
  #batch = new RecordBatch()
  #limit: number
  /** Batches and events that wait for credit, oldest first; all were written before `#batch`. */
  readonly #waiting: (RecordBatch | StreamEvent)[] = []
  #overdraftBytes = 0
  #blocked = false
  recordsSent = 0

  constructor(sender: ChannelSender, owner: WriterOwner) {
    this.#sender = sender
    this.#owner = owner
    this.#limit = sender.batchLimit
  }

  get transport(): ChannelSender['transport'] {
    return this.#sender.transport
  }

  add(value: unknown, timestamp: number): void {
    const batch = this.#batch
    const count = batch.count
    batch.values[count] = value
    batch.timestamps[count] = timestamp
    batch.count = count + 1
    if (count === 0) this.#limit = this.#limitFor(value)
    if (count + 1 >= this.#limit) this.#onFullBatch()
  }

  event(event: StreamEvent): void {
    if (!this.#blocked && this.#sender.canSend(this.#batch.count)) {
      this.#send(this.#batch, event)
      return
    }
    this.#keepBatch()
    this.#keep(event, EVENT_BYTES)
  }

  /** Sends what it can, a batch that is not full too. True when nothing waits for credit any more. */
  flush(): boolean {
    if (this.#blocked && !this.#drain()) return false
    if (this.#batch.count > 0 && this.#sender.canSend(this.#batch.count)) this.#send(this.#batch, undefined)
    return !this.#blocked
  }

  /** Sends what waits for credit. True when nothing does any more. */
  drain(): boolean {
    return !this.#blocked || this.#drain()
  }

  /** The sender's limit follows the records that were sent; one look at a batch's first keeps large ones from piling up. */
  #limitFor(first: unknown): number {
    const limit = this.#sender.batchLimit
    const bytes = estimateRecordBytes(first)
    return bytes * limit > BATCH_BYTES_MAX ? Math.max(1, Math.floor(BATCH_BYTES_MAX / bytes)) : limit
  }

  #onFullBatch(): void {
    if (!this.#blocked && this.#sender.canSend(this.#batch.count)) {
      this.#send(this.#batch, undefined)
    } else {
      this.#keepBatch()
    }
  }

  #send(batch: RecordBatch, event: StreamEvent | undefined): void {
    this.recordsSent += batch.count
    this.#batch = this.#sender.send(batch, event, this.#waiting.length)
    if (!this.#sender.flush()) this.#block()
  }

  #keepBatch(): void {
    if (this.#batch.count === 0) return
    // By these records, not by those sent before: they may be of another size altogether.
    this.#keep(this.#batch, estimateBatchBytes(this.#batch.values, this.#batch.count))
    this.#batch = new RecordBatch()
  }

  #keep(element: RecordBatch | StreamEvent, bytes: number): void {
    this.#waiting.push(element)
    this.#overdraftBytes += bytes
    this.#block()
    this.#owner.addOverdraft(bytes)
  }

  #block(): void {
    if (this.#blocked) return
    this.#blocked = true
    this.#owner.onBlocked()
  }

  #drain(): boolean {
    if (!this.#sender.flush()) return false
    let sent = 0
    for (; sent < this.#waiting.length; sent++) {
      const element = this.#waiting[sent]
      const batch = element instanceof RecordBatch ? element : new RecordBatch()
      if (!this.#sender.canSend(batch.count)) break
      this.recordsSent += batch.count
      // With itself: a receiver that keeps up lends a sender that had to wait another buffer.
      this.#sender.send(batch, element instanceof RecordBatch ? undefined : element, this.#waiting.length - sent)
    }
    this.#waiting.splice(0, sent)
    if (this.#waiting.length > 0 || !this.#sender.flush()) return false
    this.#owner.addOverdraft(-this.#overdraftBytes)
    this.#overdraftBytes = 0
    this.#blocked = false
    this.#owner.onUnblocked()
    return true
  }
}
