import type { SourceSplit } from '@weir/engine/operators/source'

/** What one reader of a source is told. */
export interface SplitAssignment {
  readonly subtask: number
  readonly splits: readonly SourceSplit[]
  /** Nothing comes after these splits. */
  readonly noMoreSplits: boolean
  /** Splits exist that nobody has begun to read: they hold the source's watermark back. */
  readonly unreadSplits: boolean
}

/**
 * Hands the splits of one source to its readers, in the order of discovery: one to each at the start, then one per
 * request, so that a fast reader reads more of them. Every split goes to exactly one reader.
 *
 * All readers are told when the last split is taken: from then on no unread split holds their watermark back, and a
 * reader that has read its own is finished.
 */
export class SplitEnumerator {
  readonly #splits: readonly SourceSplit[]
  readonly #parallelism: number
  #next = 0
  #started = false

  constructor(splits: readonly SourceSplit[], parallelism: number) {
    this.#splits = splits
    this.#parallelism = parallelism
  }

  /** How many splits no reader has. */
  get unassigned(): number {
    return this.#splits.length - this.#next
  }

  /** The first assignment to every reader; to be delivered before records flow. */
  start(): SplitAssignment[] {
    this.#started = true
    const first = Array.from({ length: this.#parallelism }, () => this.#take())
    return first.map((splits, subtask) => this.#assignment(subtask, splits))
  }

  /** A reader has read what it had. Gives the messages to readers that follow from it. */
  request(subtask: number): SplitAssignment[] {
    // Before the start the reader is about to get its first split anyway.
    if (!this.#started) return []
    const hadUnread = this.unassigned > 0
    const answer = this.#assignment(subtask, this.#take())
    if (!hadUnread || this.unassigned > 0) return [answer]
    const others = Array.from({ length: this.#parallelism }, (_, reader) => reader).filter(reader => reader !== subtask)
    return [answer, ...others.map(reader => this.#assignment(reader, []))]
  }

  #take(): readonly SourceSplit[] {
    return this.#next < this.#splits.length ? [this.#splits[this.#next++]!] : []
  }

  #assignment(subtask: number, splits: readonly SourceSplit[]): SplitAssignment {
    const unread = this.unassigned > 0
    return { subtask, splits, noMoreSplits: !unread, unreadSplits: unread }
  }
}
