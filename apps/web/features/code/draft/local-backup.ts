import type { Draft } from '@weir/proto/web/drafts'

/** A text that the server does not have, kept by the browser. */
export interface Backup {
  readonly source: string
  /** The revision that it was typed on. */
  readonly baseRevision: number
  readonly at: number
}

/** Of localStorage, what is used of it. It may be full or forbidden: then there is no backup, and typing goes on. */
export interface TextStorage {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

const PREFIX = 'weir.unsaved.'

/**
 * What was typed and not saved, by draft and tab. Each tab writes its own, so that two tabs of one draft do not take
 * each other's away; a tab that comes later finds those of tabs that are gone.
 */
export class LocalBackup {
  readonly #storage: TextStorage
  readonly #prefix: string
  readonly #ownKey: string

  constructor(storage: TextStorage, draftId: string, tabId: string) {
    this.#storage = storage
    this.#prefix = `${PREFIX}${draftId}/`
    this.#ownKey = `${this.#prefix}${tabId}`
  }

  /** Keeps the text; false when the browser has no room for it. */
  write(backup: Backup): boolean {
    try {
      this.#storage.setItem(this.#ownKey, JSON.stringify(backup))
      return true
    } catch (error) {
      console.warn('The unsaved text cannot be kept in this browser.', error)
      return false
    }
  }

  clear(): void {
    this.#storage.removeItem(this.#ownKey)
  }

  /** This tab's text, else the newest of a tab that is gone. What is found is this tab's from now on. */
  take(liveTabs: ReadonlySet<string>): Backup | null {
    const own = this.#read(this.#ownKey)
    if (own !== null) return own
    const left = this.#keys()
      .filter(key => !liveTabs.has(key.slice(this.#prefix.length)))
      .map(key => ({ key, backup: this.#read(key) }))
      .filter((one): one is { key: string; backup: Backup } => one.backup !== null)
      .sort((a, b) => b.backup.at - a.backup.at)[0]
    if (left === undefined) return null
    // Written under the own name first: there is no moment at which it is nowhere.
    if (this.write(left.backup)) this.#storage.removeItem(left.key)
    return left.backup
  }

  #keys(): readonly string[] {
    const keys = Array.from({ length: this.#storage.length }, (_, index) => this.#storage.key(index))
    return keys.filter((key): key is string => key?.startsWith(this.#prefix) ?? false)
  }

  #read(key: string): Backup | null {
    const text = this.#storage.getItem(key)
    if (text === null) return null
    try {
      const value: unknown = JSON.parse(text)
      return isBackup(value) ? value : null
    } catch (error) {
      console.warn(`What the browser kept as ${key} cannot be read.`, error)
      return null
    }
  }
}

function isBackup(value: unknown): value is Backup {
  if (typeof value !== 'object' || value === null) return false
  const { source, baseRevision, at } = value as Record<string, unknown>
  return typeof source === 'string' && typeof baseRevision === 'number' && typeof at === 'number'
}

/** What to show when a draft is opened, and whether there is something to say about it. */
export type Opening =
  | { readonly kind: 'saved' }
  /** Nobody saved since: the unsaved text is shown and saved. */
  | { readonly kind: 'restored'; readonly source: string; readonly at: number }
  /** Both went on: the unsaved text is shown, and whoever sits there decides. */
  | { readonly kind: 'diverged'; readonly source: string; readonly at: number }

export function openingOf(draft: Pick<Draft, 'source' | 'revision'>, backup: Backup | null): Opening {
  if (backup === null || backup.source === draft.source) return { kind: 'saved' }
  const { source, at } = backup
  return { kind: backup.baseRevision === draft.revision ? 'restored' : 'diverged', source, at }
}
