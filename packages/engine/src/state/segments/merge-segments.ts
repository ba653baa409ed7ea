import type { KeyGroupRange } from '../../record/key-group.ts'
import { commonRange, type SegmentHandle } from './manifest.ts'
import { type DroppedPrefix, SegmentBuilder } from './segment-builder.ts'
import type { ResolvedGroup } from './segment-chain.ts'
import type { SegmentCodec } from './segment-codec.ts'
import { loadChain, writeSegment } from './segment-io.ts'
import type { SegmentStore } from './segment-store.ts'

/** A file of a snapshot holds about so much before it is compressed; more makes another file. */
export const SEGMENT_RAW_BYTES = 32 << 20
/** Segments are merged so many key groups at a time that about so much of them is in memory, as estimated by their sizes. */
const MERGE_BYTES = 16 << 20

const NOTHING = new Uint8Array(0)

export interface MergeRequest {
  /** What stands together in a manifest, the oldest first. */
  readonly segments: readonly SegmentHandle[]
  readonly maxParallelism: number
  /** The key groups of the subtask. */
  readonly range: KeyGroupRange
  /** Whether there is nothing older in the manifest: then nothing has to be known of keys that are gone. */
  readonly oldest: boolean
  readonly store: SegmentStore
  readonly codec: SegmentCodec
  readonly nameOf: (part: number) => string
  /** Called between key groups; what it answers is waited for. For going on in slices. */
  readonly breathe?: () => Promise<void>
}

/**
 * Writes segments anew as few: of each key the newest entry. The old ones stay as they are, since manifests name them.
 * It touches no state, so it may run in any thread that reaches the store. Empty where nothing is left.
 */
export async function mergeSegments(request: MergeRequest): Promise<SegmentHandle[]> {
  const { segments, range, oldest, store, codec, maxParallelism, breathe } = request
  const generation = segments[segments.length - 1]!.generation
  const merged: SegmentHandle[] = []
  const builder = new SegmentBuilder()
  const write = async (counting: KeyGroupRange): Promise<void> => {
    const draft = builder.take()
    if (draft === undefined) return
    const name = request.nameOf(merged.length)
    merged.push(await writeSegment(draft, { name, generation, range: counting }, store, codec))
  }
  // What a segment drops counts for its own key groups alone: another subtask may have written the others.
  const ranges = new Map(segments.map(handle => [`${handle.range.first}-${handle.range.last}`, handle.range]))
  for (const counting of oldest ? [] : ranges.values()) {
    const own = segments.filter(handle => handle.range.first === counting.first && handle.range.last === counting.last)
    for (const { state, prefix } of await droppedOf(request, own)) builder.drop(state, prefix)
    await write(counting)
  }
  for (const part of partsOf(range, segments)) {
    const own = segments.flatMap(handle => {
      const common = commonRange(handle.range, part)
      return common === undefined ? [] : [{ ...handle, range: common }]
    })
    const chain = await loadChain({ maxParallelism, range: part, segments: own }, store, codec)
    for (const group of chain.groups()) {
      addMerged(group, builder, oldest)
      if (builder.rawBytes >= SEGMENT_RAW_BYTES) await write(range)
      await breathe?.()
    }
  }
  await write(range)
  return merged
}

/** Puts what counts of a key group into the merged segment. */
export function addMerged({ keyGroup, states }: ResolvedGroup, builder: SegmentBuilder, oldest: boolean): void {
  for (const [state, entries] of states) {
    for (const { key, value } of entries.values()) {
      if (value !== undefined) builder.put(state, keyGroup, NOTHING, 0, key, key.length, value)
      else if (!oldest) builder.remove(state, keyGroup, NOTHING, 0, key, key.length)
    }
  }
}

async function droppedOf(
  { maxParallelism, range, store, codec }: MergeRequest,
  segments: readonly SegmentHandle[],
): Promise<DroppedPrefix[]> {
  // Of an empty range of key groups the indexes alone are read.
  const none = segments.map(handle => ({ ...handle, range: { first: 0, last: -1 } }))
  return (await loadChain({ maxParallelism, range, segments: none }, store, codec)).dropped()
}

/** Cuts a range so that the segments hold about MERGE_BYTES of each part. */
function* partsOf({ first, last }: KeyGroupRange, segments: readonly SegmentHandle[]): Generator<KeyGroupRange> {
  const bytes = segments.reduce((sum, { rawBytes }) => sum + rawBytes, 0)
  const groups = last - first + 1
  const width = Math.max(1, Math.floor(groups / Math.ceil((bytes + 1) / MERGE_BYTES)))
  for (let at = first; at <= last; at += width) yield { first: at, last: Math.min(last, at + width - 1) }
}
