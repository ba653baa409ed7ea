import { type BatchCodecOptions, BatchDecoder, BatchEncoder } from '../record/batch-codec.ts'
import type { ChannelSettings } from './channel.ts'
import type { RecordBatch } from './record-batch.ts'
import { recordTooLarge } from './record-size.ts'

/** Deeper records are left to the codec, which knows how deep is too deep. */
const DEPTH_MAX = 16
/**
 * No more bytes than this does the codec take for one unit of a text, or for one value with all that belongs to it. So a
 * record with fewer units and values than the limit has bytes, divided by this, is within the limit.
 */
const BYTES_PER_UNIT_MAX = 32
/** Larger ones may have any size. */
const BIGINT_MAX = 1n << 64n

/**
 * Makes records that stay in the thread go through what they would go through between two slots: what cannot be sent is
 * refused with the codec's own error, and what arrives as something else (an instance of a class as a plain object) does
 * so here too. So a job that runs in one process does not fail, or behave in another way, when slots are apart.
 *
 * Invariant: a record of plain data would come back equal, so it is looked through and passed on as it is, which takes a
 * few ns for each field; only the others are encoded and decoded. (Encoding all of them made counting words take 18 %
 * longer, encoding and decoding 28 %.)
 */
export class LocalExchange {
  readonly #settings: ChannelSettings
  readonly #encoder: BatchEncoder
  readonly #decoder: BatchDecoder
  readonly #value: unknown[] = []
  readonly #timestamp: number[] = []

  constructor(settings: ChannelSettings, codec: BatchCodecOptions) {
    this.#settings = settings
    this.#encoder = new BatchEncoder(codec)
    this.#decoder = new BatchDecoder(codec)
  }

  /** Replaces the records that change on their way. Throws RECORD_TYPE and RECORD_TOO_LARGE. */
  carry(batch: RecordBatch): void {
    const { values, count } = batch
    const budget = this.#settings.maxRecordBytes / BYTES_PER_UNIT_MAX
    for (let i = 0; i < count; i++) {
      if (budgetLeft(values[i], budget, 0) < 0) values[i] = this.#throughCodec(values[i])
    }
  }

  #throughCodec(value: unknown): unknown {
    this.#value[0] = value
    this.#timestamp[0] = 0
    const encoded = this.#encoder.encode(this.#value, this.#timestamp, 1)
    const { maxRecordBytes } = this.#settings
    if (encoded.length > maxRecordBytes) throw recordTooLarge(value, encoded.length, maxRecordBytes)
    this.#decoder.decode(encoded, 0, encoded.length, this.#value, this.#timestamp)
    const decoded = this.#value[0]
    this.#value[0] = undefined
    return decoded
  }
}

/**
 * What is left of `budget` (units of text, and values) after a record that the codec would certainly give back as it is:
 * primitive values and dates in plain objects and arrays. Below 0: it has more, or is not of that kind.
 */
function budgetLeft(value: unknown, budget: number, depth: number): number {
  switch (typeof value) {
    case 'string':
      return budget - 1 - value.length
    case 'number':
    case 'boolean':
    case 'undefined':
      return budget - 1
    case 'bigint':
      return value > -BIGINT_MAX && value < BIGINT_MAX ? budget - 1 : -1
    case 'object':
      break
    default:
      return -1
  }
  if (value === null) return budget - 1
  if (depth === DEPTH_MAX || budget < 0) return -1
  const prototype = Object.getPrototypeOf(value)
  let left = budget - 1
  if (prototype === Object.prototype) {
    for (const name in value) {
      const field = (value as Record<string, unknown>)[name]
      left -= 1 + name.length
      if (typeof field === 'string') left -= field.length
      else if (typeof field !== 'number') left = budgetLeft(field, left, depth + 1)
      if (left < 0) return -1
    }
    return left
  }
  if (prototype === Date.prototype) return left
  if (prototype !== Array.prototype) return -1
  for (let i = 0; i < (value as unknown[]).length && left >= 0; i++) {
    left = budgetLeft((value as unknown[])[i], left, depth + 1)
  }
  return left
}
