import type { CheckOutcome } from '@weir/proto/web/drafts'
import type { PipelineView } from '@weir/proto/web/pipeline'
import { isBlank } from '../start/skeleton.ts'
import { Store } from '../store.ts'
import type { Timers } from '../timers.ts'

/** What the JobManager says of the text, and of which text it says it. */
export interface CheckState {
  /** `waiting`: the text has changed since, or an answer is on its way. */
  readonly phase: 'waiting' | 'checked' | 'unreachable' | 'refused'
  /** Why there is no answer, with `refused`. */
  readonly message: string | null
  /** The latest answer, and the text that it is about. */
  readonly answer: CheckAnswer | null
  /** The latest answer with a graph: what is drawn. None once the text was empty: what comes then is another job. */
  readonly drawn: (CheckAnswer & { readonly pipeline: PipelineView }) | null
}

export interface CheckAnswer {
  readonly text: string
  readonly outcome: CheckOutcome
  readonly at: number
}

export interface CheckerOptions {
  readonly timers: Timers
  check(source: string): Promise<CheckOutcome>
  /** The server's sentence for a failure that another try does not mend; undefined for one that it may. */
  refusal(error: unknown): string | undefined
}

/** Quiet time after the last key before a check. */
export const CHECK_DELAY_MS = 300
const RETRY_MS = 2_000

/** Has a text checked while it is typed: one check at a time, the newest text next, answers never out of order. */
export class Checker {
  readonly state = new Store<CheckState>({ phase: 'waiting', message: null, answer: null, drawn: null })
  readonly #options: CheckerOptions
  #text: string
  #timer: number | null = null
  #running = false
  #closed = false

  /** Begins with a check of the text at once. */
  constructor(text: string, options: CheckerOptions) {
    this.#options = options
    this.#text = text
    this.#schedule(0)
  }

  edit(text: string): void {
    if (text === this.#text) return
    this.#text = text
    this.#change({ phase: 'waiting', message: null })
    if (!this.#running) this.#schedule(CHECK_DELAY_MS)
  }

  /** Checks again, though the text is the same: slots may be free now, the JobManager may be back. */
  again(): void {
    if (!this.#running) this.#schedule(0)
  }

  close(): void {
    this.#closed = true
    this.#cancel()
  }

  #schedule(delayMs: number): void {
    this.#cancel()
    if (this.#closed) return
    this.#timer = this.#options.timers.set(() => {
      this.#timer = null
      void this.#run()
    }, delayMs)
  }

  #cancel(): void {
    if (this.#timer !== null) this.#options.timers.clear(this.#timer)
    this.#timer = null
  }

  async #run(): Promise<void> {
    const text = this.#text
    this.#running = true
    let retryMs: number | null = null
    try {
      const outcome = await this.#options.check(text)
      this.#answered({ text, outcome, at: this.#options.timers.now() })
    } catch (error) {
      const message = this.#options.refusal(error)
      if (message === undefined) retryMs = RETRY_MS
      this.#change({ phase: message === undefined ? 'unreachable' : 'refused', message: message ?? null })
    } finally {
      this.#running = false
    }
    if (this.#text !== text) this.#schedule(CHECK_DELAY_MS)
    else if (retryMs !== null) this.#schedule(retryMs)
  }

  #answered(answer: CheckAnswer): void {
    const { pipeline } = answer.outcome
    this.#change({
      phase: answer.text === this.#text ? 'checked' : 'waiting',
      message: null,
      answer,
      ...(pipeline === null ? (isBlank(answer.text) ? { drawn: null } : {}) : { drawn: { ...answer, pipeline } }),
    })
  }

  #change(change: Partial<CheckState>): void {
    if (!this.#closed) this.state.set({ ...this.state.get(), ...change })
  }
}
