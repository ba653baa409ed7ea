import { Buffer } from 'node:buffer'
import type { CopyBytes } from '@weir/engine/record/copy-bytes'

/** CopyBytes with Node's native copy, which asks nothing of shared memory and alignment. */
export const nodeCopyBytes: CopyBytes = (source, from, length, target, at) => {
  // On the whole of the memory, because Node copies natively only what is a part of its buffer; for all of it, it calls
  // the typed array's `set`, which is what this is here to avoid.
  const start = source.byteOffset + from
  Buffer.from(source.buffer).copy(target, at, start, start + length)
}
