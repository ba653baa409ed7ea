/** How the blocks of a segment are compressed and checked. The engine reaches the runtime's own by this door. */
export interface SegmentCodec {
  /** Stands in every segment that was written with it, and never changes its meaning. */
  readonly id: number
  /** At once: it belongs into a thread that has the time. `bytes` are no shared memory. May answer `bytes` themselves. */
  compress(bytes: Uint8Array): Uint8Array
  /** The inverse, at once. Throws for bytes that `compress` did not make. */
  decompress(bytes: Uint8Array, rawBytes: number): Uint8Array
  /** CRC-32 as in zip files: the same for all codecs. */
  checksum(bytes: Uint8Array): number
}

export const PLAIN_CODEC_ID = 0
export const ZSTD_CODEC_ID = 1

const table = new Uint32Array(256)
for (let i = 0; i < 256; i++) {
  let crc = i
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xedb88320
  table[i] = crc
}

/** CRC-32 (ISO 3309) of all bytes. Unsigned. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]!) & 0xff]!
  return (crc ^ 0xffffffff) >>> 0
}

/** Leaves bytes as they are: for places without a native compressor, and for tests. */
export const plainCodec: SegmentCodec = {
  id: PLAIN_CODEC_ID,
  compress: bytes => bytes,
  decompress: bytes => bytes,
  checksum: crc32,
}
