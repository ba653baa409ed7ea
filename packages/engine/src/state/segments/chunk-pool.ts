/** So much is kept for the next snapshot; the rest is left to the collector. */
const KEPT_BYTES_MAX = 32 << 20

const kept = new Map<number, Uint8Array<ArrayBuffer>[]>()
let keptBytes = 0

/**
 * Buffers of entries, used again and again: their memory is outside of the heap, and when enough of it was given up the
 * collector goes through the whole heap, which takes long where state is large. `bytes` is a power of two; what is in the
 * buffer is not cleared.
 */
export function takeChunk(bytes: number): Uint8Array<ArrayBuffer> {
  const chunk = kept.get(bytes)?.pop()
  if (chunk === undefined) return new Uint8Array(bytes)
  keptBytes -= bytes
  return chunk
}

/** Nobody looks at it any more. */
export function giveChunk(chunk: Uint8Array<ArrayBuffer>): void {
  if (keptBytes + chunk.length > KEPT_BYTES_MAX) return
  keptBytes += chunk.length
  const same = kept.get(chunk.length)
  if (same === undefined) kept.set(chunk.length, [chunk])
  else same.push(chunk)
}
