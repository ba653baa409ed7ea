/**
 * Records with their timestamps, as they travel between subtasks of one thread and as a decoded frame presents them. The
 * arrays may be longer than `count`; what lies beyond is left from earlier use.
 */
export class RecordBatch {
  values: unknown[] = []
  timestamps: number[] = []
  count = 0

  add(value: unknown, timestamp: number): void {
    this.values[this.count] = value
    this.timestamps[this.count] = timestamp
    this.count++
  }

  /** Forgets the records, and lets go of what they refer to. */
  clear(): void {
    this.values.length = 0
    // Timestamps refer to nothing: the array keeps its memory for the next ones.
    this.count = 0
  }

  /**
   * Forgets the records, and makes room for about as many in a new array. What is written to one that has lived for long
   * is noted for the garbage collector, record by record, and an emptied one has to grow again.
   */
  renew(): void {
    this.values = new Array(this.count)
    this.count = 0
  }
}

/** What travels in a channel beside records, in order with them. */
export type StreamEvent =
  /** No record with a timestamp ≤ `watermark` will come in this channel. */
  | { readonly type: 'watermark'; readonly watermark: number }
  /** While a channel is idle its watermark holds nobody back. A record makes it active again, and so does `active`. */
  | { readonly type: 'idle' }
  | { readonly type: 'active' }
  /** Nothing will come any more. */
  | { readonly type: 'end' }

/** One element that an input gate hands to its subtask. */
export type ChannelElement = RecordBatch | StreamEvent
