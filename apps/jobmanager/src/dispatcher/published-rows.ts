import type { RowItem } from '@weir/proto/web/job-details'
import type { RowFeed, RowQuery } from '../live/job-rows.ts'
import type { PublishedRow } from './control-plane.ts'

export interface RowLimits {
  readonly rowsPerOperator: number
  readonly bytesTotal: number
}

interface Kept {
  /** Grows by one with each row of the job. */
  readonly seq: number
  readonly at: number
  readonly subtask: number
  readonly json: string
}

interface OperatorRows {
  readonly jobId: string
  readonly operator: string
  rows: Kept[]
  bytes: number
  /** Sequence number of the latest row that gave way. */
  droppedSeq: number
}

/** What is known of a job beside its rows. */
interface JobRows {
  attempt: number
  /** Sequence number of the latest row, or of the beginning of the attempt. */
  seq: number
  /** Rows up to this one are of an earlier attempt. */
  beganSeq: number
}

const DEFAULT_LIMITS: RowLimits = { rowsPerOperator: 1_000, bytesTotal: 100 * 1024 * 1024 }
/** What a row costs beside its text. */
const ROW_OVERHEAD_BYTES = 64

/**
 * The latest rows of collect and print sinks, for people's eyes: bounded per operator by number and in total by size; the
 * operator that holds most gives way first. A new attempt of a job begins with none. Rows are numbered per job, so that a
 * reader can ask for what came after those that it has.
 */
export class PublishedRows implements RowFeed {
  readonly #limits: RowLimits
  readonly #operators = new Map<string, OperatorRows>()
  readonly #jobs = new Map<string, JobRows>()
  #bytes = 0

  constructor(limits: RowLimits = DEFAULT_LIMITS) {
    this.#limits = limits
  }

  get bytes(): number {
    return this.#bytes
  }

  add(jobId: string, attempt: number, operator: string, subtask: number, rows: readonly unknown[], at: number): void {
    const job = this.#beginAttempt(jobId, attempt)
    const kept = this.#rowsOf(jobId, operator)
    const shown = rows.slice(-this.#limits.rowsPerOperator)
    if (shown.length < rows.length) {
      job.seq += rows.length - shown.length
      kept.droppedSeq = job.seq
    }
    for (const row of shown) {
      const json = JSON.stringify(row) ?? 'null'
      kept.rows.push({ seq: ++job.seq, at, subtask, json })
      this.#count(kept, costOf(json))
    }
    this.#drop(kept, kept.rows.length - this.#limits.rowsPerOperator)
    while (this.#bytes > this.#limits.bytesTotal) this.#dropFromLargest()
  }

  /** Oldest first. */
  read(jobId: string, operator?: string): PublishedRow[] {
    const found: PublishedRow[] = []
    for (const kept of this.#operators.values()) {
      if (kept.jobId !== jobId || (operator !== undefined && kept.operator !== operator)) continue
      for (const { at, subtask, json } of kept.rows) {
        found.push({ at, operator: kept.operator, subtask, row: JSON.parse(json) as unknown })
      }
    }
    return found.sort((a, b) => a.at - b.at)
  }

  head(jobId: string): number {
    return this.#jobs.get(jobId)?.seq ?? 0
  }

  after({ jobId, operator, seq, head, rowsMax, bytesMax }: RowQuery): { items: RowItem[]; isContinued: boolean } {
    const asked = [...this.#operators.values()].filter(
      kept => kept.jobId === jobId && (operator === null || kept.operator === operator),
    )
    const isContinued =
      seq >= (this.#jobs.get(jobId)?.beganSeq ?? 0) && asked.every(({ droppedSeq }) => seq >= droppedSeq)
    const found = asked.flatMap(kept => {
      const first = firstAfter(kept.rows, seq)
      return kept.rows.slice(first, first + rowsMax).map(row => ({ operator: kept.operator, row }))
    })
    found.sort((a, b) => a.row.seq - b.row.seq)
    const items: RowItem[] = []
    let bytes = 0
    for (const { operator: of, row } of found) {
      bytes += row.json.length
      if (row.seq > head || items.length >= rowsMax || (items.length > 0 && bytes > bytesMax)) break
      items.push({ seq: row.seq, at: row.at, operator: of, subtask: row.subtask, row: JSON.parse(row.json) as unknown })
    }
    return { items, isContinued }
  }

  forget(jobId: string): void {
    this.#jobs.delete(jobId)
    this.#clear(jobId)
  }

  #clear(jobId: string): void {
    for (const [key, kept] of this.#operators) {
      if (kept.jobId !== jobId) continue
      this.#bytes -= kept.bytes
      this.#operators.delete(key)
    }
  }

  #beginAttempt(jobId: string, attempt: number): JobRows {
    const known = this.#jobs.get(jobId)
    if (known?.attempt === attempt) return known
    if (known !== undefined) this.#clear(jobId)
    // The beginning has a number of its own: who has seen all rows of the earlier attempt does not go on from there.
    const began = known === undefined ? 0 : known.seq + 1
    const made = { attempt, seq: began, beganSeq: began }
    this.#jobs.set(jobId, made)
    return made
  }

  #rowsOf(jobId: string, operator: string): OperatorRows {
    const key = `${jobId}/${operator}`
    const known = this.#operators.get(key)
    if (known !== undefined) return known
    const made: OperatorRows = { jobId, operator, rows: [], bytes: 0, droppedSeq: 0 }
    this.#operators.set(key, made)
    return made
  }

  #dropFromLargest(): void {
    const largest = [...this.#operators.values()].reduce((a, b) => (b.bytes > a.bytes ? b : a))
    // In portions, so that a full store does not look for the largest with every row.
    this.#drop(largest, Math.max(1, Math.ceil(largest.rows.length / 10)))
  }

  #drop(kept: OperatorRows, count: number): void {
    if (count <= 0) return
    for (const { seq, json } of kept.rows.splice(0, count)) {
      this.#count(kept, -costOf(json))
      kept.droppedSeq = Math.max(kept.droppedSeq, seq)
    }
  }

  #count(kept: OperatorRows, bytes: number): void {
    kept.bytes += bytes
    this.#bytes += bytes
  }
}

function costOf(json: string): number {
  return json.length * 2 + ROW_OVERHEAD_BYTES
}

/** Where the rows after a sequence number begin: they are in order. */
function firstAfter(rows: readonly Kept[], seq: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (rows[middle]!.seq <= seq) low = middle + 1
    else high = middle
  }
  return low
}
