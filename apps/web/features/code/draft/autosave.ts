import type { Draft, SaveOutcome } from '@weir/proto/web/drafts'
import { Store } from '../store.ts'
import type { Timers } from '../timers.ts'

/** How far the text on the screen is kept by the server. */
export type SaveState =
  /** The server has this text since `at`; null when it was so when the page was opened. */
  | { readonly phase: 'saved'; readonly at: number | null }
  /** Typed since the last save; a save is due in a moment, or on its way. */
  | { readonly phase: 'saving' }
  /** No answer; tried again by itself. The text is kept in this browser. */
  | { readonly phase: 'unreachable'; readonly since: number }
  /** The server said no: trying again changes nothing before somebody acts. */
  | { readonly phase: 'refused'; readonly message: string }
  /** Somebody else saved in between. Nothing is written until it is decided whose text stays. */
  | { readonly phase: 'conflict'; readonly current: Draft }

export interface AutosaveOptions {
  readonly timers: Timers
  /** Throws what `isRefusal` tells apart. */
  /** `restored`: it begins a version of its own in the history, since it takes the place of another text. */
  save(source: string, baseRevision: number, restored: boolean): Promise<SaveOutcome>
  /** The server's sentence for a failure that another try does not mend; undefined for one that it may. */
  refusal(error: unknown): string | undefined
  /** The last way out of a page that is being closed: sends without waiting for the answer. */
  sendLast(source: string, baseRevision: number): void
  /** Keeps what the server does not have (yet); null: it has everything. */
  backup(unsaved: { readonly source: string; readonly baseRevision: number } | null): void
}

/** Quiet time after the last key before a save. */
export const SAVE_DELAY_MS = 500
const RETRY_FIRST_MS = 1_000
const RETRY_MAX_MS = 5_000

/**
 * Saves a text as it is typed. At most one save is on its way; each names the revision that it is based on, so that
 * nobody's text is overwritten unseen. Invariant: a text that the server does not have is in the backup.
 */
export class Autosave {
  readonly state: Store<SaveState>
  readonly revision: Store<number>
  readonly #options: AutosaveOptions
  #text: string
  /** What the server has at `revision`. */
  #savedText: string
  #timer: number | null = null
  #failures = 0
  #saving: Promise<void> | null = null
  #closed = false
  /** The next save begins a version of its own. */
  #restored = false
  /** What went out with the last breath of a page that then came back. */
  #sentLast: string | null = null

  constructor(saved: { readonly source: string; readonly revision: number }, options: AutosaveOptions) {
    this.#options = options
    this.#text = saved.source
    this.#savedText = saved.source
    this.revision = new Store(saved.revision)
    this.state = new Store<SaveState>({ phase: 'saved', at: null })
  }

  get text(): string {
    return this.#text
  }

  get isSaved(): boolean {
    return this.#text === this.#savedText && this.#saving === null
  }

