import { WeirError } from '../base/errors.ts'
import type { BatchDecoder } from '../record/batch-codec.ts'
import type { BufferPool } from './buffer-pool.ts'
import type { ChannelReceiver, ReadyListener } from './channel.ts'
import { FRAME_FIRST, FRAME_LAST, type FrameDescriptor } from './descriptor-ring.ts'
import { PayloadReader } from './payload.ts'
import type { ChannelElement, RecordBatch } from './record-batch.ts'

/** Gives credit for one channel back to its sender, wherever that is. */
export interface CreditReturn {
  give(buffers: number, records: number): void
}

/** Shares the floating buffers of a gate out among its channels. */
export interface FloatingBuffers {
  /** A buffer of the channel is free again. True: the channel may give it as credit once more. */
  keep(channel: LendingState): boolean
  /** The sender had to wait for credit. Answers how many more buffers the channel gets. */
  more(channel: LendingState): number
}

/** With so few frames waiting a receiver has nearly caught up with its sender. */
export const FRAMES_HARDLY_ANY = 4

/** What decides whether a channel gets or keeps buffers beyond its own. */
export interface LendingState {
  /** Buffers given as credit or holding frames. */
  readonly buffersHeld: number
  /** Buffers given as credit for which no frame has come yet: they are at the sender, or under way. */
  readonly creditOutstanding: number
  /** Frames that have come and were not opened yet. */
  readonly framesWaiting: number
  /** Batches that had waited for credit when the latest frame was sent, its own among them. */
  readonly backlog: number
  /** Frames in a row that did not wait for credit, since the last buffer was given up. */
  readonly framesUnhindered: number
  /** Frames opened since hardly any waited. */
  readonly framesSinceLull: number
}

/** Takes the frames of one channel in, and gives out the elements in them. */
export class FrameReceiver implements ChannelReceiver, LendingState {
  readonly channel: number
  readonly #pool: BufferPool
  readonly #decoder: BatchDecoder
  readonly #credit: CreditReturn
  readonly #floating: FloatingBuffers
  readonly #listener: ReadyListener
  readonly #maxPayloadBytes: number
  /** Frames whose bytes are still in their buffers: at most as many as credit was given for. */
  readonly #frames: { buffer: number; length: number; flags: number; records: number }[] = []
  readonly #reader = new PayloadReader()
  /** Buffer that the reader is in; -1 when the payload was put together from several, or there is none. */
  #readingBuffer = -1
  #parts: Uint8Array[] = []
  #partsBytes = 0
  #nextSequence = 0
  /** Records of frames that were opened, to be given back with the next buffer: one word to the sender for both. */
  #recordsDue = 0
  /** Records that a buffer beyond the channel's own brings with it. */
  readonly #recordsPerLent: number
  /** Records of lent buffers that are gone: so many are not given back. */
  #recordsOwed = 0
  buffersHeld: number
  creditOutstanding: number
  backlog = 0
  framesUnhindered = 0
  framesSinceLull = 0

  constructor(parts: {
    channel: number
    pool: BufferPool
    decoder: BatchDecoder
    credit: CreditReturn
    floating: FloatingBuffers
    listener: ReadyListener
    buffersHeld: number
    recordsPerLent: number
    maxPayloadBytes: number
  }) {
    this.channel = parts.channel
    this.#pool = parts.pool
    this.#decoder = parts.decoder
    this.#credit = parts.credit
    this.#floating = parts.floating
    this.#listener = parts.listener
    this.buffersHeld = parts.buffersHeld
    this.creditOutstanding = parts.buffersHeld
    this.#recordsPerLent = parts.recordsPerLent
    this.#maxPayloadBytes = parts.maxPayloadBytes
  }

  /** A frame has arrived; its buffer now belongs to this channel. */
  onFrame(frame: FrameDescriptor): void {
    if (frame.sequence !== this.#nextSequence) {
      throw new WeirError(
        'PROTOCOL',
        `channel ${this.channel}: frame ${frame.sequence} came where ${this.#nextSequence} was due`,
      )
    }
    this.#nextSequence = (this.#nextSequence + 1) | 0
    if (frame.length <= 0) throw new WeirError('PROTOCOL', `channel ${this.channel}: a frame is empty`)
    const wasEmpty = !this.hasElement
    this.creditOutstanding--
    this.#frames.push({ buffer: frame.buffer, length: frame.length, flags: frame.flags, records: frame.records })
    this.backlog = frame.backlog
    if (frame.backlog > 0) {
      this.framesUnhindered = 0
      const more = this.#floating.more(this)
      if (more > 0) {
        this.buffersHeld += more
        this.creditOutstanding += more
        this.#credit.give(more, this.#withoutOwed(more * this.#recordsPerLent))
      }
    } else {
      this.framesUnhindered++
    }
    if (wasEmpty) this.#listener.onReady()
  }

  get framesWaiting(): number {
    return this.#frames.length
  }

  get hasElement(): boolean {
    return this.#frames.length > 0 || !this.#reader.isAtEnd
  }

  poll(batch: RecordBatch): ChannelElement | undefined {
    while (this.#reader.isAtEnd) {
      const frame = this.#frames.shift()
      if (frame === undefined) return undefined
      this.#open(frame)
    }
    const element = this.#reader.next(this.#decoder, batch)
    if (this.#reader.isAtEnd && this.#readingBuffer >= 0) {
      this.#release(this.#readingBuffer)
      this.#readingBuffer = -1
    }
    return element
  }

  #open(frame: { buffer: number; length: number; flags: number; records: number }): void {
    const offset = this.#pool.offsetOf(frame.buffer)
    if (((frame.flags & FRAME_FIRST) !== 0) !== (this.#parts.length === 0)) {
      throw new WeirError('PROTOCOL', `channel ${this.channel}: a payload of several frames is out of order`)
    }
    this.framesSinceLull = this.#frames.length <= FRAMES_HARDLY_ANY ? 0 : this.framesSinceLull + 1
    this.#recordsDue += frame.records
    if (frame.flags === (FRAME_FIRST | FRAME_LAST)) {
      this.#readingBuffer = frame.buffer
      this.#reader.open(this.#pool.bytes, offset, frame.length)
      return
    }
    this.#partsBytes += frame.length
    if (this.#partsBytes > this.#maxPayloadBytes) {
      throw new WeirError('PROTOCOL', `channel ${this.channel}: a payload has more than ${this.#maxPayloadBytes} bytes`)
    }
    this.#parts.push(this.#pool.bytes.slice(offset, offset + frame.length))
    this.#release(frame.buffer)
    if ((frame.flags & FRAME_LAST) === 0) return
    const whole = new Uint8Array(this.#partsBytes)
    let at = 0
    for (const part of this.#parts) {
      whole.set(part, at)
      at += part.length
    }
    this.#parts = []
    this.#partsBytes = 0
    this.#reader.open(whole, 0, whole.length)
  }

  #release(buffer: number): void {
    // The buffer goes back before the credit for it does: whoever has credit finds a buffer.
    this.#pool.release(buffer)
    const isKept = this.#floating.keep(this)
    if (isKept) {
      this.creditOutstanding++
    } else {
      this.buffersHeld--
      this.framesUnhindered = 0
      this.#recordsOwed += this.#recordsPerLent
    }
    const records = this.#withoutOwed(this.#recordsDue)
    this.#recordsDue = 0
    if (isKept || records > 0) this.#credit.give(isKept ? 1 : 0, records)
  }

  #withoutOwed(records: number): number {
    const withheld = Math.min(this.#recordsOwed, records)
    this.#recordsOwed -= withheld
    return records - withheld
  }
}
