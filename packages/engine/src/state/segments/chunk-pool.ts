/**
 * So much is kept for the next snapshot, which is what two files being written and one being encoded take up; the rest is
 * left to the collector.
 */
const KEPT_BYTES_MAX = 64 << 20

const kept = new Map<number, Uint8Array<SharedArrayBuffer>[]>()
let keptBytes = 0

/**
 * Buffers of entries, used again and again. They are shared memory, so that a thread beside the task compresses and writes
 * them without a copy, and since V8 counts other buffers as garbage to come: when some 64 MB of them were made it goes
 * through the whole heap, which takes long where state is large. `bytes` is a power of two; what is in the buffer is not
 * cleared.
 */
export function takeChunk(bytes: number): Uint8Array<SharedArrayBuffer> {
  const chunk = kept.get(bytes)?.pop()
  if (chunk === undefined) return new Uint8Array(new SharedArrayBuffer(bytes))
  keptBytes -= bytes
  return chunk
}

/** Nobody looks at it any more. */
export function giveChunk(chunk: Uint8Array<SharedArrayBuffer>): void {
  if (keptBytes + chunk.length > KEPT_BYTES_MAX) return
  keptBytes += chunk.length
  const same = kept.get(chunk.length)
  if (same === undefined) kept.set(chunk.length, [chunk])
  else same.push(chunk)
}