  /** The text on the screen is another. */
  edit(text: string): void {
    if (text === this.#text) return
    this.#text = text
    const { phase } = this.state.get()
    if (text === this.#savedText && this.#saving === null && phase !== 'conflict') {
      this.#cancelTimer()
      this.#settled(this.#options.timers.now())
      return
    }
    this.#options.backup({ source: text, baseRevision: this.revision.get() })
    if (phase === 'conflict') return
    if (phase === 'saved' || phase === 'refused') this.state.set({ phase: 'saving' })
    if (phase !== 'unreachable') this.#schedule(SAVE_DELAY_MS)
  }

  /** A text of the history takes the place of what is on the screen. */
  restore(text: string): void {
    this.#restored = text !== this.#savedText
    this.edit(text)
    if (this.state.get().phase === 'saving') this.#schedule(0)
  }

  /** Saves now what is not saved; ends when the server has the text, or has not been able to take it. */
  async flush(): Promise<boolean> {
    this.#cancelTimer()
    for (let round = 0; round < MAX_ROUNDS; round++) {
      if (this.#saving !== null) await this.#saving
      else if (this.#text !== this.#savedText && this.state.get().phase !== 'conflict') {
        const before = this.#savedText
        await this.#save()
        if (this.#savedText === before) return false
      } else break
    }
    this.#cancelTimer()
    return this.#text === this.#savedText
  }

  /** The page may be gone in a moment: whatever is not saved is sent without waiting. Also kept in the backup. */
  leave(): void {
    if (this.#text === this.#savedText || this.state.get().phase === 'conflict') return
    this.#options.backup({ source: this.#text, baseRevision: this.revision.get() })
    // A save on its way makes a new revision that this one cannot name; what it lacks is in the backup.
    if (this.#saving !== null) return
    this.#sentLast = this.#text
    this.#options.sendLast(this.#text, this.revision.get())
  }

  /** The server was asked again and has this now. Gives the text to show, or undefined to leave the screen alone. */
  seen(current: Draft): string | undefined {
    if (this.#saving !== null || current.revision <= this.revision.get()) return undefined
    if (current.source === this.#text || this.#text === this.#savedText) {
      this.#adopt(current)
      this.#settled(this.#options.timers.now())
      return current.source
    }
    this.#conflict(current)
    return undefined
  }

  /** Opened with a text that was typed on an older revision than the one that is stored: somebody decides. */
  diverged(text: string, current: Draft): void {
    this.#text = text
    this.#conflict(current)
  }

  /** Decides a conflict: this text stays, over what the other has saved. */
  keepMine(): void {
    const state = this.state.get()
    if (state.phase !== 'conflict') return
    this.revision.set(state.current.revision)
    this.#savedText = state.current.source
    // As a version of its own: saves of one person in a row are one version, and theirs has to stay in the history.
    this.#restored = true
    this.state.set({ phase: 'saving' })
    this.#schedule(0)
  }

  /** Decides a conflict: what the other has saved stays. Gives the text to show. */
  takeTheirs(): string | undefined {
    const state = this.state.get()
    if (state.phase !== 'conflict') return undefined
    this.#adopt(state.current)
    this.#text = state.current.source
    this.#settled(this.#options.timers.now())
    return state.current.source
  }

  /** The way to the server is open again, or somebody wants it tried. */
  retry(): void {
    const { phase } = this.state.get()
    if (phase === 'unreachable' || phase === 'refused') this.#schedule(0)
  }

  close(): void {
    this.#closed = true
    this.#cancelTimer()
  }

  #schedule(delayMs: number): void {
    this.#cancelTimer()
    if (this.#closed) return
    this.#timer = this.#options.timers.set(() => {
      this.#timer = null
      if (this.#saving === null) void this.#save()
    }, delayMs)
  }

  #cancelTimer(): void {
    if (this.#timer !== null) this.#options.timers.clear(this.#timer)
    this.#timer = null
  }

  #save(): Promise<void> {
    const text = this.#text
    if (this.state.get().phase !== 'unreachable') this.state.set({ phase: 'saving' })
    this.#saving = this.#attempt(text).finally(() => {
      this.#saving = null
      this.#next()
    })
    return this.#saving
  }

  async #attempt(text: string): Promise<void> {
    try {
      const outcome = await this.#options.save(text, this.revision.get(), this.#restored)
      this.#failures = 0
      if (outcome.ok) {
        this.#restored = false
        this.revision.set(outcome.revision)
        this.#savedText = text
        this.#settled(this.#options.timers.now())
      } else if (outcome.current.source === this.#text) {
        this.#adopt(outcome.current)
        this.#settled(this.#options.timers.now())
      } else if (outcome.current.source === this.#sentLast) {
        // Nobody else: this very page, when it seemed to be closed.
        this.#adopt(outcome.current)
        this.#settled(this.#options.timers.now())
      } else {
        this.#conflict(outcome.current)
      }
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    const message = this.#options.refusal(error)
    const before = this.state.get()
    if (message !== undefined) {
      this.#failures = 0
      this.state.set({ phase: 'refused', message })
      return
    }
    this.#failures++
    const since = before.phase === 'unreachable' ? before.since : this.#options.timers.now()
    this.state.set({ phase: 'unreachable', since })
  }

  /** What to do after a save has ended, when more was typed meanwhile or it is to be tried again. */
  #next(): void {
    const { phase } = this.state.get()
    if (phase === 'unreachable') {
      this.#schedule(Math.min(RETRY_FIRST_MS * 2 ** (this.#failures - 1), RETRY_MAX_MS))
    } else if (phase === 'saved' && this.#text !== this.#savedText) {
      this.state.set({ phase: 'saving' })
      this.#schedule(SAVE_DELAY_MS)
    }
  }

  #settled(at: number): void {
    this.state.set({ phase: 'saved', at })
    const unsaved = this.#text !== this.#savedText
    this.#options.backup(unsaved ? { source: this.#text, baseRevision: this.revision.get() } : null)
  }

  #adopt(current: Draft): void {
    this.revision.set(current.revision)
    this.#savedText = current.source
  }

  #conflict(current: Draft): void {
    this.#cancelTimer()
    this.#options.backup({ source: this.#text, baseRevision: this.revision.get() })
    this.state.set({ phase: 'conflict', current })
  }
}

/** Saves in a row of one flush while somebody goes on typing. */
const MAX_ROUNDS = 5
