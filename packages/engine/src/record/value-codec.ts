import { WeirError } from '../base/errors.ts'
import { ByteBuffer } from './byte-buffer.ts'
import { portableTextCodec, type TextCodec } from './text-codec.ts'
import { explainUnsendable, Unsendable } from './unsendable.ts'
import { malformed, ValueReader } from './value-reader.ts'
import { ValueWriter } from './value-writer.ts'

/**
 * One arbitrary value to bytes and back: for snapshots of state and for committables. The layout is a varint of
 * 2 × text units + (1 if the text is UTF-16, 0 if latin1), the text, and the value (value-tags.ts). It is stored in
 * checkpoints, so every later version must read it. ValueWriter says what comes back and how.
 */
export class ValueCodec {
  readonly #text: TextCodec
  readonly #writer = new ValueWriter()
  readonly #reader = new ValueReader()
  readonly #out = new ByteBuffer()

  constructor(text: TextCodec = portableTextCodec) {
    this.#text = text
  }

  /** Bytes of its own. Throws RECORD_TYPE, naming the field, for functions, symbols, promises, cycles and their kin. */
  encode(value: unknown): Uint8Array<ArrayBuffer> {
    return this.encodeView(value).slice()
  }

  /** The same as a view that is valid until the next value is encoded: for who copies it at once. */
  encodeView(value: unknown): Uint8Array<ArrayBuffer> {
    const writer = this.#writer
    writer.begin()
    try {
      writer.write(value)
    } catch (error) {
      throw explainEncoding(error, value, 'value')
    }
    const { text } = writer
    const out = this.#out
    out.reset()
    out.reserve(5 + 2 * text.length + writer.out.position)
    const headerBytes = varintBytes(2 * text.length)
    const wide = !this.#text.writeLatin1(out.bytes, headerBytes, text)
    if (wide) this.#text.writeUtf16(out.bytes, headerBytes, text)
    writeVarint(out.bytes, 2 * text.length + (wide ? 1 : 0))
    const bodyAt = headerBytes + (wide ? 2 : 1) * text.length
    const size = bodyAt + writer.out.position
    out.bytes.set(writer.out.bytes.subarray(0, writer.out.position), bodyAt)
    writer.text = ''
    return out.bytes.subarray(0, size)
  }

  /** The inverse of `encode`. `bytes` may be a view on shared memory. Throws PROTOCOL for bytes that are not a value. */
  decode(bytes: Uint8Array): unknown {
    // Copying also takes care that nobody changes the bytes after their lengths were checked.
    const own = bytes.buffer instanceof ArrayBuffer ? bytes : new Uint8Array(bytes)
    let header = 0
    let at = 0
    for (let shift = 0; ; shift += 7) {
      const byte = own[at++]
      if (byte === undefined || shift > 28) throw malformed('the length of the text is missing')
      header += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) break
    }
    const wide = header % 2 === 1
    const units = Math.floor(header / 2)
    const textBytes = wide ? 2 * units : units
    if (textBytes > own.length - at) throw malformed('the text is longer than the bytes')
    const text = wide ? this.#text.readUtf16(own, at, units) : this.#text.readLatin1(own, at, units)
    this.#reader.begin(own, at + textBytes, own.length, text)
    const value = this.#reader.read()
    this.#reader.end()
    return value
  }
}

/** What an encoder throws for what it caught while it wrote `value`, which messages call `name`. */
export function explainEncoding(error: unknown, value: unknown, name: string): unknown {
  if (error instanceof Unsendable) return explainUnsendable(value, name, error)
  if (error instanceof RangeError) {
    const message = `A ${name} holds more text than a string of the runtime can hold. Split it into smaller ones.`
    return new WeirError('RECORD_TOO_LARGE', message, { cause: error })
  }
  return error
}

function varintBytes(value: number): number {
  let count = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) count++
  return count
}

function writeVarint(target: Uint8Array, value: number): void {
  let at = 0
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) target[at++] = (rest % 0x80) | 0x80
  target[at] = rest
}

const shared = new ValueCodec()

/** `ValueCodec.encode` with the portable text codec. */
export function encodeValue(value: unknown): Uint8Array<ArrayBuffer> {
  return shared.encode(value)
}

/** `ValueCodec.encodeView` with the portable text codec. */
export function encodeValueView(value: unknown): Uint8Array<ArrayBuffer> {
  return shared.encodeView(value)
}

/** `ValueCodec.decode` with the portable text codec. */
export function decodeValue(bytes: Uint8Array): unknown {
  return shared.decode(bytes)
}
