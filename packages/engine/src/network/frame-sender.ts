import { assert } from '../base/assert.ts'
import type { BatchEncoder } from '../record/batch-codec.ts'
import type { CopyBytes } from '../record/copy-bytes.ts'
import type { BufferPool } from './buffer-pool.ts'
import {
  BYTES_PER_RECORD_FIRST,
  batchLimitFor,
  type ChannelSender,
  type ChannelSettings,
  type Transport,
} from './channel.ts'
import type { CollectedRings } from './collected-rings.ts'
import type { CreditTable, OutputBufferQuota } from './credit.ts'
import { type DescriptorRing, FRAME_FIRST, FRAME_LAST, newFrameDescriptor } from './descriptor-ring.ts'
import type { PayloadWriter } from './payload.ts'
import type { RecordBatch, StreamEvent } from './record-batch.ts'
import { recordTooLarge } from './record-size.ts'

export interface FrameSenderParts {
  readonly channel: number
  readonly transport: Transport
  readonly settings: ChannelSettings
  readonly pool: BufferPool
  readonly credits: CreditTable
  /** To the receiving slot, or to the network thread. */
  readonly ring: DescriptorRing
  readonly rings: CollectedRings
  /** Bounds the buffers that wait for the network; absent within a TaskManager, where the receiver's credit bounds them. */
  readonly quota: OutputBufferQuota | undefined
  readonly encoder: BatchEncoder
  /** Shared by the senders of a slot: between two calls nothing of a channel is in it. */
  readonly payload: PayloadWriter
  readonly copy: CopyBytes
}

/** Sends payloads as frames in pooled buffers, one credit each, to another slot or another TaskManager. */
export class FrameSender implements ChannelSender {
  readonly transport: Transport
  readonly #parts: FrameSenderParts
  readonly #frame = newFrameDescriptor()
  #sequence = 0
  batchLimit: number
  /** Rest of a payload that spans more buffers than there was credit for. */
  #kept: Uint8Array | undefined

  constructor(parts: FrameSenderParts) {
    this.#parts = parts
    this.transport = parts.transport
    this.#frame.channel = parts.channel
    this.batchLimit = batchLimitFor(BYTES_PER_RECORD_FIRST, parts.settings)
  }

  canSend(records: number): boolean {
    const { credits, channel, quota } = this.#parts
    return (
      this.#kept === undefined &&
      credits.buffers(channel) > 0 &&
      (records === 0 || credits.records(channel) >= records) &&
      (quota === undefined || quota.available > 0)
    )
  }

  send(batch: RecordBatch, event: StreamEvent | undefined, backlog: number): RecordBatch {
    const { payload, credits, channel, settings } = this.#parts
    const records = batch.count
    payload.reset()
    if (records > 0) {
      this.#encode(batch.values, batch.timestamps, records)
      credits.take(channel, 0, records)
      this.batchLimit = batchLimitFor(payload.length / records, settings)
      batch.renew()
    }
    if (event !== undefined) payload.event(event)
    this.#frame.backlog = backlog
    const sent = this.#frames(payload.bytes, payload.length, FRAME_FIRST, records)
    if (sent < payload.length) this.#kept = payload.bytes.slice(sent, payload.length)
    return batch
  }

  flush(): boolean {
    if (this.#kept === undefined) return true
    const sent = this.#frames(this.#kept, this.#kept.length, 0, 0)
    this.#kept = sent < this.#kept.length ? this.#kept.subarray(sent) : undefined
    return this.#kept === undefined
  }

  /** Sends as much as there is credit for; answers how many bytes that was. */
  #frames(bytes: Uint8Array, length: number, firstFlag: number, records: number): number {
    const { pool, credits, channel, ring, quota, rings, copy } = this.#parts
    const frame = this.#frame
    let sent = 0
    let flag = firstFlag
    while (sent < length && credits.buffers(channel) > 0 && (quota === undefined || quota.available > 0)) {
      const buffer = pool.acquire()
      assert(buffer >= 0, 'the buffer pool is empty though there is credit')
      const chunk = Math.min(pool.bufferSize, length - sent)
      copy(bytes, sent, chunk, pool.bytes, pool.offsetOf(buffer))
      credits.take(channel, 1, 0)
      quota?.take()
      sent += chunk
      frame.buffer = buffer
      frame.length = chunk
      frame.flags = flag | (sent === length ? FRAME_LAST : 0)
      frame.records = flag === FRAME_FIRST ? records : 0
      frame.sequence = this.#sequence
      this.#sequence = (this.#sequence + 1) | 0
      ring.push(frame)
      const left = credits.buffers(channel)
      rings.note(quota === undefined ? left : Math.min(left, quota.available))
      flag = 0
    }
    return sent
  }

  /** One section for all records; for very large ones a section each half, down to the single record that is too large. */
  #encode(values: readonly unknown[], timestamps: readonly number[], count: number): void {
    const { encoder, payload, settings } = this.#parts
    const encoded = encoder.encode(values, timestamps, count)
    if (encoded.length <= settings.maxRecordBytes) {
      payload.records(encoded)
      return
    }
    if (count === 1) throw recordTooLarge(values[0], encoded.length, settings.maxRecordBytes)
    const half = count >> 1
    this.#encode(values.slice(0, half), timestamps.slice(0, half), half)
    this.#encode(values.slice(half, count), timestamps.slice(half, count), count - half)
  }
}
