/** Rows of one message at most, and how long they may wait for others. */
const ROWS_MAX = 200
const DELAY_MS = 100
/** Rows that a slot publishes a second at most: they are for people's eyes. */
const ROWS_PER_SECOND_MAX = 2000

/** Characters of one row's JSON at most; what is larger is shown as the beginning of it. */
const ROW_CHARS_MAX = 64 * 1024

/** Batches the rows that sinks publish, and lets pass no more than a person could look at. */
export class RowPublisher {
  readonly #send: (operator: string, subtask: number, rows: unknown[]) => void
  readonly #waiting = new Map<string, { operator: string; subtask: number; rows: unknown[] }>()
  #timer: NodeJS.Timeout | undefined
  #second = 0
  #sentInSecond = 0

  constructor(send: (operator: string, subtask: number, rows: unknown[]) => void) {
    this.#send = send
  }

  add(operator: string, subtask: number, row: unknown): void {
    const second = Math.floor(performance.now() / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#sentInSecond = 0
    }
    if (++this.#sentInSecond > ROWS_PER_SECOND_MAX) return
    const key = `${operator} ${subtask}`
    const waiting = this.#waiting.get(key) ?? { operator, subtask, rows: [] }
    waiting.rows.push(shown(row))
    this.#waiting.set(key, waiting)
    if (waiting.rows.length >= ROWS_MAX) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), DELAY_MS)
  }

  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const { operator, subtask, rows } of this.#waiting.values()) this.#send(operator, subtask, rows)
    this.#waiting.clear()
  }
}

/**
 * The row as plain JSON, as it is now: it goes to other threads and processes, and user code may hold functions, big
 * integers or circles in it, and write to it later.
 */
function shown(row: unknown): unknown {
  let json: string | undefined
  try {
    json = JSON.stringify(row, (_name, field: unknown) => {
      if (typeof field === 'bigint') return `${field}n`
      if (typeof field === 'number' && !Number.isFinite(field)) return String(field)
      if (field instanceof Map || field instanceof Set) return [...field]
      return field
    })
  } catch (error) {
    return `(cannot be shown: ${error instanceof Error ? error.message.split('\n')[0] : String(error)})`
  }
  if (json === undefined) return String(row)
  return json.length > ROW_CHARS_MAX ? `${json.slice(0, ROW_CHARS_MAX)}…` : JSON.parse(json)
}
