import type { Clock } from '../base/platform.ts'
import type { AlignmentConfig } from '../graph/job-graph.ts'
import { MAX_WATERMARK, MIN_WATERMARK } from '../record/stream-element.ts'

/** How often sources report their watermarks, and hear of the slowest one, where a job does not say; as in Flink. */
export const DEFAULT_ALIGNMENT_INTERVAL_MS = 1_000

/** One split that is being read, as alignment sees it. */
export interface AlignedSplit {
  /** As far as it is known: between emissions it may be further. */
  readonly watermark: number
  /** Whether nothing of the split is to be emitted until others of the group have caught up. */
  readonly paused: boolean
}

interface KnownSplit {
  watermark: number
  idle: boolean
  paused: boolean
}

/** What of it people see. */
export interface AlignmentView {
  readonly group: string
  /** Splits that are being read, and how many of these are paused. */
  readonly splits: number
  readonly pausedSplits: number
  /** Time during which all of them were paused, ms. */
  readonly pausedMs: number
  /** The furthest split against the slowest source of the group; null while one of the two is not known. */
  readonly aheadMs: number | null
}

/**
 * Watermark alignment, on the side of one source subtask (the other one is packages/control/sources/alignment.ts): it
 * reports how far the slowest of its splits is, hears how far the slowest source of the group is, and pauses the splits
 * that are ahead of that by more than the drift. Semantics follow Flink's watermark alignment.
 *
 * Invariant: no split is paused whose watermark is at most that of the slowest source plus the drift, so the slowest one
 * always goes on. Splits that nobody has begun to read do not count: a reader of one split after the other would wait for
 * one that it only begins when the paused one is through. Before the first word of the group a split may go as far as the
 * drift from where the first one began, since the slowest cannot be ahead of it.
 */
export class SourceAlignment {
  readonly intervalMs: number
  readonly #config: AlignmentConfig
  readonly #clock: Clock
  readonly #report: (watermark: number) => void
  readonly #splits = new Set<KnownSplit>()
  /** Of the slowest source of the group; undefined until it is announced. */
  #slowest: number | undefined
  /** Splits with a watermark above it are paused. */
  #bound = MAX_WATERMARK
  #pausedSplits = 0
  #pausedMs = 0
  #allPausedSinceMs: number | undefined
  #reported: number | undefined
  /** The last report that was a time. */
  #heldAt = MIN_WATERMARK
  #reportedAtMs = 0
  #firstTickMs: number | undefined

  /** `report` is given the watermark that holds the group back; MAX_WATERMARK: none. */
  constructor(config: AlignmentConfig, clock: Clock, report: (watermark: number) => void) {
    this.#config = config
    this.#clock = clock
    this.#report = report
    this.intervalMs = config.intervalMs ?? DEFAULT_ALIGNMENT_INTERVAL_MS
  }

  get group(): string {
    return this.#config.group
  }

  get bound(): number {
    return this.#bound
  }

  /** A split is being read from now on. */
  begin(): AlignedSplit {
    const split: KnownSplit = { watermark: MIN_WATERMARK, idle: false, paused: false }
    this.#splits.add(split)
    this.#noteAllPaused()
    return split
  }

  end(split: AlignedSplit): void {
    if (!this.#splits.delete(split as KnownSplit)) return
    if (split.paused) this.#pausedSplits--
    this.#noteAllPaused()
  }

  /** Its watermark now. Idle splits hold nobody back. */
  advance(split: AlignedSplit, watermark: number, idle = false): void {
    const known = split as KnownSplit
    known.watermark = watermark
    known.idle = idle
    if (this.#slowest === undefined && this.#bound === MAX_WATERMARK && watermark > MIN_WATERMARK)
      this.#bound = watermark + this.#config.maxDriftMs
    this.#judge(known)
  }

  /** The group's slowest source is here; MAX_WATERMARK: nobody holds the others back. True when a split may go on. */
  announce(slowest: number): boolean {
    this.#slowest = slowest
    this.#bound = slowest + this.#config.maxDriftMs
    const before = this.#pausedSplits
    for (const split of this.#splits) this.#judge(split)
    return this.#pausedSplits < before
  }

  /** Whether there is a split, and none that may be read. */
  get allPaused(): boolean {
    return this.#pausedSplits > 0 && this.#pausedSplits === this.#splits.size
  }

  /**
   * Reports, at most once per interval, when there is something new to say; called at every emission of watermarks.
   * `awaitsSplits`: some have not been begun, or are on their way; then a source without one holds what it held before.
   */
  tick(awaitsSplits: boolean): void {
    const nowMs = this.#clock.monotonicMs()
    this.#firstTickMs ??= nowMs
    if (this.#reported !== undefined && nowMs - this.#reportedAtMs < this.intervalMs) return
    const watermark = this.#holding(awaitsSplits)
    // The first records are on their way: others would stop for an interval because of a word that does not hold.
    const tooEarly = this.#reported === undefined && nowMs - this.#firstTickMs < this.intervalMs
    if (tooEarly && watermark === MIN_WATERMARK) return
    this.#tell(watermark, nowMs)
  }

  /** The source is through: it says so at once, since others may wait for it. */
  finish(): void {
    for (const split of [...this.#splits]) this.end(split)
    this.#tell(MAX_WATERMARK, this.#clock.monotonicMs())
  }

  view(): AlignmentView {
    let furthest = MIN_WATERMARK
    for (const { watermark } of this.#splits) furthest = Math.max(furthest, watermark)
    const aheadMs = furthest - (this.#slowest ?? MIN_WATERMARK)
    const since = this.#allPausedSinceMs
    return {
      group: this.group,
      splits: this.#splits.size,
      pausedSplits: this.#pausedSplits,
      pausedMs: this.#pausedMs + (since === undefined ? 0 : this.#clock.monotonicMs() - since),
      aheadMs: Number.isFinite(aheadMs) ? Math.max(0, aheadMs) : null,
    }
  }

  #holding(awaitsSplits: boolean): number {
    if (this.#splits.size === 0) return awaitsSplits ? this.#heldAt : MAX_WATERMARK
    let slowest = MAX_WATERMARK
    for (const { watermark, idle } of this.#splits) {
      // One that has just been begun holds the group where it is; that it be sent back to its beginning helps nobody.
      if (!idle) slowest = Math.min(slowest, watermark === MIN_WATERMARK ? this.#heldAt : watermark)
    }
    return slowest
  }

  #tell(watermark: number, nowMs: number): void {
    if (watermark === this.#reported) return
    this.#reported = watermark
    this.#reportedAtMs = nowMs
    if (watermark !== MAX_WATERMARK) this.#heldAt = watermark
    this.#report(watermark)
  }

  #judge(split: KnownSplit): void {
    const paused = split.watermark > this.#bound
    if (paused === split.paused) return
    split.paused = paused
    this.#pausedSplits += paused ? 1 : -1
    this.#noteAllPaused()
  }

  #noteAllPaused(): void {
    if (this.allPaused) {
      this.#allPausedSinceMs ??= this.#clock.monotonicMs()
    } else if (this.#allPausedSinceMs !== undefined) {
      this.#pausedMs += this.#clock.monotonicMs() - this.#allPausedSinceMs
      this.#allPausedSinceMs = undefined
    }
  }
}
