import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import type { SegmentWorkerData, ToSegmentHost } from './segment-protocol.ts'
import { workerEntry } from './worker-entry.ts'

export interface SegmentHostOptions extends SegmentWorkerData {
  /** Default: the worker beside the bundle, or in the sources. */
  readonly entry?: URL
  /** The thread is gone, which it never should be: snapshots fail from here on. */
  readonly onCrash?: (error: Error) => void
}

/** It makes garbage of whole blocks, none of which lives long. */
const YOUNG_HEAP_MB = 16

/** The owner's side of the thread that writes and merges segments. One per process; slots reach it by `SegmentClient`. */
export class SegmentHost {
  readonly #worker: Worker
  readonly #exited: Promise<void>
  #stopped = false

  constructor(options: SegmentHostOptions) {
    const { entry = workerEntry('segment-worker'), onCrash, folder, writer } = options
    const workerData: SegmentWorkerData = { folder, writer }
    this.#worker = new Worker(entry, {
      name: 'segments',
      workerData,
      env: {},
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
    })
    const exited = Promise.withResolvers<void>()
    this.#exited = exited.promise
    this.#worker.on('error', error => onCrash?.(error))
    this.#worker.on('exit', () => exited.resolve())
  }

  /** For one slot of one attempt: to be transferred to its thread. Who has the other end may be gone at any moment. */
  lease(): MessagePort {
    const { port1, port2 } = new MessageChannel()
    const message: ToSegmentHost = { type: 'open', port: port1 }
    this.#worker.postMessage(message, [port1])
    return port2
  }

  /** Does not hold the process open any more, but goes on. */
  unref(): void {
    this.#worker.unref()
  }

  /** Ends the thread when what is being written is written. Merges are given up: what they finished is named by nobody, and of
   * what they did not nothing is left. */
  async stop(): Promise<void> {
    if (!this.#stopped) {
      this.#stopped = true
      this.#worker.ref()
      const message: ToSegmentHost = { type: 'stop' }
      this.#worker.postMessage(message)
    }
    await this.#exited
  }
}
