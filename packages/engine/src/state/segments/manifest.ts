import { WeirError } from '../../base/errors.ts'
import { type KeyGroupRange, keyGroupRange } from '../../record/key-group.ts'
import { decodeValue, encodeValue } from '../../record/value-codec.ts'

/** A segment as a manifest names it. */
export interface SegmentHandle {
  readonly name: string
  /** Of the whole file. */
  readonly sizeBytes: number
  /** Of its end, which holds the index. */
  readonly indexBytes: number
  /** CRC-32 of the index, which holds those of the blocks. */
  readonly checksum: number
  /** Which snapshot wrote it; merged ones have that of the newest they were merged from. */
  readonly generation: number
  /** Puts and tombstones. */
  readonly entries: number
  readonly rawBytes: number
  /** The key groups for which it counts; it may hold others. */
  readonly range: KeyGroupRange
}

/** The keyed state of one operator in one subtask at one moment: its segments, the oldest first. */
export interface StateManifest {
  readonly maxParallelism: number
  /** The key groups of the subtask. */
  readonly range: KeyGroupRange
  readonly segments: readonly SegmentHandle[]
}

const VERSION = 1

export function encodeManifest({ maxParallelism, range, segments }: StateManifest): Uint8Array {
  return encodeValue({
    version: VERSION,
    maxParallelism,
    range: [range.first, range.last],
    segments: segments.map(row),
  })
}

function row(handle: SegmentHandle): unknown[] {
  const { name, sizeBytes, indexBytes, checksum, generation, entries, rawBytes, range } = handle
  return [name, sizeBytes, indexBytes, checksum, generation, entries, rawBytes, range.first, range.last]
}

type Row = [string, number, number, number, number, number, number, number, number]

/** Throws PROTOCOL for what is no manifest. */
export function decodeManifest(bytes: Uint8Array): StateManifest {
  const decoded = decodeValue(bytes) as {
    version: number
    maxParallelism: number
    range: [number, number]
    segments: Row[]
  }
  if (decoded?.version !== VERSION || !Array.isArray(decoded.segments)) {
    throw new WeirError('PROTOCOL', 'What should be a manifest of state is none, or one of a later version of Weir.')
  }
  const segments = decoded.segments.map(
    ([name, sizeBytes, indexBytes, checksum, generation, entries, rawBytes, first, last]): SegmentHandle => {
      return { name, sizeBytes, indexBytes, checksum, generation, entries, rawBytes, range: { first, last } }
    },
  )
  const [first, last] = decoded.range
  return { maxParallelism: decoded.maxParallelism, range: { first, last }, segments }
}

/** undefined where they have nothing in common. */
export function commonRange(a: KeyGroupRange, b: KeyGroupRange): KeyGroupRange | undefined {
  const first = Math.max(a.first, b.first)
  const last = Math.min(a.last, b.last)
  return first <= last ? { first, last } : undefined
}

/**
 * What a subtask has to restore from the manifests of all subtasks of its operator, at this parallelism or another. Each
 * key group belonged to one subtask, so segments of different manifests never speak of the same key.
 */
export function assignManifest(
  manifests: readonly StateManifest[],
  subtask: number,
  maxParallelism: number,
  parallelism: number,
): StateManifest {
  const range = keyGroupRange(subtask, maxParallelism, parallelism)
  const segments: SegmentHandle[] = []
  for (const manifest of manifests) {
    if (manifest.maxParallelism !== maxParallelism) {
      throw new WeirError(
        'STATE_SEGMENT',
        `a snapshot of state was made with the max parallelism ${manifest.maxParallelism} and is to be restored with ${maxParallelism}; set the max parallelism of the job to ${manifest.maxParallelism}, it is fixed for good when a job begins`,
      )
    }
    for (const handle of manifest.segments) {
      const own = commonRange(handle.range, range)
      if (own !== undefined) segments.push({ ...handle, range: own })
    }
  }
  return { maxParallelism, range, segments }
}

/**
 * Of the names of segments that were written, those that none of these manifests needs: they may be deleted, once all
 * snapshots are among the manifests that are retained or may yet complete.
 */
export function unreferencedSegments(names: Iterable<string>, manifests: Iterable<StateManifest>): string[] {
  const needed = new Set<string>()
  for (const { segments } of manifests) for (const { name } of segments) needed.add(name)
  return [...names].filter(name => !needed.has(name))
}

/** Fewer snapshots than this are not worth a merge, and more than that many are too many to read at a restore. */
const RUNS_MIN = 4
const RUNS_MAX = 8

/**
 * From which segment on all should be merged to one; undefined: leave them. Segments of one snapshot stand together as a
 * run. When what came after the oldest run outweighs it, most of it may be garbage, and all is merged: so a state takes
 * up no more than about twice its size. When runs are many, those at the end are merged that together outweigh the one
 * before them (as in a log-structured merge tree), so a byte is rewritten a few times and not once for each snapshot.
 */
export function mergeFrom(segments: readonly SegmentHandle[]): number | undefined {
  const starts: number[] = []
  for (const [i, { generation }] of segments.entries()) {
    if (i === 0 || generation !== segments[i - 1]!.generation) starts.push(i)
  }
  if (starts.length < RUNS_MIN) return undefined
  const bytes = starts.map((start, run) => {
    const part = segments.slice(start, starts[run + 1] ?? segments.length)
    return part.reduce((sum, { rawBytes }) => sum + rawBytes, 0)
  })
  let after = bytes[bytes.length - 1]!
  let from = bytes.length - 1
  for (let run = bytes.length - 2; run >= 0; run--) {
    if (bytes[run]! <= after) from = run
    after += bytes[run]!
  }
  if (from === 0) return 0
  if (starts.length <= RUNS_MAX) return undefined
  return starts[Math.min(from, starts.length - RUNS_MIN)]
}
