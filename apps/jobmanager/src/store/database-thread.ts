import { Worker } from 'node:worker_threads'
import { assert } from '@weir/engine/base/assert'
import { WeirError } from '@weir/engine/base/errors'
import { workerEntry } from '@weir/engine/base/worker-entry'
import type { DatabaseThreadOptions, FromDatabase, ToDatabase } from './database-protocol.ts'

interface Pending {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: WeirError) => void
}

/** How long closing may take before the thread is ended: beyond the longest query. */
const CLOSE_MS_MAX = 35_000

/** One run of the database's thread, seen from outside. Once it has ended every call rejects with what ended it. */
export class DatabaseThread {
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  readonly #ended = Promise.withResolvers<void>()
  readonly #opened = Promise.withResolvers<void>()
  #nextId = 0
  #end: WeirError | null = null

  private constructor(options: DatabaseThreadOptions) {
    // Without the process's own flags: some of them (`--input-type`) are refused for a worker's file.
    this.#worker = new Worker(workerEntry(import.meta.url, './database-worker.ts'), {
      name: 'database',
      workerData: options,
      execArgv: [],
    })
    this.#worker.on('message', (message: FromDatabase) => this.#receive(message))
    this.#worker.on('error', error => this.#fail(crashed(error)))
    this.#worker.on('exit', () => {
      this.#fail(new WeirError('DATABASE', 'the thread of the metadata database has ended'))
      this.#ended.resolve()
    })
  }

  /** Resolves when the database is open; rejects, with nothing left running, when it cannot be opened. */
  static async start(options: DatabaseThreadOptions): Promise<DatabaseThread> {
    const thread = new DatabaseThread(options)
    try {
      await thread.#opened.promise
      return thread
    } catch (error) {
      await thread.#ended.promise
      throw error
    }
  }

  get hasEnded(): boolean {
    return this.#end !== null
  }

  call(
    part: Extract<ToDatabase, { kind: 'call' }>['part'],
    method: string,
    parameters: readonly unknown[],
  ): Promise<unknown> {
    if (this.#end !== null) return Promise.reject(this.#end)
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      // Throws, and so rejects, for parameters that are not plain data.
      this.#send({ kind: 'call', id, part, method, parameters })
      this.#pending.set(id, { resolve, reject })
    })
  }

  /** Lets the calls that were made finish, closes the database and waits for the thread's end. */
  async close(): Promise<void> {
    if (this.#end === null) this.#send({ kind: 'close' })
    const timeout = setTimeout(() => void this.terminate(), CLOSE_MS_MAX)
    await this.#ended.promise
    clearTimeout(timeout)
  }

  /** Ends the thread as a crash would. */
  async terminate(): Promise<void> {
    await this.#worker.terminate()
    await this.#ended.promise
  }

  #send(message: ToDatabase): void {
    this.#worker.postMessage(message)
  }

  #receive(message: FromDatabase): void {
    switch (message.kind) {
      case 'opened':
        this.#opened.resolve()
        break
      case 'failed':
      case 'crashed':
        this.#fail(WeirError.fromJson(message.error))
        // There is nothing in it that could be lost, and a connection half opened must not keep it alive.
        void this.#worker.terminate()
        break
      case 'result':
        this.#take(message.id).resolve(message.value)
        break
      case 'refused':
        this.#take(message.id).reject(WeirError.fromJson(message.error))
        break
      case 'closed':
        this.#fail(new WeirError('DATABASE', 'the metadata store is closed'))
        break
    }
  }

  #take(id: number): Pending {
    const pending = this.#pending.get(id)
    assert(pending, `the database thread answered call ${id}, which nobody waits for`)
    this.#pending.delete(id)
    return pending
  }

  /** The first reason counts: what comes after it is only the consequence. */
  #fail(error: WeirError): void {
    if (this.#end !== null) return
    this.#end = error
    this.#opened.reject(error)
    for (const pending of this.#pending.values()) pending.reject(error)
    this.#pending.clear()
  }
}

function crashed(error: unknown): WeirError {
  const message = error instanceof Error ? error.message : String(error)
  return new WeirError('DATABASE', `the thread of the metadata database crashed: ${message}`, { cause: error })
}
