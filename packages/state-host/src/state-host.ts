import { Worker } from 'node:worker_threads'
import { allocateSpillMemory, type SpillMemory } from '@weir/engine/state/shared-spill-store'
import type { RocksStoreOptions } from './rocks-store.ts'
import type { FromStateHost, ToStateHost } from './state-host-protocol.ts'
import { workerEntry } from './worker-entry.ts'

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
  readonly #worker: Worker
  readonly #closing = new Map<number, () => void>()
  readonly #exited: Promise<void>
  #slots = 0
  #stopped = false

  constructor(options: StateHostOptions) {
    const { entry = workerEntry('state-host-worker'), onLog, onCrash, ...workerData } = options
    this.#worker = new Worker(entry, {
      name: 'state-host',
      workerData,
      env: {},
      resourceLimits: {
        maxOldGenerationSizeMb: Math.ceil((2 * options.cacheBytes) / 1024 / 1024) + HEAP_MB,
        maxYoungGenerationSizeMb: YOUNG_HEAP_MB,
      },
    })
    const exited = Promise.withResolvers<void>()
    this.#exited = exited.promise
    this.#worker.on('message', (message: FromStateHost) => {
      if (message.type === 'log') onLog?.(message.level, message.message)
      else {
        this.#closing.get(message.slot)?.()
        this.#closing.delete(message.slot)
      }
    })
    this.#worker.on('error', error => onCrash?.(error))
    this.#worker.on('exit', () => {
      for (const closed of this.#closing.values()) closed()
      exited.resolve()
    })
  }

  /** For one slot of one attempt. */
  lease(): SpillLease {
    const slot = this.#slots++
    const memory = allocateSpillMemory()
    this.#post({ type: 'open', slot, memory })
    return {
      memory,
      release: async () => {
        if (this.#stopped) return
        const closed = new Promise<void>(resolve => this.#closing.set(slot, resolve))
        this.#post({ type: 'close', slot })
        // A thread that crashed closes nothing any more.
        await Promise.race([closed, this.#exited])
      },
    }
  }

  /** Does not hold the process open any more, but goes on. */
  unref(): void {
    this.#worker.unref()
  }

  /** Closes the database and removes its files. Never by force. */
  async stop(): Promise<void> {
    if (!this.#stopped) {
      this.#stopped = true
      this.#worker.ref()
      this.#post({ type: 'stop' })
    }
    await this.#exited
  }

  #post(message: ToStateHost): void {
    this.#worker.postMessage(message)
  }
}
