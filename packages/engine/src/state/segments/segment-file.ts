import { WeirError } from '../../base/errors.ts'
import type { KeyGroupRange } from '../../record/key-group.ts'
import { decodeValue, encodeValue } from '../../record/value-codec.ts'
import type { SegmentHandle } from './manifest.ts'
import type { DroppedPrefix, GroupPlace, SegmentDraft } from './segment-builder.ts'
import type { SegmentCodec } from './segment-codec.ts'
import { brokenSegment } from './segment-errors.ts'

/**
 * A segment file: 8 bytes that name the format, the blocks, the index, and 12 bytes: length of the index (u32,
 * little-endian), its CRC-32, and 4 bytes that name the format again. A block holds the entries of some key groups one
 * after another and is compressed as a whole; the index says where each key group lies, so that a range of them is read
 * without the others.
 */
const HEAD = new TextEncoder().encode('WEIRSEG1')
const TAIL = new TextEncoder().encode('WSG1')
const TRAILER_BYTES = 12

interface StoredBlock {
  readonly from: number
  readonly bytes: number
  readonly rawBytes: number
  readonly checksum: number
}

export interface SegmentIndex {
  readonly codec: number
  readonly states: readonly string[]
  readonly dropped: readonly DroppedPrefix[]
  readonly blocks: readonly StoredBlock[]
  readonly groups: readonly GroupPlace[]
}

interface WrittenIndex {
  readonly codec: number
  readonly states: string[]
  readonly dropped: [state: number, prefix: Uint8Array][]
  /** Four numbers a block: bytes, raw bytes, the two halves of the checksum. */
  readonly blocks: number[]
  /** Three numbers a group: group, block, bytes. */
  readonly groups: number[]
}

const BLOCK_FIELDS = 4
const GROUP_FIELDS = 3

export interface SealedSegment {
  readonly parts: readonly Uint8Array[]
  readonly handle: SegmentHandle
}

