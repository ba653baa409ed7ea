import type { RowItem } from '@weir/proto/web/job-details'
import type { ListPage, ListSource } from './list-channel.ts'

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

/** The rows of a job: the JobManager keeps them anyway, so a reader's position is a sequence number among them. */
export class JobRows implements ListSource {
  readonly followsEvents = true
  readonly #of: Pick<RowQuery, 'jobId' | 'operator'>
  readonly #feed: RowFeed
  /** What readers may see by now: it moves once a second, so that rows come in few messages. */
  #head = -1

  constructor(of: Pick<RowQuery, 'jobId' | 'operator'>, feed: RowFeed) {
    this.#of = of
    this.#feed = feed
  }

  async look(): Promise<{ hasNews: boolean }> {
    const before = this.#head
    this.#head = this.#feed.head(this.#of.jobId)
    return { hasNews: this.#head !== before }
  }

  read(after: number | null): ListPage | null {
    if (this.#head < 0) return null
    const { jobId, operator } = this.#of
    const query = { jobId, operator, head: this.#head, rowsMax: ROWS_MAX, bytesMax: BYTES_MAX }
    const { items, isContinued } = this.#feed.after({ ...query, seq: after ?? 0 })
    const isAnew = after === null || !isContinued
    return items.length === 0 && !isAnew ? null : { items, at: items.at(-1)?.seq ?? this.#head, isAnew }
  }

  rest(): void {
    this.#head = -1
  }

  end(): void {
    // The rows are not its own.
  }
}
