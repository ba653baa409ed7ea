import { type ChildProcess, spawn } from 'node:child_process'
import { WeirError } from '@weir/engine/base/errors'
import { RotatingFile } from '@weir/process/rotating-file'
import { isChildMessage, type ReadyDetails } from '@weir/process/supervision'

export interface ChildSpec {
  /** Name of its files: `jobmanager`, `tm-1`. */
  readonly name: string
  /** How a person reads of it: `JobManager`, `TaskManager tm-1`. */
  readonly title: string
  /** The script to run under this process's Node. */
  readonly script: string
  readonly env: NodeJS.ProcessEnv
  /** Where what it writes to stdout and stderr goes. */
  readonly outputFile: string
  /** It is killed when it does not report ready within this. */
  readonly readyTimeoutMs: number
}

export interface ChildEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** When it is started again; null when it is not. */
  readonly restartInMs: number | null
}

export interface ChildListener {
  /** A process runs or has ended: pids have changed. */
  changed(child: SupervisedChild): void
  progress(child: SupervisedChild, text: string): void
  ready(child: SupervisedChild, details: ReadyDetails): void
  ended(child: SupervisedChild, end: ChildEnd): void
}

/** A child that has been ready for this long starts with the shortest delay when it dies. */
const HEALTHY_AFTER_MS = 30_000
const RESTART_DELAY_MS_MIN = 100
const RESTART_DELAY_MS_MAX = 10_000
const TAIL_LINES_MAX = 20

/** The delay before the `n`-th restart in a row (from 0): doubles up to 10 s. */
export function restartDelayMs(restartsInARow: number): number {
  return Math.min(RESTART_DELAY_MS_MIN * 2 ** Math.min(restartsInARow, 10), RESTART_DELAY_MS_MAX)
}

/**
 * One process that is kept running. Its first start decides: when it cannot become ready, `firstReady` rejects and it is
 * left alone; once it was ready it is started again whenever it ends, with growing delays, until `stop` or `kill`.
 *
 * It leads a process group of its own: a Ctrl-C of the terminal reaches only the supervisor, which stops its children in
 * order, and a kill takes along what the child itself has started.
 */
export class SupervisedChild {
  readonly spec: ChildSpec
  readonly #listener: ChildListener
  readonly #output: RotatingFile
  readonly #first = Promise.withResolvers<ReadyDetails>()
  #process: ChildProcess | null = null
  #ended: Promise<void> = Promise.resolve()
  #tail: string[] = []
  #failure: WeirError | null = null
  #wasReady = false
  #readyAtMs: number | null = null
  #restartsInARow = 0
  #restartTimer: NodeJS.Timeout | null = null
  #stopping = false

  constructor(spec: ChildSpec, listener: ChildListener) {
    this.spec = spec
    this.#listener = listener
    this.#output = new RotatingFile({ file: spec.outputFile, maxBytes: 4 * 1024 * 1024, maxFiles: 3 })
    // Whoever starts a child awaits it; one that is stopped before is nobody's error.
    this.#first.promise.catch(() => undefined)
  }

  /** Process id of the running process, null between two. */
  get pid(): number | null {
    return this.#process?.pid ?? null
  }

  /** Resolves when it is ready for the first time; rejects with the reason when it does not get there. */
  get firstReady(): Promise<ReadyDetails> {
    return this.#first.promise
  }

  start(): void {
    if (this.#stopping) return
    this.#tail = []
    this.#failure = null
    this.#readyAtMs = null
    const child = spawn(process.execPath, ['--enable-source-maps', this.spec.script], {
      env: this.spec.env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    })
    this.#process = child
    const ended = Promise.withResolvers<void>()
    this.#ended = ended.promise

    const timeout = setTimeout(() => {
      this.#failure ??= new WeirError(
        'INTERNAL',
        `the ${this.spec.title} was not ready after ${this.spec.readyTimeoutMs} ms`,
      )
      this.#signal('SIGKILL')
    }, this.spec.readyTimeoutMs)
    child.on('message', message => {
      if (isChildMessage(message) && message.type === 'ready') clearTimeout(timeout)
      this.#receive(message)
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#record(text))
    }
    child.on('error', error => {
      this.#failure ??= WeirError.from(error)
    })
    // 'close' comes when the process has ended and its output is read; it does not come when it could not be spawned.
    child.on(child.pid === undefined ? 'error' : 'close', () => {
      clearTimeout(timeout)
      this.#process = null
      ended.resolve()
      this.#afterEnd(child.exitCode, child.signalCode)
    })
    this.#listener.changed(this)
  }

  /** Ends the process at once, in whatever state it is (stopped by SIGSTOP included); it is then started anew. */
  replace(): void {
    this.#signal('SIGKILL')
  }

  /** Asks it to end, and resolves when it has; it is not started again. */
  async stop(): Promise<void> {
    this.#leave()
    this.#signal('SIGTERM')
    await this.#ended
  }

  /** Ends it without asking; it is not started again. */
  async kill(): Promise<void> {
    this.#leave()
    this.#signal('SIGKILL')
    await this.#ended
  }

  #leave(): void {
    this.#stopping = true
    if (this.#restartTimer !== null) clearTimeout(this.#restartTimer)
    this.#first.reject(new WeirError('CONFLICT', `the ${this.spec.title} was stopped before it was ready`))
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#process?.pid
    if (pid === undefined) return
    try {
      process.kill(signal === 'SIGKILL' ? -pid : pid, signal)
    } catch (error) {
      // It ended just now, and its 'close' is on the way.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  #receive(message: unknown): void {
    if (!isChildMessage(message)) return
    if (message.type === 'progress') this.#listener.progress(this, message.text)
    if (message.type === 'failed') this.#failure = WeirError.fromJson(message.error)
    if (message.type === 'ready') {
      this.#wasReady = true
      this.#readyAtMs = performance.now()
      this.#first.resolve(message.details)
      this.#listener.ready(this, message.details)
    }
  }

  #record(text: string): void {
    this.#output.write(text)
    this.#tail.push(...text.split('\n').filter(line => line.trim() !== ''))
    this.#tail = this.#tail.slice(-TAIL_LINES_MAX)
  }

  #afterEnd(code: number | null, signal: NodeJS.Signals | null): void {
    this.#output.flush()
    const restart = this.#wasReady && !this.#stopping
    if (!this.#wasReady) this.#first.reject(this.#failure ?? this.#unexplained(code, signal))
    if (!restart) {
      this.#listener.ended(this, { code, signal, restartInMs: null })
    } else {
      const healthy = this.#readyAtMs !== null && performance.now() - this.#readyAtMs >= HEALTHY_AFTER_MS
      this.#restartsInARow = healthy ? 0 : this.#restartsInARow
      const delayMs = restartDelayMs(this.#restartsInARow++)
      this.#restartTimer = setTimeout(() => this.start(), delayMs)
      this.#listener.ended(this, { code, signal, restartInMs: delayMs })
    }
    this.#listener.changed(this)
  }

  #unexplained(code: number | null, signal: NodeJS.Signals | null): WeirError {
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`
    const said = this.#tail.length === 0 ? ' and wrote nothing' : `; it wrote last:\n${this.#tail.join('\n')}`
    return new WeirError(
      'INTERNAL',
      `the ${this.spec.title} ended ${how} before it was ready${said}\n(all of it is in ${this.spec.outputFile})`,
    )
  }
}
