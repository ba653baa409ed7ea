import { assert } from '../base/assert.ts'
import type { Clock } from '../base/platform.ts'
import type { KeyGroupRange } from '../record/key-group.ts'
import { mergeFrom, type SegmentHandle, type StateManifest } from './segments/manifest.ts'
import type { OwnedDraft } from './segments/segment-builder.ts'
import type { SegmentService } from './segments/segment-service.ts'
import type { SnapshotPass } from './snapshot-pass.ts'

/** A snapshot that has so many parts being written waits for them before it encodes more. */
const WRITING_MAX = 2

export interface StateSnapshotsOptions {
  readonly state: { freeze(): SnapshotPass }
  readonly maxParallelism: number
  /** The key groups of the subtask. */
  readonly range: KeyGroupRange
  /** Who writes and merges, best beside the task. */
  readonly segments: SegmentService
  readonly clock: Pick<Clock, 'monotonicMs' | 'now'>
  /** A name that no other segment of the store has, whatever subtask and attempt wrote it, for each number. */
  readonly nameOf: (serial: number) => string
  /** What the state was restored from. */
  readonly restored?: StateManifest
}

/** A segment of the state as it is now: written, or on its way. */
class Part {
  readonly name: string
  readonly generation: number
  handle: SegmentHandle | undefined
  written: Promise<SegmentHandle>
  failed = false
  /** Until it is written. */
  #draft: OwnedDraft | undefined

  constructor(name: string, generation: number, draft: OwnedDraft | undefined, write: WriteDraft) {
    this.name = name
    this.generation = generation
    this.#draft = draft
    this.written = this.#write(write)
  }

  static of(handle: SegmentHandle): Part {
    const part = new Part(handle.name, handle.generation, undefined, () => Promise.resolve(handle))
    part.handle = handle
    return part
  }

  /** Once more, after a failure: what it holds is in no other segment. */
  again(write: WriteDraft): void {
    if (!this.failed) return
    this.failed = false
    this.written = this.#write(write)
  }

  #write(write: WriteDraft): Promise<SegmentHandle> {
    const written = write(this.#draft as OwnedDraft, this.name, this.generation)
    written.then(
      handle => {
        this.handle = handle
        this.#draft = undefined
      },
      () => {
        this.failed = true
      },
    )
    return written
  }
}

type WriteDraft = (draft: OwnedDraft, name: string, generation: number) => Promise<SegmentHandle>

/** One snapshot under way. */
export interface StateSnapshot {
  /**
   * Encodes for about so long; true when all is encoded, and the task is done with it. Between batches, until then. It does
   * nothing, and answers false, while there is enough to be written.
   */
  step(budgetMs: number): boolean
  /**
   * Resolves when all is written, with what the state was at the freeze; rejects when something could not be written. What
   * was encoded then is kept and written with the next snapshot, so nothing is lost by a snapshot that failed.
   */
  readonly done: Promise<StateManifest>
}

/**
 * The snapshots of the keyed state of one operator in one subtask, each a segment of what has changed since the one before
 * it, and the merging of segments.
 */
export class StateSnapshots {
  readonly #options: StateSnapshotsOptions
  #parts: readonly Part[]
  #generation: number
  #serial = 0
  #encoding: SnapshotPass | undefined
  #merging = false

  constructor(options: StateSnapshotsOptions) {
    this.#options = options
    const { segments } = options.restored ?? { segments: [] }
    this.#parts = segments.map(Part.of)
    this.#generation = segments.reduce((highest, { generation }) => Math.max(highest, generation), 0)
  }

  /** Freezes the state: microseconds, whatever its size. The snapshot before has to be encoded. */
  begin(): StateSnapshot {
    assert(this.#encoding === undefined, 'a snapshot of state was begun before the one before it was encoded')
    for (const part of this.#parts) part.again(this.#write)
    const pass = this.#options.state.freeze()
    this.#encoding = pass
    const generation = ++this.#generation
    const layers: readonly [Part[], Part[]] = [[], []]
    const { promise: done, resolve, reject } = Promise.withResolvers<StateManifest>()
    // Who is not interested in the outcome any more is not asked to catch it.
    done.catch(() => undefined)
    let writing = 0
    const ended = (): void => void writing--
    const takeReady = (): void => {
      for (const { layer, draft, release } of pass.takeReady()) {
        const part = new Part(this.#options.nameOf(this.#serial++), generation, { draft, release }, this.#write)
        layers[layer].push(part)
        writing++
        part.written.then(ended, ended)
      }
    }
    const step = (budgetMs: number): boolean => {
      if (this.#encoding !== pass) return true
      if (writing >= WRITING_MAX) return false
      const { clock } = this.#options
      const encoded = pass.step(() => clock.monotonicMs(), clock.monotonicMs() + budgetMs)
      takeReady()
      if (!encoded) return false
      this.#encoding = undefined
      this.#parts = [...this.#parts, ...layers[0], ...layers[1]]
      this.#manifest(this.#parts).then(resolve, reject)
      return true
    }
    return { step, done }
  }

  /** Gives up a snapshot that is being encoded, at the end of the task. No snapshot can be made afterwards. */
  close(): void {
    this.#encoding?.abandon()
  }

  /**
   * Has segments merged where that is worth it, once; snapshots that are encoded later name the merged ones.
   * Answers whether it was; false too while an earlier call is under way. To be called when a snapshot is done. Where it
   * rejects everything is as it was before.
   */
  async merge(): Promise<boolean> {
    if (this.#merging) return false
    const { maxParallelism, range, nameOf, clock } = this.#options
    const firstUnwritten = this.#parts.findIndex(({ handle }) => handle === undefined)
    const parts = firstUnwritten < 0 ? this.#parts : this.#parts.slice(0, firstUnwritten)
    const segments = parts.map(({ handle }) => handle as SegmentHandle)
    const from = mergeFrom(segments)
    if (from === undefined) return false
    this.#merging = true
    try {
      const merged = await this.#options.segments.merge({
        segments: segments.slice(from),
        maxParallelism,
        range,
        oldest: from === 0,
        nowMs: clock.now(),
        name: nameOf(this.#serial++),
      })
      // Snapshots made meanwhile stand behind them.
      this.#parts = [...parts.slice(0, from), ...merged.map(Part.of), ...this.#parts.slice(parts.length)]
      return true
    } finally {
      this.#merging = false
    }
  }

  async #manifest(parts: readonly Part[]): Promise<StateManifest> {
    const { maxParallelism, range } = this.#options
    return { maxParallelism, range, segments: await Promise.all(parts.map(part => part.written)) }
  }

  readonly #write: WriteDraft = async ({ draft, release }, name, generation) => {
    const { range, segments } = this.#options
    const handle = await segments.write(draft, { name, generation, range })
    // Not before: a write that fails is tried again.
    release()
    return handle
  }
}
