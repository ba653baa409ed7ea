import type { WeirError } from '@weir/engine/base/errors'
import type { Clock, Timers } from '@weir/engine/base/platform'
import { type Change, changesBetween, leavesOf } from '@weir/proto/web/live-delta'
import type { Channel, Position, Reading } from './channel.ts'
import { type Freshness, Pace } from './pace.ts'

/** Versions of a document whose changes are kept for readers that come back. */
const VERSIONS_MAX = 60
/** Changes are kept while they are smaller than the document; of a small one, so many values in any case. */
const KEPT_LEAVES_MIN = 500

/** One state of a document. */
export interface Shown {
  readonly doc: unknown
  /** Nothing changes it but an event: it need not be looked at every second. */
  readonly isSettled: boolean
}

export interface DocumentChannelParts {
  readonly topic: string
  readonly generation: number
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly timers: Timers
  /** Throws NOT_FOUND when there is no such thing (any more). */
  readonly compute: (freshness: Freshness) => Promise<Shown>
  readonly onNews: () => void
  readonly onFault: (error: WeirError) => void
}

interface Version {
  readonly at: number
  readonly changes: readonly Change[]
  readonly leaves: number
}

/** A settled document is looked at so often all the same: an event may have been missed. */
const SETTLED_INTERVAL_MS = 10_000

/** A topic that is one document: its latest state, and the changes that led there. */
export class DocumentChannel implements Channel {
  readonly #parts: DocumentChannelParts
  readonly #pace: Pace
  #shown: unknown
  #at = 0
  #versions: Version[] = []
  #gone: string | null = null
  /** Nobody has looked since somebody watches again: what is here may be old. */
  #isStale = true

  constructor(parts: DocumentChannelParts) {
    this.#parts = parts
    const { clock, timers, onFault } = parts
    this.#pace = new Pace({
      clock,
      timers,
      look: freshness => this.#look(freshness),
      onGone: message => this.#end(message),
      onFault,
    })
  }

  get isOver(): boolean {
    return this.#gone !== null
  }

  start(): void {
    this.#pace.start()
  }

  stop(): void {
    this.#pace.stop()
    this.#isStale = true
  }

  nudge(): void {
    this.#pace.nudge()
  }

  read(position: Position | null): Reading | null {
    const { topic, generation } = this.#parts
    if (this.#gone !== null) return { message: { type: 'gone', topic, message: this.#gone }, position: null }
    if (this.#isStale) return null
    const here = { generation, at: this.#at }
    if (position?.generation === generation && position.at === this.#at) return null
    const missed = this.#changesSince(position)
    if (missed === null) return { message: { type: 'snapshot', topic, doc: this.#shown }, position: here }
    return { message: { type: 'delta', topic, changes: missed }, position: here }
  }

  /** Null when they are not kept. */
  #changesSince(position: Position | null): Change[] | null {
    if (position === null || position.generation !== this.#parts.generation) return null
    const oldest = this.#versions[0]?.at ?? this.#at + 1
    if (position.at < oldest - 1 || position.at > this.#at) return null
    return this.#versions.filter(({ at }) => at > position.at).flatMap(({ changes }) => changes)
  }

  /** While it fails, readers have what they have. */
  async #look(freshness: Freshness): Promise<number | undefined> {
    const { doc, isSettled } = await this.#parts.compute(freshness)
    const wasStale = this.#isStale
    this.#isStale = false
    if (this.#take(doc) || wasStale) this.#parts.onNews()
    return isSettled ? SETTLED_INTERVAL_MS : undefined
  }

  /** Whether it is another state than before. */
  #take(doc: unknown): boolean {
    if (this.#at > 0) {
      const changes = changesBetween(this.#shown, doc)
      if (changes.length === 0) return false
      this.#keep(changes, Math.max(KEPT_LEAVES_MIN, leavesOf(doc)))
    }
    this.#at++
    this.#shown = doc
    return true
  }

  #keep(changes: readonly Change[], leavesMax: number): void {
    this.#versions.push({ at: this.#at + 1, changes, leaves: leavesOf(changes) })
    let leaves = this.#versions.reduce((total, version) => total + version.leaves, 0)
    while (this.#versions.length > VERSIONS_MAX || (leaves > leavesMax && this.#versions.length > 1)) {
      leaves -= this.#versions.shift()!.leaves
    }
  }

  #end(message: string): void {
    this.#gone = message
    this.#shown = undefined
    this.#versions = []
    this.#parts.onNews()
  }
}
