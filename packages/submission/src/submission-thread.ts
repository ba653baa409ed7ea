import { Worker } from 'node:worker_threads'
import { WeirError } from '@weir/engine/base/errors'
import { workerEntry } from '@weir/engine/base/worker-entry'
import { MAX_WAITING_SUBMISSIONS, PREPARE_LIMIT_MS, WORKER_END_LIMIT_MS, WORKER_START_LIMIT_MS } from './limits.ts'
import type { PreparedJob, PrepareRequest } from './prepare-job.ts'
import { shownFileName } from './source-text.ts'
import type { FromSubmissionWorker, ToSubmissionWorker } from './submission-messages.ts'

export interface SubmissionThreadOptions {
  readonly limitMs?: number
  readonly maxWaiting?: number
  /** Another entry than `submission-worker`, for tests. */
  readonly entry?: URL
}

interface Waiting {
  readonly request: PrepareRequest
  readonly resolve: (job: PreparedJob) => void
  readonly reject: (error: WeirError) => void
}

/**
 * Prepares jobs in a worker thread, one at a time. A job that takes longer than the limit, or ends the worker, fails
 * alone: the worker is replaced, and the next job does not notice.
 */
export class SubmissionThread {
  readonly #limitMs: number
  readonly #maxWaiting: number
  readonly #entry: URL
  readonly #waiting: Waiting[] = []
  #worker: Worker | undefined
  #ready = false
  #current: Waiting | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: SubmissionThreadOptions = {}) {
    this.#limitMs = options.limitMs ?? PREPARE_LIMIT_MS
    this.#maxWaiting = options.maxWaiting ?? MAX_WAITING_SUBMISSIONS
    this.#entry = options.entry ?? workerEntry(import.meta.url, './submission-worker.ts')
  }

  /** Like `prepareJob`; also CONFLICT when too many wait already, JOB_LIMIT when it takes too long. */
  prepareJob(request: PrepareRequest): Promise<PreparedJob> {
    if (this.#closed) return Promise.reject(closedError())
    if (this.#waiting.length >= this.#maxWaiting) {
      const text = `${this.#waiting.length} submissions wait already; submit again in a moment`
      return Promise.reject(new WeirError('CONFLICT', text))
    }
    const { promise, resolve, reject } = Promise.withResolvers<PreparedJob>()
    this.#waiting.push({ request, resolve, reject })
    this.#next()
    return promise
  }

  /** Ends the worker; what still waits is rejected. */
  async close(): Promise<void> {
    this.#closed = true
    const unfinished = [...(this.#current === undefined ? [] : [this.#current]), ...this.#waiting.splice(0)]
    this.#current = undefined
    clearTimeout(this.#timer)
    for (const { reject } of unfinished) reject(closedError())
    const worker = this.#worker
    this.#worker = undefined
    if (worker !== undefined) await endWorker(worker)
  }

  #next(): void {
    if (this.#current !== undefined) return
    const next = this.#waiting.shift()
    if (next === undefined) return
    this.#current = next
    this.#worker ??= this.#start()
    this.#startClock()
    this.#worker.postMessage({ request: next.request } satisfies ToSubmissionWorker)
  }

  /** The limit is the job's own: what the worker needs to start does not count, but has a bound as well. */
  #startClock(): void {
    const job = this.#current
    if (job === undefined) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#tooSlow(job), this.#ready ? this.#limitMs : WORKER_START_LIMIT_MS)
  }

  #start(): Worker {
    this.#ready = false
    const worker = new Worker(this.#entry, { name: 'submission' })
    worker.on('message', (answer: FromSubmissionWorker) => {
      if (worker !== this.#worker) return
      if ('ready' in answer) {
        this.#ready = true
        this.#startClock()
        return
      }
      this.#settle(current => {
        if (answer.ok) current.resolve(answer.job)
        else current.reject(WeirError.fromJson(answer.error))
      })
    })
    // 'exit' follows 'error' and is the one place where the end is handled; the error is kept for its message.
    let failure: unknown
    worker.on('error', error => {
      failure = error
    })
    worker.on('exit', code => {
      if (worker !== this.#worker) return
      this.#worker = undefined
      const why = failure instanceof Error ? failure.message : `code ${code}`
      this.#settle(current =>
        current.reject(new WeirError('INTERNAL', `the submission worker ended: ${why}`, { cause: failure })),
      )
    })
    // After the listeners: a listener for messages takes the reference back. While a job is prepared, the timer keeps
    // the process alive.
    worker.unref()
    return worker
  }

  #tooSlow(job: Waiting): void {
    if (this.#current !== job) return
    const worker = this.#worker
    this.#worker = undefined
    if (worker !== undefined) void endWorker(worker)
    const error = this.#ready
      ? new WeirError(
          'JOB_LIMIT',
          `${shownFileName(job.request.fileName)}: bundling and evaluating it took more than ${this.#limitMs / 1000} s; make the file smaller, and let it only describe what is to be done`,
        )
      : new WeirError('INTERNAL', `the submission worker did not start within ${WORKER_START_LIMIT_MS / 1000} s`)
    this.#settle(current => current.reject(error))
  }

  #settle(with_: (current: Waiting) => void): void {
    clearTimeout(this.#timer)
    const current = this.#current
    this.#current = undefined
    if (current !== undefined) with_(current)
    this.#next()
  }
}

/** Asks the worker to end, which takes esbuild's process along; terminates it when it is too busy to hear that. */
async function endWorker(worker: Worker): Promise<void> {
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  worker.once('exit', () => resolve())
  worker.ref()
  worker.postMessage({ end: true } satisfies ToSubmissionWorker)
  const timer = setTimeout(() => void worker.terminate(), WORKER_END_LIMIT_MS)
  await ended
  clearTimeout(timer)
}

function closedError(): WeirError {
  return new WeirError('CONFLICT', 'the process is shutting down; submit again when it is back')
}
