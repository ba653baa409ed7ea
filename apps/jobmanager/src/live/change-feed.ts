import type { LiveChange } from './live-sources.ts'

/** Tells who listens that something people see has changed. Outlives the Dispatcher that reports it. */
export class ChangeFeed {
  readonly #listeners = new Set<(change: LiveChange) => void>()

  subscribe(listener: (change: LiveChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  emit(change: LiveChange): void {
    for (const listener of this.#listeners) listener(change)
  }
}