/** One block of a draft in one piece, a copy outside of shared memory. */
export function joinParts(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

export interface CompressedBlock {
  readonly bytes: Uint8Array
  readonly checksum: number
}

/** The file of a draft whose blocks were compressed by `codec` to `stored`. */
export function sealSegment(
  draft: SegmentDraft,
  stored: readonly CompressedBlock[],
  codec: Pick<SegmentCodec, 'id' | 'checksum'>,
  identity: { readonly name: string; readonly generation: number; readonly range: KeyGroupRange },
): SealedSegment {
  const blocks = stored.flatMap(({ bytes, checksum }, i) => {
    const rawBytes = draft.blocks[i]!.reduce((sum, part) => sum + part.length, 0)
    return [bytes.length, rawBytes, checksum >>> 16, checksum & 0xffff]
  })
  const index: WrittenIndex = {
    codec: codec.id,
    states: [...draft.states],
    dropped: draft.dropped.map(({ state, prefix }) => [draft.states.indexOf(state), prefix]),
    blocks,
    groups: draft.groups.flatMap(({ group, block, bytes }) => [group, block, bytes]),
  }
  const indexBytes = encodeValue(index)
  const checksum = codec.checksum(indexBytes)
  const trailer = new Uint8Array(TRAILER_BYTES)
  const view = new DataView(trailer.buffer)
  view.setUint32(0, indexBytes.length, true)
  view.setUint32(4, checksum, true)
  trailer.set(TAIL, 8)
  const parts = [HEAD, ...stored.map(({ bytes }) => bytes), indexBytes, trailer]
  return {
    parts,
    handle: {
      ...identity,
      sizeBytes: parts.reduce((sum, part) => sum + part.length, 0),
      indexBytes: indexBytes.length + TRAILER_BYTES,
      checksum,
      entries: draft.entries,
      rawBytes: draft.rawBytes,
    },
  }
}

/** Where in the file of a handle its index lies. */
export function indexPlace({ sizeBytes, indexBytes }: SegmentHandle): { readonly from: number; readonly to: number } {
  return { from: sizeBytes - indexBytes, to: sizeBytes }
}

/** The index from the end of a file. Throws STATE_SEGMENT where it is not what the manifest names. */
export function openIndex(
  handle: SegmentHandle,
  end: Uint8Array | undefined,
  codec: Pick<SegmentCodec, 'checksum'>,
): SegmentIndex {
  const { name, indexBytes } = handle
  if (end === undefined) throw brokenSegment(name, 'is missing')
  if (end.length !== indexBytes) {
    throw brokenSegment(name, `is cut off: ${indexBytes - end.length} of its ${handle.sizeBytes} bytes are missing`)
  }
  const view = new DataView(end.buffer, end.byteOffset, end.byteLength)
  const trailerAt = end.length - TRAILER_BYTES
  if (!TAIL.every((byte, i) => end[trailerAt + 8 + i] === byte))
    throw brokenSegment(name, 'is no segment, or is damaged')
  const bytes = end.subarray(0, trailerAt)
  const checksum = codec.checksum(bytes)
  if (view.getUint32(trailerAt, true) !== bytes.length || view.getUint32(trailerAt + 4, true) !== checksum) {
    throw brokenSegment(name, 'is damaged: the checksum of its index is wrong')
  }
  if (checksum !== handle.checksum) {
    throw brokenSegment(name, 'is another file than the one that the snapshot names: its index has another checksum')
  }
  try {
    return readIndex(decodeValue(bytes) as WrittenIndex)
  } catch (error) {
    if (error instanceof WeirError)
      throw brokenSegment(name, `has an index that cannot be read: ${error.message}`, error)
    throw error
  }
}

function readIndex(written: WrittenIndex): SegmentIndex {
  const blocks: StoredBlock[] = []
  let from = HEAD.length
  for (let i = 0; i < written.blocks.length; i += BLOCK_FIELDS) {
    const [bytes, rawBytes, high, low] = written.blocks.slice(i, i + BLOCK_FIELDS) as [number, number, number, number]
    blocks.push({ from, bytes, rawBytes, checksum: ((high << 16) | low) >>> 0 })
    from += bytes
  }
  const groups: GroupPlace[] = []
  let at = 0
  for (let i = 0; i < written.groups.length; i += GROUP_FIELDS) {
    const [group, block, bytes] = written.groups.slice(i, i + GROUP_FIELDS) as [number, number, number]
    if (groups.length > 0 && groups[groups.length - 1]!.block !== block) at = 0
    groups.push({ group, block, from: at, bytes })
    at += bytes
  }
  const dropped = written.dropped.map(([state, prefix]) => ({ state: written.states[state] as string, prefix }))
  return { codec: written.codec, states: written.states, dropped, blocks, groups }
}

/** Numbers of the blocks that hold key groups of a range. */
export function blocksOfRange(index: SegmentIndex, range: KeyGroupRange): number[] {
  const blocks = new Set<number>()
  for (const { group, block } of index.groups) if (group >= range.first && group <= range.last) blocks.add(block)
  return [...blocks]
}

/** Throws STATE_SEGMENT where these are not the bytes of the block. */
export function checkBlock(
  { name }: SegmentHandle,
  block: StoredBlock,
  bytes: Uint8Array | undefined,
  codec: Pick<SegmentCodec, 'checksum'>,
): Uint8Array {
  if (bytes === undefined) throw brokenSegment(name, 'is missing')
  if (bytes.length !== block.bytes)
    throw brokenSegment(name, `is cut off within its first ${block.from + block.bytes} bytes`)
  if (codec.checksum(bytes) !== block.checksum) {
    throw brokenSegment(
      name,
      `is damaged: the checksum of the ${block.bytes} bytes from byte ${block.from} on is wrong`,
    )
  }
  return bytes
}
