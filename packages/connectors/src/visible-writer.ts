import type { Committable, SinkWriter } from '@weir/engine/operators/sink'

/** A writer whose every write is visible at once: nothing to open, to commit or to wait for. */
export class VisibleWriter implements SinkWriter {
  readonly #take: (value: unknown) => void

  constructor(take: (value: unknown) => void) {
    this.#take = take
  }

  async open(): Promise<void> {
    // Nothing is kept from attempt to attempt.
  }

  write(value: unknown): void {
    this.#take(value)
  }

  isReady(): boolean {
    return true
  }

  async prepareCommit(): Promise<readonly Committable[]> {
    return []
  }

  async close(): Promise<void> {
    // Nothing is open.
  }
}
