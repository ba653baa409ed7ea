import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { WeirError } from '@weir/engine/base/errors'
import { PROBE_OPERATOR, PROBE_STEPS } from '@weir/engine/task/chain-plan'
import { jobHeapLimits } from '@weir/process/heap-guard'
import { LOOK_MS, OperatorLooks } from '@weir/process/operator-looks'
import { type HeapWatch, watchHeap } from '@weir/process/watch-heap'
import { withSamples } from './operator-samples.ts'
import type { FromSlot, SlotOperator, SlotWorkerData, ToSlot } from './slot-protocol.ts'

/** How long V8 may take to end a worker by force. */
const UNSTOPPABLE_MS = 3000
/** How long a worker may take to say how much memory it uses. */
const ANSWER_MS = 1000

export interface SlotThreadListener {
  onMessage(message: FromSlot): void
  /** The worker is gone. `error` says why, unless it was told to stop. Called once, after all messages. */
  onExit(error: WeirError | undefined): void
  /** The worker was terminated and runs on: V8 found no place in its code where it can be interrupted. */
  onUnstoppable(error: WeirError): void
}

/** The main thread's side of one slot: its worker, from start to exit. */
export class SlotThread {
  readonly #worker: Worker
  readonly #listener: SlotThreadListener
  readonly #probe: Int32Array
  readonly #heapMb: number
  #operators: readonly SlotOperator[] = []
  #stopping = false
  #crash: Error | undefined
  #exited = false
  #killTimer: NodeJS.Timeout | undefined
  readonly #heapWatch: HeapWatch
  readonly #looks = new OperatorLooks()
  readonly #sampleTimer: NodeJS.Timeout
  #heapExhausted = false

  constructor(entry: URL, data: SlotWorkerData, heapMb: number, listener: SlotThreadListener) {
    this.#probe = new Int32Array(data.probe)
    this.#heapMb = heapMb
    this.#listener = listener
    this.#worker = new Worker(entry, {
      name: `${data.jobId}/${data.attempt}/${data.slot}`,
      workerData: data,
      resourceLimits: jobHeapLimits(heapMb),
      // User code sees neither the settings nor the secrets of the TaskManager.
      env: {},
      stdin: false,
      stdout: true,
      stderr: true,
      execArgv: process.execArgv.filter(argument => !argument.startsWith('--inspect')),
    })
    this.#heapWatch = watchHeap(this.#worker, heapMb, {
      requestCollection: () => this.post({ type: 'collect' }),
      onExhausted: () => {
        this.#heapExhausted = true
        this.#terminate()
      },
    })
    this.#sampleTimer = setInterval(() => {
      this.#looks.look(Atomics.load(this.#probe, PROBE_OPERATOR))
    }, LOOK_MS)
    this.#sampleTimer.unref()
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
      if (message.type === 'heap') this.#heapWatch.onCollected(message.aliveBytes)
      listener.onMessage(message.type === 'metrics' ? this.#sampled(message) : message)
    })
    this.#worker.on('error', error => {
      this.#crash = error
    })
    this.#worker.on('exit', code => {
      this.#exited = true
      clearTimeout(this.#killTimer)
      this.#heapWatch.stop()
      clearInterval(this.#sampleTimer)
      listener.onExit(this.#stopping ? undefined : this.#exitError(code))
    })
  }

  post(message: ToSlot): void {
    if (!this.#exited) this.#worker.postMessage(message)
  }

  /** Asks the worker to close and exit; ends it by force when it has not after `graceMs`. */
  stop(graceMs: number): void {
    if (this.#stopping || this.#exited) return
    this.#stopping = true
    this.post({ type: 'stop' })
    clearTimeout(this.#killTimer)
    this.#killTimer = setTimeout(() => this.#terminate(), graceMs)
  }

  /** By force. A thread that V8 cannot interrupt even so is reported: only the end of the process ends it. */
  #terminate(): void {
    if (this.#exited) return
    void this.#worker.terminate()
    clearTimeout(this.#killTimer)
    this.#killTimer = setTimeout(() => this.#listener.onUnstoppable(this.#exitError(1)), UNSTOPPABLE_MS)
  }

  /** The operator in which the thread is right now, if any. */
  runningOperator(): SlotOperator | undefined {
    const probeId = Atomics.load(this.#probe, PROBE_OPERATOR)
    return this.#operators.find(operator => operator.probeId === probeId)
  }

  #sampled(message: Extract<FromSlot, { type: 'metrics' }>): FromSlot {
    return { ...message, subtasks: withSamples(message.subtasks, this.#operators, this.#looks) }
  }

  /** Heap and what V8's limit does not count. Rejects when the worker is gone, or in code that cannot be interrupted. */
  async memoryBytes(): Promise<number> {
    const silence = sleep(ANSWER_MS, undefined, { ref: false }).then((): never => {
      throw new WeirError(
        'USER_NO_PROGRESS',
        `the thread of a slot has not said for ${ANSWER_MS} ms how much memory it uses`,
      )
    })
    const { used_heap_size, external_memory } = await Promise.race([this.#worker.getHeapStatistics(), silence])
    return used_heap_size + external_memory
  }

  get shareBytes(): number {
    return this.#heapMb * 1024 * 1024
  }

  /** Sends state to disk and collects garbage, when it comes back to its event loop. */
  shrink(): void {
    this.post({ type: 'collect' })
  }

  /** The process is above its memory, and this slot is the one to blame. */
  exhausted(): void {
    this.#heapExhausted = true
    this.#terminate()
  }

  /** Changes whenever a subtask of the slot begins a step. */
  get steps(): number {
    return Atomics.load(this.#probe, PROBE_STEPS)
  }

  #operatorOf(probeId: number): SlotOperator | undefined {
    return this.#operators.find(operator => operator.probeId === probeId)
  }

  #exitError(code: number): WeirError {
    const crash = this.#crash as (Error & { code?: string }) | undefined
    const isMemory = this.#heapExhausted || crash?.code === 'ERR_WORKER_OUT_OF_MEMORY'
    const running = this.runningOperator()
    const busiest = this.#operatorOf(this.#looks.busiestLately)
    const blamed = isMemory ? (busiest ?? running) : (running ?? busiest)
    const place = blamed === undefined ? {} : { operator: blamed.name, subtask: blamed.subtask }
    const where = blamed === undefined ? 'the job' : `operator '${blamed.name}' [${blamed.subtask}]`
    if (isMemory) {
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
