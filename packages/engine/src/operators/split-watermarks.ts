import type { Clock } from '../base/platform.ts'
import type { WatermarkGenerator } from '../functions/watermark-generator.ts'
import { MIN_WATERMARK } from '../record/stream-element.ts'
import { IdlenessDetector } from '../time/idleness.ts'
import type { AlignedSplit, SourceAlignment } from '../time/source-alignment.ts'
import { WatermarkMerger } from '../time/watermark-merger.ts'
import type { WatermarkStrategy } from '../time/watermark-strategy.ts'

/** The watermark side of one split that is being read. */
export interface SplitProgress {
  readonly generator: WatermarkGenerator<unknown>
  readonly idleness: IdlenessDetector | undefined
}

interface TrackedSplit extends SplitProgress {
  readonly input: number
  /** Undefined until the split is being read, and where watermarks are not aligned. */
  aligned: AlignedSplit | undefined
}

/**
 * The watermark of a source subtask: the minimum over its splits, each with a generator of its own.
 *
 * Invariant: it never rises while a split that nobody has read is known of (`setUnread`), nor above a split that was added
 * and has given nothing yet. A split that was read to its end holds nothing back; once there is no other, what it had come
 * to counts, so that a split which is through before the first emission is not forgotten.
 */
export class SplitWatermarks {
  readonly #strategy: WatermarkStrategy
  readonly #clock: Clock
  readonly #alignment: SourceAlignment | undefined
  readonly #merger = new WatermarkMerger()
  readonly #splits = new Map<string, TrackedSplit>()
  /** Stands for all unread splits, with a watermark that never rises. */
  #unreadInput: number | undefined
  #finishedMax = MIN_WATERMARK
  #watermark = MIN_WATERMARK
  #idle = false

  readonly #seen: (watermark: number) => void

  /** `seen` is told the watermark of each split whenever it is asked for. */
  constructor(
    strategy: WatermarkStrategy,
    clock: Clock,
    alignment?: SourceAlignment,
    seen: (watermark: number) => void = () => undefined,
  ) {
    this.#seen = seen
    this.#strategy = strategy
    this.#clock = clock
    this.#alignment = alignment
    // Before the enumerator has said anything, nothing is known to be read.
    this.#unreadInput = this.#merger.addInput()
  }

  get watermark(): number {
    return this.#watermark
  }

  /** The progress of a split; it holds the watermark from its first mention on. */
  track(splitId: string): SplitProgress {
    const known = this.#splits.get(splitId)
    if (known !== undefined) return known
    const { idlenessMs } = this.#strategy
    const split: TrackedSplit = {
      generator: this.#strategy.createGenerator(),
      idleness: idlenessMs === undefined ? undefined : new IdlenessDetector(this.#clock, idlenessMs),
      input: this.#merger.addInput(),
      aligned: undefined,
    }
    this.#splits.set(splitId, split)
    this.#idle = false
    return split
  }

  /** The split is being read from now on: it waits for the other sources of its group, and holds them back. */
  align(splitId: string, alignment: SourceAlignment): AlignedSplit {
    const split = this.track(splitId) as TrackedSplit
    split.aligned ??= alignment.begin()
    return split.aligned
  }

  finish(splitId: string): void {
    const split = this.#splits.get(splitId)
    if (split === undefined) return
    if (split.aligned !== undefined) this.#alignment?.end(split.aligned)
    const watermark = split.generator.onPeriodicEmit()
    this.#seen(watermark)
    this.#finishedMax = Math.max(this.#finishedMax, watermark)
    this.#merger.removeInput(split.input)
    this.#splits.delete(splitId)
  }

  /** Whether some split of the source has been assigned to no reader. Splits that are assigned here come before `false`. */
  setUnread(unread: boolean): void {
    if (unread === (this.#unreadInput !== undefined)) return
    if (this.#unreadInput === undefined) this.#unreadInput = this.#merger.addInput()
    else {
      this.#merger.removeInput(this.#unreadInput)
      this.#unreadInput = undefined
    }
    this.#idle = false
  }

  /** Brings watermark and idleness up to date. */
  update(backpressured: boolean): void {
    let notBegun = this.#unreadInput !== undefined
    for (const { generator, idleness, input, aligned } of this.#splits.values()) {
      // One that is not asked because it has to wait for others is not idle: they would go on without it, and it be late.
      const idle = idleness?.check(backpressured || aligned?.paused === true) ?? false
      if (idleness !== undefined) this.#merger.setIdle(input, idle)
      const watermark = generator.onPeriodicEmit()
      this.#seen(watermark)
      this.#merger.advance(input, watermark)
      if (aligned === undefined) notBegun = true
      else this.#alignment?.advance(aligned, watermark, idle)
    }
    this.#alignment?.tick(notBegun)
    const nothingToRead = this.#splits.size === 0 && this.#unreadInput === undefined
    const reached = nothingToRead ? Math.max(this.#finishedMax, this.#merger.output()) : this.#merger.output()
    const rose = reached > this.#watermark
    if (rose) this.#watermark = reached
    // Downstream passes over the watermarks of an idle input, so the last one has to arrive before the word that it is idle.
    this.#idle = !rose && (nothingToRead || this.#merger.isIdle())
  }

  /** As of the last update; a record that came since ends it. */
  isIdle(): boolean {
    if (!this.#idle) return false
    for (const { idleness } of this.#splits.values()) if (idleness?.idle === false) return false
    return true
  }
}
