import { Worker } from 'node:worker_threads'
import { WeirError } from '@weir/engine/base/errors'
import { Doorbell } from '@weir/engine/network/doorbell'
import type { FromNetwork, NetworkWorkerData, ToNetwork } from './network-protocol.ts'

export interface NetworkThreadOptions {
  readonly taskManagerId: string
  readonly host: string
  readonly port: number
  readonly bufferSize: number
  readonly onAttemptFailed: (jobId: string, attempt: number, error: WeirError) => void
  readonly onLog: (level: 'info' | 'warn' | 'error', message: string) => void
  /** The thread is gone: the TaskManager cannot go on. */
  readonly onCrash: (error: Error) => void
}

/** The main thread's side of the network thread. */
export class NetworkThread {
  readonly doorbell: SharedArrayBuffer
  readonly port: number
  readonly #worker: Worker

  private constructor(worker: Worker, doorbell: SharedArrayBuffer, port: number) {
    this.#worker = worker
    this.doorbell = doorbell
    this.port = port
  }

  /** Resolves when the data port is open. */
  static async start(entry: URL, options: NetworkThreadOptions): Promise<NetworkThread> {
    const { taskManagerId, host, port, bufferSize } = options
    const doorbell = Doorbell.allocate()
    const data: NetworkWorkerData = { taskManagerId, host, port, bufferSize, doorbell }
    const worker = new Worker(entry, { name: 'network', workerData: data, env: {} })
    const listening = await new Promise<number>((resolve, reject) => {
      worker.on('error', reject)
      worker.on('message', (message: FromNetwork) => {
        switch (message.type) {
          case 'listening':
            resolve(message.port)
            return
          case 'attemptFailed':
            options.onAttemptFailed(message.jobId, message.attempt, WeirError.fromJson(message.error))
            return
          case 'log':
            options.onLog(message.level, message.message)
        }
      })
    })
    worker.on('error', options.onCrash)
    return new NetworkThread(worker, doorbell, listening)
  }

  post(message: ToNetwork): void {
    this.#worker.postMessage(message)
  }

  async stop(): Promise<void> {
    await this.#worker.terminate()
  }
}
