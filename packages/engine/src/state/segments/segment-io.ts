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

/** Blocks that lie side by side are read together up to this size. */
const READ_BYTES_MAX = 4 << 20

/**
 * What work on segments asks of the world: to read (answered by the bytes, as `SegmentStore.read`), to write, or nothing,
 * at a moment when others may have their turn. So the same code runs beside an event loop and at once.
 */
export type SegmentStep =
  | { readonly type: 'read'; readonly name: string; readonly from: number; readonly to: number }
  | { readonly type: 'write'; readonly name: string; readonly parts: readonly Uint8Array[] }
  | { readonly type: 'pause' }

export type SegmentSteps<T> = Generator<SegmentStep, T, Uint8Array | undefined>

/** What a segment is called and for what it counts. */
export interface SegmentIdentity {
  readonly name: string
  readonly generation: number
  readonly range: KeyGroupRange
}

/** Goes through the steps with a store; `pause` is waited for where others may have their turn. */
export async function runSteps<T>(
  steps: SegmentSteps<T>,
  store: SegmentStore,
  pause?: () => Promise<void>,
): Promise<T> {
  let next = steps.next()
  while (next.done !== true) {
    const step = next.value
    let answer: Uint8Array | undefined
    if (step.type === 'read') answer = await store.read(step.name, step.from, step.to)
    else if (step.type === 'write') await store.write(step.name, step.parts)
    else await pause?.()
    next = steps.next(answer)
  }
  return next.value
}

/** Reads what a manifest names of the key groups of its range, and checks it. Throws STATE_SEGMENT. */
export function loadChain(manifest: StateManifest, store: SegmentStore, codec: SegmentCodec): Promise<SegmentChain> {
  return runSteps(loadingChain(manifest, codec), store)
}

/** Compresses a draft and writes it as one file. */
export function* writingSegment(
  draft: SegmentDraft,
  identity: SegmentIdentity,
  codec: SegmentCodec,
): SegmentSteps<SegmentHandle> {
  const stored: CompressedBlock[] = []
  for (const block of draft.blocks) {
    const bytes = codec.compress(joinParts(block))
    stored.push({ bytes, checksum: codec.checksum(bytes) })
    yield { type: 'pause' }
  }
  const { parts, handle } = sealSegment(draft, stored, codec, identity)
  yield { type: 'write', name: handle.name, parts }
  return handle
}

export function* loadingChain(manifest: StateManifest, codec: SegmentCodec): SegmentSteps<SegmentChain> {
  const segments: LoadedSegment[] = []
  for (const handle of manifest.segments) segments.push(yield* loadingSegment(handle, codec))
  return new SegmentChain(manifest, segments, codec)
}

function* loadingSegment(handle: SegmentHandle, codec: SegmentCodec): SegmentSteps<LoadedSegment> {
  const { name } = handle
  const index = openIndex(handle, yield { type: 'read', name, ...indexPlace(handle) }, codec)
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
    const bytes: Uint8Array | undefined = yield { type: 'read', name, from: first.from, to: last.from + last.bytes }
    for (; i < end; i++) {
      const block = index.blocks[wanted[i]!]!
      const at = block.from - first.from
      blocks.set(wanted[i]!, checkBlock(handle, block, bytes?.subarray(at, at + block.bytes), codec))
    }
  }
  return { handle, index, blocks }
}

/** Throws STATE_SEGMENT where the file was written by another codec than the one at hand. */
function checkCodec(handle: SegmentHandle, written: number, codec: SegmentCodec): void {
  if (written === codec.id) return
  throw brokenSegment(
    handle.name,
    `was compressed by the method ${written}, and this process reads the method ${codec.id}`,
  )
}
