import { WeirError } from '../base/errors.ts'

/** No encoded batch or value is larger than this; transports have their own, smaller limit for one record. */
export const ENCODED_BYTES_MAX = 1 << 30
/** A buffer that one huge record made larger than this is given back when the next batch begins. */
const KEPT_BYTES_MAX = 4 << 20

/**
 * A growing scratch buffer with the typed views that encoders write through. The views change when it grows: take them
 * from the fields after every `reserve`, and do not keep them. Its capacity is always a multiple of 8.
 */
export class ByteBuffer {
  bytes: Uint8Array<ArrayBuffer>
  view: DataView<ArrayBuffer>
  float64: Float64Array<ArrayBuffer>
  int32: Int32Array<ArrayBuffer>
  uint32: Uint32Array<ArrayBuffer>
  /** Number of bytes written so far: what growing preserves. */
  position = 0
  readonly #initialBytes: number

  constructor(initialBytes = 1024) {
    this.#initialBytes = (initialBytes + 7) & ~7
    this.bytes = new Uint8Array(this.#initialBytes)
    this.view = new DataView(this.bytes.buffer)
    this.float64 = new Float64Array(this.bytes.buffer)
    this.int32 = new Int32Array(this.bytes.buffer)
    this.uint32 = new Uint32Array(this.bytes.buffer)
  }

  /** Begins anew at position 0. What was written before is no longer valid. */
  reset(): void {
    if (this.bytes.length > KEPT_BYTES_MAX) this.#allocate(this.#initialBytes)
    this.position = 0
  }

  /** Makes room for `count` bytes from `position` on; throws RECORD_TOO_LARGE beyond ENCODED_BYTES_MAX. */
  reserve(count: number): void {
    const needed = this.position + count
    if (needed > this.bytes.length) this.#grow(needed)
  }

  #grow(needed: number): void {
    if (needed > ENCODED_BYTES_MAX) {
      throw new WeirError(
        'RECORD_TOO_LARGE',
        `A record or value takes ${needed} bytes or more when encoded; at most ${ENCODED_BYTES_MAX} are possible. Split it into smaller records.`,
      )
    }
    const old = this.bytes
    this.#allocate((Math.max(needed, old.length * 2) + 7) & ~7)
    this.bytes.set(old.subarray(0, this.position))
  }

  #allocate(size: number): void {
    this.bytes = new Uint8Array(size)
    this.view = new DataView(this.bytes.buffer)
    this.float64 = new Float64Array(this.bytes.buffer)
    this.int32 = new Int32Array(this.bytes.buffer)
    this.uint32 = new Uint32Array(this.bytes.buffer)
  }
}
