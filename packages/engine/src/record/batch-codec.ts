import {
  type BatchHeader,
  BODY,
  emptyHeader,
  HEADER_BYTES,
  readHeader,
  sectionsOf,
  TIMESTAMPS,
  textBytes,
  writeHeader,
} from './batch-layout.ts'
import { ByteBuffer } from './byte-buffer.ts'
import { type ColumnDecoder, type ColumnSource, generateColumnDecoder, interpretDecoder } from './column-decoder.ts'
import { canGenerateCode } from './column-encoder.ts'
import { type CopyBytes, portableCopyBytes } from './copy-bytes.ts'
import { RecordShape } from './record-shape.ts'
import { ShapeMatcher } from './shape-matcher.ts'
import { portableTextCodec, type TextCodec } from './text-codec.ts'
import { timestampEncodingOf } from './timestamp-column.ts'
import { Unsendable } from './unsendable.ts'
import { explainEncoding } from './value-codec.ts'
import { malformed, ValueReader } from './value-reader.ts'
import { ValueWriter } from './value-writer.ts'

/** Decoders are kept for this many shapes; a peer that names more makes the cache start anew. */
const DECODERS_MAX = 256

export interface BatchCodecOptions {
  /** Default: the portable codec. */
  readonly text?: TextCodec
  /** Default: the portable one. Decoders use it; so does whoever moves what an encoder has made. */
  readonly copy?: CopyBytes
  /** Whether to make code for each shape. Default: where the runtime allows it. */
  readonly generate?: boolean
}

/**
 * Encodes batches of records for another thread or process. When all records of a batch have one shape of flat fields
 * they travel as columns (see batch-layout.ts), else one by one in a value block. Either way each batch stands for
 * itself, and records come back as ValueWriter says: equal in every value and in the order of their fields, but class
 * instances as plain objects.
 */
export class BatchEncoder {
  readonly #text: TextCodec
  readonly #matcher: ShapeMatcher
  readonly #values = new ValueWriter()
  readonly #out = new ByteBuffer(64 * 1024)
  readonly #header: BatchHeader = emptyHeader()

  constructor(options: BatchCodecOptions = {}) {
    this.#text = options.text ?? portableTextCodec
    this.#matcher = new ShapeMatcher(this.#values, options.generate ?? canGenerateCode())
  }

  /**
   * Encodes values[0, count) with their timestamps (-Infinity: none). The result is a view on a buffer of the encoder,
   * valid until the next call. Throws RECORD_TYPE, naming the field, for what cannot be sent (functions, symbols,
   * promises, cycles), and RECORD_TOO_LARGE.
   */
  encode(values: readonly unknown[], timestamps: ArrayLike<number>, count: number): Uint8Array {
    try {
      return this.#encode(values, timestamps, count)
    } catch (error) {
      throw error instanceof Unsendable
        ? this.#explain(error, values, count)
        : explainEncoding(error, undefined, 'record')
    }
  }

  #encode(values: readonly unknown[], timestamps: ArrayLike<number>, count: number): Uint8Array {
    const header = this.#header
    header.count = count
    header.timestamps = timestampEncodingOf(timestamps, count)
    header.timestampBase = count === 0 ? 0 : timestamps[0]!
    const out = this.#out
    out.reset()
    const matcher = this.#matcher
    const isColumnar = matcher.encode(values, count, header.timestamps, out)
    if (!isColumnar) this.#writeValues(values, count)
    const { float64, int32, text } = matcher.sections
    if (header.timestamps === TIMESTAMPS.each) {
      for (let i = 0; i < count; i++) out.float64[float64 / 8 + i] = timestamps[i]!
    } else if (header.timestamps === TIMESTAMPS.differences) {
      for (let i = 0; i < count; i++) out.int32[int32 / 4 + i] = timestamps[i]! - header.timestampBase
    }
    out.position = text
    header.body = isColumnar ? BODY.columns : BODY.values
    header.textUnits = matcher.text.length
    header.textIsWide = this.#writeText(matcher.text)
    header.valueTextUnits = this.#values.text.length
    header.valueTextIsWide = this.#writeText(this.#values.text)
    header.descriptorBytes = matcher.descriptor.length
    this.#writeBytes(matcher.descriptor, matcher.descriptor.length)
    header.valueBytes = this.#values.out.position
    this.#writeBytes(this.#values.out.bytes, header.valueBytes)
    writeHeader(out.view, header)
    matcher.forget()
    this.#values.text = ''
    return out.bytes.subarray(0, out.position)
  }

  #writeValues(values: readonly unknown[], count: number): void {
    this.#values.begin()
    for (let i = 0; i < count; i++) this.#values.write(values[i])
  }

  #writeText(text: string): boolean {
    const units = text.length
    if (units === 0) return false
    const out = this.#out
    out.reserve(textBytes(units, false))
    const isWide = !this.#text.writeLatin1(out.bytes, out.position, text)
    if (isWide) {
      out.reserve(textBytes(units, true))
      this.#text.writeUtf16(out.bytes, out.position, text)
    } else if (units % 2 === 1) {
      out.bytes[out.position + units] = 0
    }
    out.position += textBytes(units, isWide)
    return isWide
  }

  #writeBytes(bytes: Uint8Array, length: number): void {
    if (length === 0) return
    const out = this.#out
    out.reserve(length)
    out.bytes.set(length === bytes.length ? bytes : bytes.subarray(0, length), out.position)
    out.position += length
  }

  /** Finds the record at fault, by encoding them one by one. */
  #explain(error: Unsendable, values: readonly unknown[], count: number): unknown {
    for (let i = 0; i < count; i++) {
      this.#values.begin()
      try {
        this.#values.write(values[i])
      } catch (again) {
        return explainEncoding(again, values[i], 'record')
      }
    }
    return explainEncoding(error, undefined, 'record')
  }
}

