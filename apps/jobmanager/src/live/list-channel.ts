import type { WeirError } from '@weir/engine/base/errors'
import type { Clock, Timers } from '@weir/engine/base/platform'
import type { Channel, Position, Reading } from './channel.ts'
import { Pace } from './pace.ts'

/** Items for one reader, and the sequence number that it has come to with them. */
export interface ListPage {
  readonly items: readonly unknown[]
  readonly at: number
  /** They do not continue what the reader has. */
  readonly isAnew: boolean
}

/** Where the items of a list come from: each has a sequence number that grows. */
export interface ListSource {
  /** Finds out what is new. `pauseMs`: until the next look, where a second would be too long. */
  look(): Promise<{ readonly hasNews: boolean; readonly pauseMs?: number }>
  /** What a reader gets that has come to `after` (null: has nothing); null when that is nothing, or nobody has looked. */
  read(after: number | null): ListPage | null
  /** Nobody watches any more. */
  rest(): void
  /** The job is gone: nothing is worth keeping. */
  end(): void
  /** Whether an event makes a look worthwhile before the next second. */
  readonly followsEvents: boolean
}

export interface ListChannelParts {
  readonly topic: string
  readonly generation: number
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly timers: Timers
  readonly source: ListSource
  /** Throws NOT_FOUND when there is no such job (any more). */
  readonly requireJob: () => Promise<void>
  readonly onNews: () => void
  readonly onFault: (error: WeirError) => void
}

/** A topic that is a list of items: what is new is looked for once a second, each reader gets what it has not got. */
export class ListChannel implements Channel {
  readonly #parts: ListChannelParts
  readonly #pace: Pace
  #gone: string | null = null

  constructor(parts: ListChannelParts) {
    this.#parts = parts
    const { clock, timers, onFault } = parts
    this.#pace = new Pace({ clock, timers, look: () => this.#look(), onGone: message => this.#end(message), onFault })
  }

  get isOver(): boolean {
    return this.#gone !== null
  }

  start(): void {
    this.#pace.start()
  }

  stop(): void {
    this.#pace.stop()
    this.#parts.source.rest()
  }

  nudge(): void {
    if (this.#parts.source.followsEvents) this.#pace.nudge()
  }

  read(position: Position | null): Reading | null {
    const { topic, generation, source } = this.#parts
    if (this.#gone !== null) return { message: { type: 'gone', topic, message: this.#gone }, position: null }
    const page = source.read(position?.generation === generation ? position.at : null)
    if (page === null) return null
    const { items, at, isAnew } = page
    return { message: { type: 'append', topic, items, reset: isAnew }, position: { generation, at } }
  }

  async #look(): Promise<number | undefined> {
    const { source, requireJob, onNews } = this.#parts
    await requireJob()
    const { hasNews, pauseMs } = await source.look()
    if (hasNews) onNews()
    return pauseMs
  }

  #end(message: string): void {
    this.#gone = message
    this.#parts.source.end()
    this.#parts.onNews()
  }
}
