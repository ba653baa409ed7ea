import { WeirError } from '../base/errors.ts'
import type { BatchDecoder } from '../record/batch-codec.ts'
import type { ChannelElement, RecordBatch, StreamEvent } from './record-batch.ts'

/**
 * A payload is what a sender hands over at once: sections of records and events, in order. It travels in one frame, or,
 * when it is larger than a buffer, in several.
 *
 *   section := kind u8, length u32 (little endian), body
 *   records := the batch codec's bytes; watermark := f64; idle, active, end := nothing
 */
const RECORDS = 1
const WATERMARK = 2
const IDLE = 3
const ACTIVE = 4
const END = 5
const SECTION_HEADER = 5

/** Collects the sections of one payload. The bytes are valid until the next `reset`. */
export class PayloadWriter {
  #bytes = new Uint8Array(64 * 1024)
  #view = new DataView(this.#bytes.buffer)
  length = 0

  get bytes(): Uint8Array {
    return this.#bytes
  }

  reset(): void {
    this.length = 0
  }

  records(encoded: Uint8Array): void {
    this.#section(RECORDS, encoded.length)
    this.#bytes.set(encoded, this.length)
    this.length += encoded.length
  }

  event(event: StreamEvent): void {
    switch (event.type) {
      case 'watermark':
        this.#section(WATERMARK, 8)
        this.#view.setFloat64(this.length, event.watermark, true)
        this.length += 8
        return
      case 'idle':
        this.#section(IDLE, 0)
        return
      case 'active':
        this.#section(ACTIVE, 0)
        return
      case 'end':
        this.#section(END, 0)
        return
    }
  }

  #section(kind: number, length: number): void {
    const needed = this.length + SECTION_HEADER + length
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
      larger.set(this.#bytes.subarray(0, this.length))
      this.#bytes = larger
      this.#view = new DataView(larger.buffer)
    }
    this.#view.setUint8(this.length, kind)
    this.#view.setUint32(this.length + 1, length, true)
    this.length += SECTION_HEADER
  }
}

/** Reads the sections of one payload one after the other. Malformed bytes throw PROTOCOL. */
export class PayloadReader {
  #bytes: Uint8Array = new Uint8Array(0)
  #view: DataView = new DataView(this.#bytes.buffer)
  #at = 0
  #end = 0

  open(bytes: Uint8Array, offset: number, length: number): void {
    if (this.#bytes !== bytes) {
      this.#bytes = bytes
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    this.#at = offset
    this.#end = offset + length
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#end
  }

  /** The next element; records are decoded into `batch`. */
  next(decoder: BatchDecoder, batch: RecordBatch): ChannelElement {
    if (this.#end - this.#at < SECTION_HEADER) throw malformed('a section header is cut off')
    const kind = this.#view.getUint8(this.#at)
    const length = this.#view.getUint32(this.#at + 1, true)
    const body = this.#at + SECTION_HEADER
    if (length > this.#end - body) throw malformed(`a section of ${length} bytes is cut off`)
    this.#at = body + length
    switch (kind) {
      case RECORDS:
        batch.renew()
        batch.count = decoder.decode(this.#bytes, body, length, batch.values, batch.timestamps)
        return batch
      case WATERMARK:
        if (length !== 8) throw malformed('a watermark has 8 bytes')
        return { type: 'watermark', watermark: this.#view.getFloat64(body, true) }
      case IDLE:
        return { type: 'idle' }
      case ACTIVE:
        return { type: 'active' }
      case END:
        return { type: 'end' }
      default:
        throw malformed(`unknown section kind ${kind}`)
    }
  }
}

function malformed(what: string): WeirError {
  return new WeirError('PROTOCOL', `a data frame is malformed: ${what}`)
}
