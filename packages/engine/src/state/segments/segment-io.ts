import type { KeyGroupRange } from '../../record/key-group.ts'
import type { SegmentHandle, StateManifest } from './manifest.ts'
import type { SegmentDraft } from './segment-builder.ts'
import { type LoadedSegment, SegmentChain } from './segment-chain.ts'
import type { SegmentCodec } from './segment-codec.ts'
import { brokenSegment } from './segment-errors.ts'
import {
  blocksOfRange,
  type CompressedBlock,
  checkBlock,
  indexPlace,
  joinParts,
  openIndex,
  sealSegment,
} from './segment-file.ts'
import type { SegmentStore } from './segment-store.ts'

/** Blocks that are compressed at the same time. */
const COMPRESSING_MAX = 2
/** Blocks that lie side by side are read together up to this size. */
const READ_BYTES_MAX = 4 << 20

/** Compresses a draft and writes it as one file. A few blocks are under way at a time, so that others get their turn. */
export async function writeSegment(
  draft: SegmentDraft,
  identity: { readonly name: string; readonly generation: number; readonly range: KeyGroupRange },
  store: SegmentStore,
  codec: SegmentCodec,
): Promise<SegmentHandle> {
  const stored = new Array<CompressedBlock>(draft.blocks.length)
  let next = 0
  const compressSome = async (): Promise<void> => {
    while (next < draft.blocks.length) {
      const block = next++
      const bytes = await codec.compress(joinParts(draft.blocks[block]!))
      stored[block] = { bytes, checksum: codec.checksum(bytes) }
    }
  }
  await Promise.all(Array.from({ length: COMPRESSING_MAX }, compressSome))
  const { parts, handle } = sealSegment(draft, stored, codec, identity)
  await store.write(handle.name, parts)
  // Not before: a write that fails is tried again.
  draft.release()
  return handle
}

/** Reads what a manifest names of the key groups of its range, and checks it. Throws STATE_SEGMENT. */
export async function loadChain(
  manifest: StateManifest,
  store: SegmentStore,
  codec: SegmentCodec,
): Promise<SegmentChain> {
  const segments: LoadedSegment[] = []
  for (const handle of manifest.segments) segments.push(await loadSegment(handle, store, codec))
  return new SegmentChain(manifest, segments, codec)
}

async function loadSegment(handle: SegmentHandle, store: SegmentStore, codec: SegmentCodec): Promise<LoadedSegment> {
  const { from, to } = indexPlace(handle)
  const index = openIndex(handle, await store.read(handle.name, from, to), codec)
  checkCodec(handle, index.codec, codec)
  const wanted = blocksOfRange(index, handle.range)
  const blocks = new Map<number, Uint8Array>()
  for (let i = 0; i < wanted.length; ) {
    const first = index.blocks[wanted[i]!]!
    let end = i + 1
    while (
      end < wanted.length &&
      wanted[end] === wanted[end - 1]! + 1 &&
      index.blocks[wanted[end]!]!.from + index.blocks[wanted[end]!]!.bytes - first.from <= READ_BYTES_MAX
    ) {
      end++
    }
    const last = index.blocks[wanted[end - 1]!]!
    const bytes = await store.read(handle.name, first.from, last.from + last.bytes)
    for (; i < end; i++) {
      const block = index.blocks[wanted[i]!]!
      const at = block.from - first.from
      blocks.set(wanted[i]!, checkBlock(handle, block, bytes?.subarray(at, at + block.bytes), codec))
    }
  }
  return { handle, index, blocks }
}

/** Throws STATE_SEGMENT where the file was written by another codec than the one at hand. */
export function checkCodec(handle: SegmentHandle, written: number, codec: SegmentCodec): void {
  if (written === codec.id) return
  throw brokenSegment(
    handle.name,
    `was compressed by the method ${written}, and this process reads the method ${codec.id}`,
  )
}
