import { workerEntry } from '@weir/engine/base/worker-entry'
import { allocateSpillMemory, type SpillMemory } from '@weir/engine/state/shared-spill-store'
import { HostThread } from './host-thread.ts'
import type { RocksStoreOptions } from './rocks-store.ts'
import type { FromStateHost, ToStateHost } from './state-host-protocol.ts'

export interface StateHostOptions extends RocksStoreOptions {
  /** Default: the worker beside the bundle, or in the sources. */
  readonly entry?: URL
  readonly onLog?: (level: 'warn' | 'error', message: string) => void
  /** The thread is gone, which it never should be: state on disk cannot be read any more. */
  readonly onCrash?: (error: Error) => void
}

/** The heap of the thread beside its cache: bounded, so that V8 collects its garbage in time. */
const HEAP_MB = 256
const YOUNG_HEAP_MB = 16

/** A slot's way to the disk. */
export interface SpillLease {
  readonly memory: SpillMemory
  /** When the slot's thread is gone. Resolves when what it wrote is removed. */
  release(): Promise<void>
}

/** The owner's side of the state-host thread. One per process; it starts at once and opens its database when needed. */
export class StateHost {
  readonly #thread: HostThread<ToStateHost, FromStateHost>
  readonly #closing = new Map<number, () => void>()
  #slots = 0

  constructor(options: StateHostOptions) {
    const { entry = workerEntry(import.meta.url, './state-host-worker.ts'), onLog, onCrash, ...workerData } = options
    const limits = {
      maxOldGenerationSizeMb: Math.ceil((2 * options.cacheBytes) / 1024 / 1024) + HEAP_MB,
      maxYoungGenerationSizeMb: YOUNG_HEAP_MB,
    }
    const onMessage = (message: FromStateHost): void => {
      if (message.type === 'log') onLog?.(message.level, message.message)
      else {
        this.#closing.get(message.slot)?.()
        this.#closing.delete(message.slot)
      }
    }
    this.#thread = new HostThread(
      { name: 'state-host', entry, workerData, limits, onMessage, onCrash },
      { type: 'stop' },
    )
  }

  /** For one slot of one attempt. */
  lease(): SpillLease {
    const slot = this.#slots++
    const memory = allocateSpillMemory()
    this.#thread.post({ type: 'open', slot, memory })
    return {
      memory,
      release: async () => {
        if (this.#thread.isStopping) return
        const closed = new Promise<void>(resolve => this.#closing.set(slot, resolve))
        this.#thread.post({ type: 'close', slot })
        // A thread that crashed closes nothing any more.
        await Promise.race([closed, this.#thread.exited])
      },
    }
  }

  /** Does not hold the process open any more, but goes on. */
  unref(): void {
    this.#thread.unref()
  }

  /** Closes the database and removes its files. Never by force. */
  stop(): Promise<void> {
    return this.#thread.stop()
  }
}
