/**
 * MurmurHash3, the 32-bit variant for x86 (Austin Appleby, public domain), of bytes[0, length). Unsigned.
 * It decides which subtask owns a key, in checkpoints too: its results never change.
 */
export function murmur3(bytes: Uint8Array, length: number, seed = 0): number {
  let hash = seed | 0
  const blocksEnd = length & ~3
  for (let at = 0; at < blocksEnd; at += 4) {
    hash = addBlock(hash, bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24))
  }
  let tail = 0
  const rest = length & 3
  if (rest === 3) tail = bytes[blocksEnd + 2]! << 16
  if (rest >= 2) tail |= bytes[blocksEnd + 1]! << 8
  if (rest >= 1) hash ^= mixBlock(tail | bytes[blocksEnd]!)
  return finish(hash, length)
}

/** `murmur3` of the byte `first` and the units of `text` after it, or -1 when `text` is not ASCII. Writes no bytes. */
export function murmur3OfAscii(first: number, text: string): number {
  const length = text.length + 1
  let hash = 0
  let seen = 0
  // Blocks of four bytes; what is left over of the block before is in the low bits of `block`.
  let block = first
  let shift = 8
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    seen |= unit
    block |= unit << shift
    shift += 8
    if (shift === 32) {
      hash = addBlock(hash, block)
      block = 0
      shift = 0
    }
  }
  if (seen >= 0x80) return -1
  if (shift > 0) hash ^= mixBlock(block)
  return finish(hash, length)
}

/** `murmur3` of the byte `first` and an int32 after it, big-endian. Writes no bytes. */
export function murmur3OfInt32(first: number, value: number): number {
  const block = first | ((value >>> 16) & 0xff00) | (value & 0xff0000) | ((value & 0xff00) << 16)
  return finish(addBlock(0, block) ^ mixBlock(value & 0xff), 5)
}

function addBlock(before: number, block: number): number {
  let hash = before ^ mixBlock(block)
  hash = (hash << 13) | (hash >>> 19)
  return (Math.imul(hash, 5) + 0xe6546b64) | 0
}

function mixBlock(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51)
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593)
}

function finish(mixed: number, length: number): number {
  let hash = mixed ^ length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
