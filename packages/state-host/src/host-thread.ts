import { type ResourceLimits, type Transferable, Worker } from 'node:worker_threads'

export interface HostThreadOptions<FromHost> {
  readonly name: string
  readonly entry: URL
  readonly workerData: unknown
  readonly limits: ResourceLimits
  readonly onMessage?: (message: FromHost) => void
  /** The thread is gone, which it never should be. */
  readonly onCrash: ((error: Error) => void) | undefined
}

/**
 * The owner's side of a thread that serves all slots of a process, from start to exit. It starts at once, is told to stop
 * by a message, and is never terminated: what it has under way it brings to an end.
 */
export class HostThread<ToHost, FromHost = never> {
  /** Resolves when the thread is gone, whatever the reason. */
  readonly exited: Promise<void>
  readonly #worker: Worker
  readonly #stop: ToHost
  #stopping = false

  /** `stop`: the message on which the thread ends. */
  constructor(options: HostThreadOptions<FromHost>, stop: ToHost) {
    const { name, entry, workerData, limits, onMessage, onCrash } = options
    this.#stop = stop
    this.#worker = new Worker(entry, { name, workerData, env: {}, resourceLimits: limits })
    const exited = Promise.withResolvers<void>()
    this.exited = exited.promise
    if (onMessage !== undefined) this.#worker.on('message', onMessage)
    this.#worker.on('error', error => onCrash?.(error))
    this.#worker.on('exit', () => exited.resolve())
  }

  /** It was told to stop. */
  get isStopping(): boolean {
    return this.#stopping
  }

  post(message: ToHost, transfer: readonly Transferable[] = []): void {
    this.#worker.postMessage(message, transfer)
  }

  /** Does not hold the process open any more, but goes on. */
  unref(): void {
    this.#worker.unref()
  }

  async stop(): Promise<void> {
    if (!this.#stopping) {
      this.#stopping = true
      this.#worker.ref()
      this.post(this.#stop)
    }
    await this.exited
  }
}
