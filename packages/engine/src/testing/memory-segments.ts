import { assert } from '../base/assert.ts'
import { mergeFrom, type SegmentHandle, type StateManifest } from '../state/segments/manifest.ts'
import { mergingSegments } from '../state/segments/merge-segments.ts'
import type { SegmentChain } from '../state/segments/segment-chain.ts'
import { plainCodec } from '../state/segments/segment-codec.ts'
import { joinParts } from '../state/segments/segment-file.ts'
import { loadingChain, type SegmentSteps, writingSegment } from '../state/segments/segment-io.ts'
import type { SegmentStore } from '../state/segments/segment-store.ts'
import type { SnapshotPass } from '../state/snapshot-pass.ts'

/** Segments in memory, also at once: for the operator harness, which never waits. */
export class MemorySegments implements SegmentStore {
  readonly files = new Map<string, Uint8Array>()
  bytesRead = 0
  /** Rejects the next write, and is gone. */
  failure: Error | undefined
  #named = 0

  async write(name: string, parts: readonly Uint8Array[]): Promise<void> {
    const { failure } = this
    this.failure = undefined
    if (failure !== undefined) throw failure
    this.#write(name, parts)
  }

  read(name: string, from: number, to: number): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#read(name, from, to))
  }

  /**
   * Encodes a frozen state to its end, in slices of one row, adds what it gives to what the state was before, and merges
   * where that is worth it, by the clock that values expire by.
   */
  finish(pass: SnapshotPass, before: StateManifest, nowMs = Number.NEGATIVE_INFINITY): StateManifest {
    while (!pass.step(() => 1, 0));
    const { range } = before
    const generation = (before.segments.at(-1)?.generation ?? 0) + 1
    const written: SegmentHandle[] = []
    for (const { draft, release } of pass.takeReady().sort((a, b) => a.layer - b.layer)) {
      written.push(this.#run(writingSegment(draft, { name: this.#nextName(), generation, range }, plainCodec)))
      release()
    }
    return this.#merge({ ...before, segments: [...before.segments, ...written] }, nowMs)
  }

  load(manifest: StateManifest): SegmentChain {
    return this.#run(loadingChain(manifest, plainCodec))
  }

  #merge(manifest: StateManifest, nowMs: number): StateManifest {
    const { segments, maxParallelism, range } = manifest
    const from = mergeFrom(segments)
    if (from === undefined) return manifest
    const order = { maxParallelism, range, nowMs, name: this.#nextName() }
    const merged = this.#run(
      mergingSegments({ ...order, segments: segments.slice(from), oldest: from === 0 }, plainCodec),
    )
    return { ...manifest, segments: [...segments.slice(0, from), ...merged] }
  }

  #run<T>(steps: SegmentSteps<T>): T {
    let next = steps.next()
    while (next.done !== true) {
      const step = next.value
      if (step.type === 'write') this.#write(step.name, step.parts)
      next = steps.next(step.type === 'read' ? this.#read(step.name, step.from, step.to) : undefined)
    }
    return next.value
  }

  #nextName(): string {
    return `segment-${this.#named++}`
  }

  #write(name: string, parts: readonly Uint8Array[]): void {
    assert(!this.files.has(name), `'${name}' was written twice`)
    this.files.set(name, joinParts(parts))
  }

  #read(name: string, from: number, to: number): Uint8Array | undefined {
    const bytes = this.files.get(name)?.subarray(from, to)
    this.bytesRead += bytes?.length ?? 0
    return bytes
  }
}
