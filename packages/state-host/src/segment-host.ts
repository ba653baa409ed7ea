import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { workerEntry } from '@weir/engine/base/worker-entry'
import { HostThread } from './host-thread.ts'
import type { SegmentWorkerData, ToSegmentHost } from './segment-protocol.ts'

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
  readonly #thread: HostThread<ToSegmentHost>

  constructor(options: SegmentHostOptions) {
    const { entry = workerEntry(import.meta.url, './segment-worker.ts'), onCrash, folder, writer } = options
    const workerData: SegmentWorkerData = { folder, writer }
    const limits = { maxYoungGenerationSizeMb: YOUNG_HEAP_MB }
    this.#thread = new HostThread({ name: 'segments', entry, workerData, limits, onCrash }, { type: 'stop' })
  }

  /** For one slot of one attempt: to be transferred to its thread. Who has the other end may be gone at any moment. */
  lease(): MessagePort {
    const { port1, port2 } = new MessageChannel()
    this.#thread.post({ type: 'open', port: port1 }, [port1])
    return port2
  }

  /** Does not hold the process open any more, but goes on. */
  unref(): void {
    this.#thread.unref()
  }

  /**
   * Ends the thread when what is being written is written. Merges are given up: what they finished is named by nobody, and of
   * what they did not nothing is left.
   */
  stop(): Promise<void> {
    return this.#thread.stop()
  }
}
