import type { PublishedRow } from './control-plane.ts'

export interface RowLimits {
  readonly rowsPerOperator: number
  readonly bytesTotal: number
}

interface Kept {
  readonly at: number
  readonly subtask: number
  readonly json: string
}

interface OperatorRows {
  readonly jobId: string
  readonly operator: string
  rows: Kept[]
  bytes: number
}

const DEFAULT_LIMITS: RowLimits = { rowsPerOperator: 1_000, bytesTotal: 100 * 1024 * 1024 }
/** What a row costs beside its text. */
const ROW_OVERHEAD_BYTES = 64

/**
 * The latest rows of collect and print sinks, for people's eyes: bounded per operator by number and in total by size; the
 * operator that holds most gives way first. A new attempt of a job begins with none.
 */
export class PublishedRows {
  readonly #limits: RowLimits
  readonly #operators = new Map<string, OperatorRows>()
  readonly #attempts = new Map<string, number>()
  #bytes = 0

  constructor(limits: RowLimits = DEFAULT_LIMITS) {
    this.#limits = limits
  }

  get bytes(): number {
    return this.#bytes
  }

  add(jobId: string, attempt: number, operator: string, subtask: number, rows: readonly unknown[], at: number): void {
    this.#beginAttempt(jobId, attempt)
    const kept = this.#rowsOf(jobId, operator)
    for (const row of rows.slice(-this.#limits.rowsPerOperator)) {
      const json = JSON.stringify(row) ?? 'null'
      kept.rows.push({ at, subtask, json })
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

  forget(jobId: string): void {
    this.#attempts.delete(jobId)
    for (const [key, kept] of this.#operators) {
      if (kept.jobId !== jobId) continue
      this.#bytes -= kept.bytes
      this.#operators.delete(key)
    }
  }

  #beginAttempt(jobId: string, attempt: number): void {
    const latest = this.#attempts.get(jobId)
    if (latest !== undefined && latest !== attempt) this.forget(jobId)
    this.#attempts.set(jobId, attempt)
  }

  #rowsOf(jobId: string, operator: string): OperatorRows {
    const key = `${jobId}/${operator}`
    const known = this.#operators.get(key)
    if (known !== undefined) return known
    const made: OperatorRows = { jobId, operator, rows: [], bytes: 0 }
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
    for (const { json } of kept.rows.splice(0, count)) this.#count(kept, -costOf(json))
  }

  #count(kept: OperatorRows, bytes: number): void {
    kept.bytes += bytes
    this.#bytes += bytes
  }
}

function costOf(json: string): number {
  return json.length * 2 + ROW_OVERHEAD_BYTES
}
