import { WeirError } from '@weir/engine/base/errors'
import type { Timers } from '@weir/engine/base/platform'
import type { Logger } from '@weir/process/logging'

/** `record` writes replace an older one that still waits; `note` writes may be lost when the database is away for long. */
export type EntryKind = 'record' | 'must' | 'note'

interface Entry {
  readonly kind: EntryKind
  readonly what: string
  readonly write: () => Promise<unknown>
  readonly done: (() => void) | undefined
}

const RETRY_MS_MIN = 200
const RETRY_MS_MAX = 5_000
const ENTRIES_MAX = 1_000

export interface JournalParts {
  readonly timers: Timers
  readonly logger: Logger
  /** Another JobManager leads: this one has to end. */
  readonly onFenced: (error: WeirError) => void
}

/**
 * Writes what happens to one job into the database, in order, one write at a time. A database that is away holds up
 * nothing but this: writes are tried again until they succeed. Up to 1,000 wait; beyond that the oldest notes (history,
 * exceptions) are dropped, never a status or a commit.
 */
export class JobJournal {
  readonly #parts: JournalParts
  #entries: Entry[] = []
  #writing = false
  #stopped = false
  #dropped = 0
  readonly #waiters: (() => void)[] = []

  constructor(parts: JournalParts) {
    this.#parts = parts
  }

  /** `done` is called when the entry is durable; never for an entry that was replaced or dropped. */
  append(kind: EntryKind, what: string, write: () => Promise<unknown>, done?: () => void): void {
    if (this.#stopped) return
    const last = this.#entries.at(-1)
    // The first entry may be under way.
    const replaces = kind === 'record' && last?.kind === 'record' && this.#entries.length > (this.#writing ? 1 : 0)
    if (replaces) this.#entries.pop()
    this.#entries.push({ kind, what, write, done })
    this.#shorten()
    if (!this.#writing) void this.#run()
  }

  get pending(): number {
    return this.#entries.length
  }

  /** Resolves when all that was appended is durable, or after `timeoutMs`. */
  flushed(timeoutMs: number): Promise<void> {
    if (this.#entries.length === 0) return Promise.resolve()
    return new Promise(resolve => {
      const timer = this.#parts.timers.after(timeoutMs, resolve)
      this.#waiters.push(() => {
        timer.cancel()
        resolve()
      })
    })
  }

  /** Nothing is written any more. */
  stop(): void {
    this.#stopped = true
    this.#entries = []
    this.#wakeWaiters()
  }

  async #run(): Promise<void> {
    this.#writing = true
    let delayMs = RETRY_MS_MIN
    while (this.#entries.length > 0) {
      const entry = this.#entries[0]!
      const outcome = await this.#write(entry)
      if (this.#stopped) break
      if (outcome === 'again') {
        await new Promise<void>(resolve => {
          this.#parts.timers.after(delayMs, resolve)
        })
        delayMs = Math.min(RETRY_MS_MAX, delayMs * 2)
        continue
      }
      delayMs = RETRY_MS_MIN
      if (this.#entries[0] === entry) this.#entries.shift()
      if (outcome === 'written') entry.done?.()
    }
    this.#writing = false
    this.#wakeWaiters()
  }

  async #write(entry: Entry): Promise<'written' | 'again' | 'refused'> {
    try {
      await entry.write()
      return 'written'
    } catch (thrown) {
      const error = WeirError.from(thrown)
      if (error.code === 'FENCED') {
        this.stop()
        this.#parts.onFenced(error)
        return 'refused'
      }
      if (error.code === 'DATABASE') {
        this.#parts.logger.warn({ err: error }, `${entry.what} is not written yet and is tried again: ${error.message}`)
        return 'again'
      }
      this.#parts.logger.error({ err: error }, `${entry.what} cannot be written: ${error.message}`)
      return 'refused'
    }
  }

  #shorten(): void {
    if (this.#entries.length <= ENTRIES_MAX) return
    const oldestNote = this.#entries.findIndex((entry, index) => index > 0 && entry.kind === 'note')
    if (oldestNote < 0) return
    const [entry] = this.#entries.splice(oldestNote, 1)
    if (this.#dropped++ % 100 === 0) {
      this.#parts.logger.error(
        `the database has been away for long: ${entry!.what} is not kept (${this.#dropped} so far)`,
      )
    }
  }

  #wakeWaiters(): void {
    for (const waiter of this.#waiters.splice(0)) waiter()
  }
}
