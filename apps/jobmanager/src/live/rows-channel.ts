import type { WeirError } from '@weir/engine/base/errors'
import type { Clock, Timers } from '@weir/engine/base/platform'
import type { RowItem } from '@weir/proto/web/job-details'
import type { Channel, Position, Reading } from './channel.ts'
import { Pace } from './pace.ts'

/** Rows of one message. */
const ROWS_MAX = 500
const BYTES_MAX = 256 * 1024

/** The rows of jobs by their sequence numbers, see `PublishedRows`. */
export interface RowFeed {
  /** Sequence number of the latest row of any operator; 0 when there was none. */
  head(jobId: string): number
  /** The oldest rows after a sequence number, and whether they continue what a reader has that has come so far. */
  after(query: RowQuery): { readonly items: readonly RowItem[]; readonly isContinued: boolean }
}

export interface RowQuery {
  readonly jobId: string
  readonly operator: string | null
  readonly seq: number
  /** Rows beyond this sequence number are left for later. */
  readonly head: number
  readonly rowsMax: number
  /** Of JSON text; one row may be larger. */
  readonly bytesMax: number
}

export interface RowsChannelParts {
  readonly topic: string
  readonly generation: number
  readonly jobId: string
  readonly operator: string | null
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly timers: Timers
  readonly rows: RowFeed
  /** Throws NOT_FOUND when there is no such job (any more). */
  readonly requireJob: (jobId: string) => Promise<void>
  readonly onNews: () => void
  readonly onFault: (error: WeirError) => void
}

/** A topic of rows: the JobManager keeps them anyway, so a reader's position is a sequence number among them. */
export class RowsChannel implements Channel {
  readonly #parts: RowsChannelParts
  readonly #pace: Pace
  /** What readers may see by now: it moves once a second, so that rows come in few messages. */
  #head = -1
  #gone: string | null = null

  constructor(parts: RowsChannelParts) {
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
    this.#head = -1
  }

  nudge(): void {
    this.#pace.nudge()
  }

  read(position: Position | null): Reading | null {
    const { topic, generation, jobId, operator, rows } = this.#parts
    if (this.#gone !== null) return { message: { type: 'gone', topic, message: this.#gone }, position: null }
    if (this.#head < 0) return null
    const known = position?.generation === generation ? position : null
    const query = { jobId, operator, head: this.#head, rowsMax: ROWS_MAX, bytesMax: BYTES_MAX }
    const { items, isContinued } = rows.after({ ...query, seq: known?.at ?? 0 })
    const reset = known === null || !isContinued
    if (items.length === 0 && !reset) return null
    const at = items.at(-1)?.seq ?? this.#head
    return { message: { type: 'append', topic, items, reset }, position: { generation, at } }
  }

  async #look(): Promise<undefined> {
    const { jobId, rows, requireJob, onNews } = this.#parts
    await requireJob(jobId)
    const head = rows.head(jobId)
    if (head === this.#head) return
    this.#head = head
    onNews()
  }

  #end(message: string): void {
    this.#gone = message
    this.#parts.onNews()
  }
}
