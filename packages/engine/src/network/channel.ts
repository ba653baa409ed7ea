import type { ChannelElement, RecordBatch, StreamEvent } from './record-batch.ts'

export type Transport = 'local' | 'ring' | 'tcp'

/** The sending end of one channel, from one subtask to one other. */
export interface ChannelSender {
  readonly transport: Transport
  /** How many records a batch should have, by the size of the latest ones. */
  readonly batchLimit: number
  /** Whether there is credit for a batch of so many records (0: an event alone). False also while `flush` has work left. */
  canSend(records: number): boolean
  /**
   * Sends the batch, may be empty, and the event after it, in this order. `backlog`: batches that have waited for credit,
   * with this one if it has. Takes the batch over and answers with an empty
   * one for the next records. Call it only after `canSend`. What spans more buffers than there is credit for is kept and
   * sent by `flush`.
   */
  send(batch: RecordBatch, event: StreamEvent | undefined, backlog: number): RecordBatch
  /** Goes on with what is kept. True when nothing is. */
  flush(): boolean
}

/** The receiving end. */
export interface ChannelReceiver {
  /** Whether `poll` would give something now. */
  readonly hasElement: boolean
  /**
   * The next element, or undefined. Records come in `batch` or in a batch of the channel's own; either is valid until the
   * next call to the gate.
   */
  poll(batch: RecordBatch): ChannelElement | undefined
}

/** A receiver tells its gate when its first element arrives after it was empty. */
export interface ReadyListener {
  onReady(): void
}

/** Limits that tests make small. */
export interface ChannelSettings {
  /** Bytes of one buffer (`BUFFER_SIZE`). */
  readonly bufferSize: number
  /** Buffers that each channel owns (`CHANNEL_BUFFERS`). */
  readonly channelBuffers: number
  /** Records that may be under way in one channel with its own buffers (`CREDIT_INITIAL`); buffers lent to it bring more. */
  readonly recordCredit: number
  /** Bytes of one record at most. */
  readonly maxRecordBytes: number
  /** Bytes that one subtask may keep beyond its outputs' credit. */
  readonly maxOverdraftBytes: number
  /** Records of one batch at most, whatever their size; 1 in tests that want every record alone in its buffer. */
  readonly maxBatchRecords: number
}

export const DEFAULT_CHANNEL_SETTINGS: ChannelSettings = {
  bufferSize: 32 * 1024,
  channelBuffers: 2,
  recordCredit: 1024,
  maxRecordBytes: 64 * 1024 * 1024,
  maxOverdraftBytes: 64 * 1024 * 1024,
  maxBatchRecords: 512,
}

/** Size of a record, until the first batch has shown it. */
export const BYTES_PER_RECORD_FIRST = 128

/** The batch size that fills a buffer with records of this size. */
export function batchLimitFor(bytesPerRecord: number, settings: ChannelSettings): number {
  // A little below the buffer, since the next records may be longer than the latest.
  const fitting = Math.floor((settings.bufferSize * 0.94) / Math.max(bytesPerRecord, 1))
  return Math.max(1, Math.min(fitting, settings.recordCredit, settings.maxBatchRecords))
}

/** Records that may be under way with each buffer beyond a channel's own: the share of one of its own. */
export function recordsPerLentBuffer(settings: ChannelSettings): number {
  return Math.min(Math.ceil(settings.recordCredit / settings.channelBuffers), settings.maxBatchRecords)
}
