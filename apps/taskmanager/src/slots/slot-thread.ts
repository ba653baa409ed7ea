import { Worker } from 'node:worker_threads'
import { WeirError } from '@weir/engine/base/errors'
import { PROBE_OPERATOR, PROBE_STEPS } from '@weir/engine/task/chain-plan'
import type { FromSlot, SlotOperator, SlotWorkerData, ToSlot } from './slot-protocol.ts'

export interface SlotThreadListener {
  onMessage(message: FromSlot): void
  /** The worker is gone. `error` says why, unless it was told to stop. Called once, after all messages. */
  onExit(error: WeirError | undefined): void
}

/** The main thread's side of one slot: its worker, from start to exit. */
export class SlotThread {
  readonly #worker: Worker
  readonly #probe: Int32Array
  readonly #heapMb: number
  #operators: readonly SlotOperator[] = []
  #stopping = false
  #crash: Error | undefined
  #exited = false
  #killTimer: NodeJS.Timeout | undefined

  constructor(entry: URL, data: SlotWorkerData, heapMb: number, listener: SlotThreadListener) {
    this.#probe = new Int32Array(data.probe)
    this.#heapMb = heapMb
    this.#worker = new Worker(entry, {
      name: `${data.jobId}/${data.attempt}/${data.slot}`,
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
      // User code sees neither the settings nor the secrets of the TaskManager.
      env: {},
      stdin: false,
      stdout: true,
      stderr: true,
      execArgv: process.execArgv.filter(argument => !argument.startsWith('--inspect')),
    })
    // What user code writes past the console.
    for (const [stream, level] of [
      [this.#worker.stdout, 'info'],
      [this.#worker.stderr, 'warn'],
    ] as const) {
      stream.setEncoding('utf8')
      stream.on('data', (text: string) => {
        const running = this.runningOperator()
        listener.onMessage({
          type: 'log',
          level,
          operator: running?.name,
          subtask: running?.subtask,
          message: text.trimEnd(),
        })
      })
    }
    this.#worker.on('message', (message: FromSlot) => {
      if (message.type === 'deployed') this.#operators = message.operators
      listener.onMessage(message)
    })
    this.#worker.on('error', error => {
      this.#crash = error
    })
    this.#worker.on('exit', code => {
      this.#exited = true
      clearTimeout(this.#killTimer)
      listener.onExit(this.#stopping ? undefined : this.#exitError(code))
    })
  }

  post(message: ToSlot): void {
    if (!this.#exited) this.#worker.postMessage(message)
  }

  /** Asks the worker to close and exit; ends it by force when it has not after `graceMs`. */
  stop(graceMs: number): void {
    if (this.#stopping) return
    this.#stopping = true
    this.post({ type: 'stop' })
    this.#killTimer = setTimeout(() => void this.#worker.terminate(), graceMs)
  }

  /** The operator in which the thread is right now, if any. */
  runningOperator(): SlotOperator | undefined {
    const probeId = Atomics.load(this.#probe, PROBE_OPERATOR)
    return this.#operators.find(operator => operator.probeId === probeId)
  }

  /** Changes whenever a subtask of the slot begins a step. */
  get steps(): number {
    return Atomics.load(this.#probe, PROBE_STEPS)
  }

  #exitError(code: number): WeirError {
    const running = this.runningOperator()
    const place = running === undefined ? {} : { operator: running.name, subtask: running.subtask }
    const where = running === undefined ? 'the job' : `operator '${running.name}' [${running.subtask}]`
    const crash = this.#crash as (Error & { code?: string }) | undefined
    if (crash?.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      return new WeirError(
        'USER_MEMORY',
        `${where} used up the ${this.#heapMb} MB of memory of its slot; keep less in variables and state, raise MEMORY_SIZE, or run with a higher parallelism`,
        { place },
      )
    }
    if (crash !== undefined) {
      const error = new WeirError('USER_FUNCTION', `${where} crashed its slot: ${crash.message}`, {
        cause: crash,
        place,
      })
      if (crash.stack !== undefined) error.stack = crash.stack
      return error
    }
    return new WeirError(
      'USER_EXIT',
      `${where} ended its worker with exit code ${code}; a function of a job must not call process.exit()`,
      { place },
    )
  }
}
