import type { LogLine, LogTail } from '@weir/process/log-reader'
import type { LogItem } from '@weir/proto/web/job-details'
import type { LeastLevel } from '@weir/proto/web/live'
import type { ListPage, ListSource } from './list-channel.ts'

/** Lines that are read at first, and at most by one look. */
const LINES_MAX = 1_000
/** Where a look has found so many, the next one comes soon, so that it does not fall behind. */
const CATCH_UP_MS = 100
/** Lines that are kept for readers that come (back), and the characters that these may have. */
const KEPT_MAX = 2_000
const KEPT_CHARACTERS_MAX = 4 * 1024 * 1024
/** Lines of one message. */
const MESSAGE_LINES_MAX = 500
/** A message of user code may be as long as it likes; what is shown of it is not. */
const TEXT_CHARACTERS_MAX = 16 * 1024

export interface LogFilter {
  readonly jobId: string
  readonly operator: string | null
  readonly subtask: number | null
  readonly search: string | null
  /** Null: lines of all levels. */
  readonly level: LeastLevel | null
}

/** Reads the newest lines, or with a cursor those that were written since. */
export type ReadLog = (filter: LogFilter, limit: number, after: string | null) => Promise<LogTail>

/** Log lines: read from where the last look ended, numbered as they come, the latest kept for all readers. */
export class LogLines implements ListSource {
  /** Lines come once a second, whatever happens. */
  readonly followsEvents = false
  readonly #filter: LogFilter
  readonly #readLog: ReadLog
  readonly #kept: LogItem[] = []
  #characters = 0
  /** Sequence number of the latest line. */
  #seq = 0
  #cursor: string | null = null

  constructor(filter: LogFilter, readLog: ReadLog) {
    this.#filter = filter
    this.#readLog = readLog
  }

  async look(): Promise<{ hasNews: boolean; pauseMs?: number }> {
    const isFirst = this.#cursor === null
    const { lines, cursor } = await this.#readLog(this.#filter, LINES_MAX, this.#cursor)
    this.#cursor = cursor
    for (const line of lines) this.#keep(itemOf(line, ++this.#seq))
    const isBehind = !isFirst && lines.length >= LINES_MAX
    return { hasNews: lines.length > 0 || isFirst, ...(isBehind ? { pauseMs: CATCH_UP_MS } : {}) }
  }

  read(after: number | null): ListPage | null {
    if (this.#cursor === null) return null
    const oldest = this.#kept[0]?.seq ?? this.#seq + 1
    const known = after !== null && after >= oldest - 1 ? after : null
    if (known === this.#seq) return null
    const from = known === null ? 0 : known + 1 - oldest
    const items = this.#kept.slice(from, from + MESSAGE_LINES_MAX)
    return { items, at: items.at(-1)?.seq ?? this.#seq, isAnew: known === null }
  }

  rest(): void {
    // The lines stay: whoever comes back goes on with them.
  }

  end(): void {
    this.#kept.length = 0
  }

  #keep(item: LogItem): void {
    this.#kept.push(item)
    this.#characters += item.message.length
    let dropped = 0
    while (this.#kept.length - dropped > KEPT_MAX || this.#characters > KEPT_CHARACTERS_MAX) {
      this.#characters -= this.#kept[dropped++]!.message.length
    }
    if (dropped > 0) this.#kept.splice(0, dropped)
  }
}

function itemOf(line: LogLine, seq: number): LogItem {
  const { level, time, msg, process = '', operator = null, subtask = null, attempt = null } = line
  const message = msg.length > TEXT_CHARACTERS_MAX ? `${msg.slice(0, TEXT_CHARACTERS_MAX)}…` : msg
  return { seq, at: Date.parse(time), level, process, operator, subtask, attempt, message }
}
