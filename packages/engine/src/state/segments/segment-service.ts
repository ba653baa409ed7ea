import type { SegmentHandle } from './manifest.ts'
import { type MergeOrder, mergingSegments } from './merge-segments.ts'
import type { SegmentDraft } from './segment-builder.ts'
import type { SegmentCodec } from './segment-codec.ts'
import { runSteps, type SegmentIdentity, writingSegment } from './segment-io.ts'
import type { SegmentStore } from './segment-store.ts'

/**
 * Who compresses, writes and merges segments. A task hands it what it encoded and goes on: both take processor time and make
 * garbage outside of the heap, so in a TaskManager it is a thread of its own.
 */
export interface SegmentService {
  /**
   * Resolves when the segment is durable. The memory of the draft stays as it is until then, and after a rejection until
   * the caller has it written again, under the same name.
   */
  write(draft: SegmentDraft, identity: SegmentIdentity): Promise<SegmentHandle>
  /** See `mergingSegments`. A write that comes meanwhile does not wait for its end. After a rejection its name is used up. */
  merge(order: MergeOrder): Promise<SegmentHandle[]>
}

/**
 * The work itself, in the thread that calls: one merge at a time, and none goes on while something is to be written, since
 * a snapshot waits for that. `turn` gives others theirs; it resolves in a later turn of the event loop.
 */
export class LocalSegmentService implements SegmentService {
  readonly #store: SegmentStore
  readonly #codec: SegmentCodec
  readonly #turn: () => Promise<void>
  readonly #writing = new Set<Promise<unknown>>()
  #merged: Promise<unknown> = Promise.resolve()

  constructor(store: SegmentStore, codec: SegmentCodec, turn: () => Promise<void> = () => Promise.resolve()) {
    this.#store = store
    this.#codec = codec
    this.#turn = turn
  }

  write(draft: SegmentDraft, identity: SegmentIdentity): Promise<SegmentHandle> {
    const written = runSteps(writingSegment(draft, identity, this.#codec), this.#store, this.#turn)
    const ended: Promise<unknown> = written.then(ignore, ignore).then(() => this.#writing.delete(ended))
    this.#writing.add(ended)
    return written
  }

  merge(order: MergeOrder): Promise<SegmentHandle[]> {
    const merged = this.#merged.then(() =>
      runSteps(mergingSegments(order, this.#codec), this.#store, () => this.#afterWrites()),
    )
    // Its failure is told to who asked for it, not to the next one.
    this.#merged = merged.then(ignore, ignore)
    return merged
  }

  async #afterWrites(): Promise<void> {
    await this.#turn()
    while (this.#writing.size > 0) await Promise.all(this.#writing)
  }
}

function ignore(): void {
  // Who asked for it was told.
}
