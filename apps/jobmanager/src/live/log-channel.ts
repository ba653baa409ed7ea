import type { WeirError } from '@weir/engine/base/errors'
import type { Clock, Timers } from '@weir/engine/base/platform'
import type { LogLine, LogTail } from '@weir/process/log-reader'
import type { LogItem } from '@weir/proto/web/job-details'
import type { Channel, Position, Reading } from './channel.ts'
import { Pace } from './pace.ts'

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
}

/** Reads the newest lines, or with a cursor those that were written since. */
export type ReadLog = (filter: LogFilter, limit: number, after: string | null) => Promise<LogTail>

export interface LogChannelParts {
  readonly topic: string
  readonly generation: number
  readonly filter: LogFilter
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly timers: Timers
  readonly readLog: ReadLog
  /** Throws NOT_FOUND when there is no such job (any more). */
  readonly requireJob: (jobId: string) => Promise<void>
  readonly onNews: () => void
  readonly onFault: (error: WeirError) => void
}

/** A topic of log lines: read from where the last look ended, numbered as they come, the latest kept for all readers. */
export class LogChannel implements Channel {
  readonly #parts: LogChannelParts
  readonly #pace: Pace
  readonly #kept: LogItem[] = []
  #characters = 0
  /** Sequence number of the latest line. */
  #seq = 0
  #cursor: string | null = null
  #gone: string | null = null

  constructor(parts: LogChannelParts) {
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
  }

  nudge(): void {
    // Lines come once a second, whatever happens.
  }

  read(position: Position | null): Reading | null {
    const { topic, generation } = this.#parts
    if (this.#gone !== null) return { message: { type: 'gone', topic, message: this.#gone }, position: null }
    if (this.#cursor === null) return null
    const oldest = this.#kept[0]?.seq ?? this.#seq + 1
    const known = position?.generation === generation && position.at >= oldest - 1 ? position.at : null
    if (known === this.#seq) return null
    const from = known === null ? 0 : known + 1 - oldest
    const items = this.#kept.slice(from, from + MESSAGE_LINES_MAX)
    const at = items.at(-1)?.seq ?? this.#seq
    return { message: { type: 'append', topic, items, reset: known === null }, position: { generation, at } }
  }

  async #look(): Promise<number | undefined> {
    const { filter, readLog, requireJob, onNews } = this.#parts
    await requireJob(filter.jobId)
    const isFirst = this.#cursor === null
    const { lines, cursor } = await readLog(filter, LINES_MAX, this.#cursor)
    this.#cursor = cursor
    for (const line of lines) this.#keep(itemOf(line, ++this.#seq))
    if (lines.length > 0 || isFirst) onNews()
    return !isFirst && lines.length >= LINES_MAX ? CATCH_UP_MS : undefined
  }

  #end(message: string): void {
    this.#gone = message
    this.#kept.length = 0
    this.#parts.onNews()
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
