import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { type SegmentCodec, ZSTD_CODEC_ID } from '@weir/engine/state/segments/segment-codec'

/** State changes faster than it is read again, so speed counts for more than the last tenth of the size. */
const LEVEL = 1
/** Room for the result is given in pieces of this part of what goes in: one for most state. */
const PIECE_SHARE = 0.75
const PIECE_BYTES_MIN = 1024

/** Zstandard as Node brings it. */
export const zstdCodec: SegmentCodec = {
  id: ZSTD_CODEC_ID,
  compress: bytes => {
    const chunkSize = Math.max(PIECE_BYTES_MIN, Math.ceil(bytes.length * PIECE_SHARE))
    return zstdCompressSync(bytes, { chunkSize, params: { [constants.ZSTD_c_compressionLevel]: LEVEL } })
  },
  // One more than there should be, so that what is longer is not taken for what is right.
  decompress: (bytes, rawBytes) => zstdDecompressSync(bytes, { maxOutputLength: rawBytes + 1 }),
  checksum: bytes => crc32(bytes),
}
