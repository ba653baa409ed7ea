import { SharedSpillStore } from '@weir/engine/state/shared-spill-store'
import type { LaterAnswer, SpillStore } from '@weir/engine/state/spill-store'
import { StateHost, type StateHostOptions } from './state-host.ts'

/**
 * The state on disk of a process with one thread of slots: the state-host thread starts when the first row leaves memory,
 * so that jobs whose state fits never have it.
 */
export class LazySpillStore implements SpillStore {
  readonly #options: StateHostOptions
  #host: StateHost | undefined
  #store: SharedSpillStore | undefined

  constructor(options: StateHostOptions) {
    this.#options = options
  }

  write(request: Uint8Array): void {
    this.#open().write(request)
  }

  get(request: Uint8Array): Uint8Array {
    return this.#open().get(request)
  }

  scan(request: Uint8Array): Uint8Array {
    return this.#open().scan(request)
  }

  openView(view: number): void {
    this.#open().openView(view)
  }

  closeView(view: number): void {
    this.#open().closeView(view)
  }

  getIn(view: number, request: Uint8Array): LaterAnswer {
    return this.#open().getIn(view, request)
  }

  scanIn(view: number, request: Uint8Array): LaterAnswer {
    return this.#open().scanIn(view, request)
  }

  /** Removes what was written. */
  async close(): Promise<void> {
    await this.#host?.stop()
  }

  #open(): SharedSpillStore {
    if (this.#store === undefined) {
      this.#host = new StateHost(this.#options)
      this.#store = new SharedSpillStore(this.#host.lease().memory)
    }
    return this.#store
  }
}
