import { WeirError } from '../base/errors.ts'
import { recordText } from '../base/record-text.ts'

/**
 * What a record takes up in memory, roughly and cheaply: good enough to keep batches near a buffer's size and to bound the
 * overdraft. Looks two levels deep and at no more than a few dozen fields.
 */
export function estimateRecordBytes(value: unknown, depth = 0): number {
  switch (typeof value) {
    case 'string':
      return 16 + value.length
    case 'number':
    case 'boolean':
    case 'undefined':
      return 8
    case 'bigint':
      return 24
    case 'object':
      break
    default:
      return 16
  }
  if (value === null) return 8
  if (ArrayBuffer.isView(value)) return 64 + value.byteLength
  if (depth > 2) return 64
  let bytes = 24
  let seen = 0
  if (Array.isArray(value)) {
    for (const item of value) {
      bytes += 8 + estimateRecordBytes(item, depth + 1)
      if (++seen === 32) return (bytes / 32) * value.length
    }
    return bytes
  }
  const fields = value as Record<string, unknown>
  for (const key in fields) {
    const held = fields[key]
    bytes += 8 + (typeof held === 'number' ? 8 : estimateRecordBytes(held, depth + 1))
    if (++seen === 64) return bytes * 2
  }
  return bytes
}

/** Records of a batch that are looked at. */
const SAMPLES = 16

/** What the first `count` records take up, by a sample of them. */
export function estimateBatchBytes(values: readonly unknown[], count: number): number {
  const every = Math.max(1, Math.floor(count / SAMPLES))
  let bytes = 0
  let seen = 0
  for (let i = 0; i < count; i += every) {
    bytes += estimateRecordBytes(values[i])
    seen++
  }
  return seen === 0 ? 0 : (bytes / seen) * count
}

/** For a record that takes up `bytes` encoded, where `limit` are allowed. */
export function recordTooLarge(record: unknown, bytes: number, limit: number): WeirError {
  return new WeirError(
    'RECORD_TOO_LARGE',
    `a record of ${bytes} bytes is larger than the ${limit} bytes that a record may have; split it into several records`,
    { place: { record: recordText(record) } },
  )
}