interface KnownShape {
  readonly shape: RecordShape
  readonly decode: ColumnDecoder
}

/** The inverse of BatchEncoder. */
export class BatchDecoder {
  readonly #text: TextCodec
  readonly #copy: CopyBytes
  readonly #generate: boolean
  /** Batches are copied here first: shared memory could change after the checks, and columns have to be aligned. */
  readonly #own = new ByteBuffer(64 * 1024)
  readonly #header: BatchHeader = emptyHeader()
  readonly #values = new ValueReader()
  readonly #shapes = new Map<string, KnownShape>()

  constructor(options: BatchCodecOptions = {}) {
    this.#text = options.text ?? portableTextCodec
    this.#copy = options.copy ?? portableCopyBytes
    this.#generate = options.generate ?? canGenerateCode()
  }

  /**
   * Decodes the batch at bytes[offset, offset + length), which may be shared memory, into values[0, n) and
   * timestamps[0, n), and returns n. Elements from n on are left as they are. Strings of 13 units and longer are
   * windows on the text of the whole batch: use `detachText` on what is kept for long. Throws PROTOCOL for malformed
   * bytes; what the arrays then hold is undefined. Memory taken is bounded by a small multiple of `length`.
   */
  decode(bytes: Uint8Array, offset: number, length: number, values: unknown[], timestamps: number[]): number {
    if (length < HEADER_BYTES || offset < 0 || length > bytes.length - offset) throw malformed('a batch is too short')
    const own = this.#own
    own.reset()
    own.reserve(length)
    this.#copy(bytes, offset, length, own.bytes, 0)
    const header = this.#header
    readHeader(own.view, header)
    const descriptorAt = length - header.valueBytes - header.descriptorBytes
    if (descriptorAt < HEADER_BYTES) throw malformed('the parts of a batch are longer than the whole')
    const known = header.body === BODY.columns ? this.#shapeAt(descriptorAt, header.descriptorBytes) : undefined
    return this.#decodeBody(known, descriptorAt, length, values, timestamps)
  }

  #decodeBody(
    known: KnownShape | undefined,
    descriptorAt: number,
    length: number,
    values: unknown[],
    timestamps: number[],
  ): number {
    const { bytes, float64, int32, uint32 } = this.#own
    const header = this.#header
    const { count } = header
    const float64Timestamps = header.timestamps === TIMESTAMPS.each ? 1 : 0
    const int32Timestamps = header.timestamps === TIMESTAMPS.differences ? 1 : 0
    const sections = sectionsOf(
      count,
      (known?.shape.float64Columns ?? 0) + float64Timestamps,
      (known?.shape.int32Columns ?? 0) + int32Timestamps,
      known?.shape.byteColumns ?? 0,
    )
    const valueTextAt = sections.text + textBytes(header.textUnits, header.textIsWide)
    const textEnd = valueTextAt + textBytes(header.valueTextUnits, header.valueTextIsWide)
    if (textEnd !== descriptorAt) throw malformed('the parts of a batch do not add up to the whole')
    // From here on the count is bounded: each record takes a byte or more of a column, or of the value block.
    const text = this.#readText(sections.text, header.textUnits, header.textIsWide)
    const valueText = this.#readText(valueTextAt, header.valueTextUnits, header.valueTextIsWide)
    const reader = this.#values
    reader.begin(bytes, length - header.valueBytes, length, valueText)
    if (known === undefined) {
      for (let i = 0; i < count; i++) values[i] = reader.read()
      if (text.length !== 0) throw malformed('there is text that belongs to no record')
    } else {
      const source: ColumnSource = {
        float64,
        float64At: sections.float64 / 8 + float64Timestamps * count,
        int32,
        uint32,
        int32At: sections.int32 / 4 + int32Timestamps * count,
        bytes,
        bytesAt: sections.bytes,
        text,
        values: reader,
      }
      const textUsed = known.decode(values, count, source)
      if (textUsed !== text.length) throw malformed('the strings of a batch are not as long as its text')
    }
    reader.end()
    this.#readTimestamps(sections.float64 / 8, sections.int32 / 4, timestamps)
    return count
  }

  #readText(at: number, units: number, isWide: boolean): string {
    if (units === 0) return ''
    return isWide ? this.#text.readUtf16(this.#own.bytes, at, units) : this.#text.readLatin1(this.#own.bytes, at, units)
  }

  #readTimestamps(float64At: number, int32At: number, timestamps: number[]): void {
    const { count, timestampBase } = this.#header
    const { float64, int32 } = this.#own
    switch (this.#header.timestamps) {
      case TIMESTAMPS.same:
        for (let i = 0; i < count; i++) timestamps[i] = timestampBase
        return
      case TIMESTAMPS.differences:
        for (let i = 0; i < count; i++) timestamps[i] = timestampBase + int32[int32At + i]!
        return
      default:
        for (let i = 0; i < count; i++) timestamps[i] = float64[float64At + i]!
    }
  }

  #shapeAt(at: number, length: number): KnownShape {
    const descriptor = this.#text.readLatin1(this.#own.bytes, at, length)
    let known = this.#shapes.get(descriptor)
    if (known === undefined) {
      const shape = RecordShape.parse(descriptor)
      if (shape === undefined) throw malformed('the shape of a batch is not valid')
      if (this.#shapes.size >= DECODERS_MAX) this.#shapes.clear()
      known = { shape, decode: this.#generate ? generateColumnDecoder(shape) : interpretDecoder(shape) }
      this.#shapes.set(descriptor, known)
    }
    return known
  }
}
