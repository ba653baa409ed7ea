const OBJECT_BYTES = 32
const FIELD_BYTES = 8
const NUMBER_BYTES = 12
/** Nested deeper, or longer, than this is taken as an average of what was seen. */
const DEPTH_MAX = 6
const ELEMENTS_MAX = 64

/** Roughly what a value takes up in the heap. */
export function estimateBytes(value: unknown): number {
  return estimate(value, DEPTH_MAX)
}

function estimate(value: unknown, depth: number): number {
  if (typeof value === 'string') return 16 + value.length
  if (typeof value === 'number' || typeof value === 'bigint') return NUMBER_BYTES
  if (typeof value !== 'object' || value === null) return 0
  if (ArrayBuffer.isView(value)) return OBJECT_BYTES + value.byteLength
  if (depth === 0) return OBJECT_BYTES
  if (Array.isArray(value)) return OBJECT_BYTES + ofMany(value, value.length, depth)
  if (value instanceof Set) return OBJECT_BYTES + ofMany(value, value.size, depth)
  if (value instanceof Map) return OBJECT_BYTES + ofMany(value.entries(), value.size, depth)
  let bytes = OBJECT_BYTES
  const fields = value as Record<string, unknown>
  for (const name in fields) {
    const held = fields[name]
    bytes += FIELD_BYTES + (typeof held === 'number' ? NUMBER_BYTES : estimate(held, depth - 1))
  }
  return bytes
}

function ofMany(items: Iterable<unknown>, count: number, depth: number): number {
  let seen = 0
  let bytes = 0
  for (const item of items) {
    if (seen === ELEMENTS_MAX) break
    seen++
    bytes += FIELD_BYTES + estimate(item, depth - 1)
  }
  return seen === 0 ? 0 : (bytes / seen) * count
}
