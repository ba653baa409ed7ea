import { assert } from '../base/assert.ts'
import type { KeyGroupRange } from '../record/key-group.ts'
import { mergeFrom, type SegmentHandle, type StateManifest } from '../state/segments/manifest.ts'
import { addMerged } from '../state/segments/merge-segments.ts'
import { SegmentBuilder, type SegmentDraft } from '../state/segments/segment-builder.ts'
import { SegmentChain } from '../state/segments/segment-chain.ts'
import { plainCodec } from '../state/segments/segment-codec.ts'
import {
  blocksOfRange,
  type CompressedBlock,
  checkBlock,
  indexPlace,
  joinParts,
  openIndex,
  sealSegment,
} from '../state/segments/segment-file.ts'
import type { SegmentStore } from '../state/segments/segment-store.ts'
import type { SnapshotPass } from '../state/snapshot-pass.ts'

/** Segments in memory, also at once: for the operator harness, which never waits. */
export class MemorySegments implements SegmentStore {
  readonly files = new Map<string, Uint8Array>()
  bytesRead = 0
  /** Rejects the next write, and is gone. */
  failure: Error | undefined
  #written = 0

  write(name: string, parts: readonly Uint8Array[]): Promise<void> {
    const { failure } = this
    this.failure = undefined
    if (failure !== undefined) return Promise.reject(failure)
    assert(!this.files.has(name), `'${name}' was written twice`)
    this.files.set(name, joinParts(parts).slice())
    return Promise.resolve()
  }

  read(name: string, from: number, to: number): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#read(name, from, to))
  }

  /** Encodes a frozen state to its end, in slices of one row, and adds what it gives to what the state was before. */
  finish(pass: SnapshotPass, before: StateManifest): StateManifest {
    while (!pass.step(() => 1, 0));
    const generation = (before.segments.at(-1)?.generation ?? 0) + 1
    const handles: SegmentHandle[] = []
    for (const { draft } of pass.takeReady().sort((a, b) => a.layer - b.layer)) {
      handles.push(this.#seal(draft, generation, before.range))
    }
    return this.#mergeAll({ ...before, segments: [...before.segments, ...handles] }, generation)
  }

  /** All at once, so that a chain of many snapshots does not get longer and longer. */
  #mergeAll(manifest: StateManifest, generation: number): StateManifest {
    if (mergeFrom(manifest.segments) !== 0) return manifest
    const builder = new SegmentBuilder()
    for (const group of this.load(manifest).groups()) addMerged(group, builder, true)
    const draft = builder.take()
    return { ...manifest, segments: draft === undefined ? [] : [this.#seal(draft, generation, manifest.range)] }
  }

  #seal(draft: SegmentDraft, generation: number, range: KeyGroupRange): SegmentHandle {
    const identity = { name: `segment-${this.#written++}`, generation, range }
    const { parts, handle } = sealSegment(draft, draft.blocks.map(compressed), plainCodec, identity)
    this.files.set(handle.name, joinParts(parts))
    return handle
  }

  load(manifest: StateManifest): SegmentChain {
    const segments = manifest.segments.map(handle => {
      const { from, to } = indexPlace(handle)
      const index = openIndex(handle, this.#read(handle.name, from, to), plainCodec)
      const blocks = blocksOfRange(index, handle.range).map((number): [number, Uint8Array] => {
        const block = index.blocks[number]!
        const bytes = this.#read(handle.name, block.from, block.from + block.bytes)
        return [number, checkBlock(handle, block, bytes, plainCodec)]
      })
      return { handle, index, blocks: new Map(blocks) }
    })
    return new SegmentChain(manifest, segments, plainCodec)
  }

  #read(name: string, from: number, to: number): Uint8Array | undefined {
    const bytes = this.files.get(name)?.subarray(from, to)
    this.bytesRead += bytes?.length ?? 0
    return bytes
  }
}

function compressed(parts: readonly Uint8Array[]): CompressedBlock {
  const bytes = joinParts(parts)
  return { bytes, checksum: plainCodec.checksum(bytes) }
}
