import type { KeyGroupRange } from '../../record/key-group.ts'
import { commonRange, type SegmentHandle } from './manifest.ts'
import { type DroppedPrefix, SegmentBuilder } from './segment-builder.ts'
import type { ResolvedGroup } from './segment-chain.ts'
import type { SegmentCodec } from './segment-codec.ts'
import { loadingChain, type SegmentSteps, writingSegment } from './segment-io.ts'

/** A file of a snapshot holds about so much before it is compressed; more makes another file. */
export const SEGMENT_RAW_BYTES = 16 << 20
/** Segments are merged so many key groups at a time that about so much of them is in memory, as estimated by their sizes. */
const MERGE_BYTES = 16 << 20

const NOTHING = new Uint8Array(0)

/** What is to be merged: plain data, for whichever thread does it. */
export interface MergeOrder {
  /** What stands together in a manifest, the oldest first. */
  readonly segments: readonly SegmentHandle[]
  readonly maxParallelism: number
  /** The key groups of the subtask. */
  readonly range: KeyGroupRange
  /** Whether there is nothing older in the manifest: then nothing has to be known of keys that are gone. */
  readonly oldest: boolean
  /** Wall-clock ms: values that expire until then are left out. */
  readonly nowMs: number
  /** Files are called by this and a number. No other order has the same. */
  readonly name: string
}

/**
 * Writes segments anew as few: of each key the newest entry. The old ones stay as they are, since manifests name them.
 * It touches no state, so it may run in any thread that reaches the store. Empty where nothing is left.
 */
export function* mergingSegments(order: MergeOrder, codec: SegmentCodec): SegmentSteps<SegmentHandle[]> {
  const { segments, range, oldest, maxParallelism } = order
  const generation = segments[segments.length - 1]!.generation
  const merged: SegmentHandle[] = []
  const builder = new SegmentBuilder()
  function* write(counting: KeyGroupRange): SegmentSteps<void> {
    const taken = builder.take()
    if (taken === undefined) return
    const name = `${order.name}.${merged.length}`
    merged.push(yield* writingSegment(taken.draft, { name, generation, range: counting }, codec))
    taken.release()
  }
  // What a segment drops counts for its own key groups alone: another subtask may have written the others.
  const ranges = new Map(segments.map(handle => [`${handle.range.first}-${handle.range.last}`, handle.range]))
  for (const counting of oldest ? [] : ranges.values()) {
    const own = segments.filter(handle => handle.range.first === counting.first && handle.range.last === counting.last)
    for (const { state, prefix } of yield* droppedOf(order, own, codec)) builder.drop(state, prefix)
    yield* write(counting)
  }
  for (const part of partsOf(range, segments)) {
    const own = segments.flatMap(handle => {
      const common = commonRange(handle.range, part)
      return common === undefined ? [] : [{ ...handle, range: common }]
    })
    const chain = yield* loadingChain({ maxParallelism, range: part, segments: own }, codec)
    for (const group of chain.groups()) {
      addMerged(group, builder, order)
      if (builder.rawBytes >= SEGMENT_RAW_BYTES) yield* write(range)
      yield { type: 'pause' }
    }
  }
  yield* write(range)
  return merged
}

/** Puts what counts of a key group into the merged segment. What has expired is gone, as far as older segments may know of it. */
function addMerged({ keyGroup, states }: ResolvedGroup, builder: SegmentBuilder, { oldest, nowMs }: MergeOrder): void {
  for (const [state, entries] of states) {
    for (const { key, value, expiresAtMs } of entries.values()) {
      if (value !== undefined && !(expiresAtMs !== undefined && expiresAtMs <= nowMs)) {
        builder.put(state, keyGroup, NOTHING, 0, key, key.length, value, expiresAtMs)
      } else if (!oldest) builder.remove(state, keyGroup, NOTHING, 0, key, key.length)
    }
  }
}

function* droppedOf(
  { maxParallelism, range }: MergeOrder,
  segments: readonly SegmentHandle[],
  codec: SegmentCodec,
): SegmentSteps<DroppedPrefix[]> {
  // Of an empty range of key groups the indexes alone are read.
  const none = segments.map(handle => ({ ...handle, range: { first: 0, last: -1 } }))
  return (yield* loadingChain({ maxParallelism, range, segments: none }, codec)).dropped()
}

/** Cuts a range so that the segments hold about MERGE_BYTES of each part. */
function* partsOf({ first, last }: KeyGroupRange, segments: readonly SegmentHandle[]): Generator<KeyGroupRange> {
  const bytes = segments.reduce((sum, { rawBytes }) => sum + rawBytes, 0)
  const groups = last - first + 1
  const width = Math.max(1, Math.floor(groups / Math.ceil((bytes + 1) / MERGE_BYTES)))
  for (let at = first; at <= last; at += width) yield { first: at, last: Math.min(last, at + width - 1) }
}
