import { WeirError } from '../base/errors.ts'
import { recordText } from '../base/record-text.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { MAX_WATERMARK, MIN_WATERMARK } from '../record/stream-element.ts'
import { decodeValue, encodeValue } from '../record/value-codec.ts'
import { AsyncCalls, type AsyncRetries } from './async-calls.ts'
import { type AsyncCall, AsyncQueue, type QueuedSegment } from './async-queue.ts'
import type {
  FlowControl,
  OperatorContext,
  OperatorSnapshot,
  Output,
  SubtaskInfo,
  WatermarkingOperator,
} from './operator.ts'
import { requireFunction, userError } from './operator-errors.ts'

export interface AsyncMapConfig {
  /** So many records at most wait for their answers or for their turn to go on. */
  readonly capacity?: number
  /** For each attempt. */
  readonly timeoutMs?: number
  /** Results in the order of their records; else as they come, but never past a watermark. */
  readonly ordered?: boolean
  readonly retries?: AsyncRetries
}

export const DEFAULT_ASYNC_CAPACITY = 100

interface Snapshot {
  readonly subtask: number
  readonly parallelism: number
  readonly watermark: number
  readonly segments: readonly QueuedSegment[]
}

/**
 * One record for each record, by a function that answers later. While the queue is full the flow is suspended, so that
 * calls under way are bounded and hold back what comes before.
 *
 * Invariants: a watermark goes on when the results of all records before it have, and before any result of a record behind
 * it. A snapshot holds every record whose result has not been emitted, and each is called again after a restore: what the
 * function does outside may be done twice.
 */
export class AsyncMapOperator implements WatermarkingOperator {
  /** Watermarks are passed on, not made: nobody needs to ask on an interval. */
  readonly watermarkIntervalMs = Number.POSITIVE_INFINITY
  readonly #capacity: number
  readonly #calls: AsyncCalls
  readonly #queue: AsyncQueue
  readonly #output: Output
  readonly #flow: FlowControl
  readonly #node: JobNode
  readonly #subtask: SubtaskInfo
  readonly #wakeUp: () => void
  readonly #passWatermark: (watermark: number) => boolean
  #suspended = false
  #inputIdle = false
  #watermark = MIN_WATERMARK
  #failure: WeirError | undefined
  #rung = false

  constructor(context: OperatorContext) {
    const { node, functions, platform, wakeUp, passWatermark } = context
    const { capacity = DEFAULT_ASYNC_CAPACITY, timeoutMs, ordered = true, retries } = node.config as AsyncMapConfig
    this.#capacity = capacity
    this.#queue = new AsyncQueue(ordered)
    this.#calls = new AsyncCalls(
      { fn: requireFunction(functions, 'fn', node), timeoutMs, retries, platform },
      call => this.#completed(call),
      (call, error) => this.#failed(call, error),
    )
    this.#output = context.output
    this.#flow = context.flow
    this.#node = node
    this.#subtask = context.subtask
    this.#wakeUp = wakeUp
    this.#passWatermark = passWatermark
  }

  open(): void {
    this.#callNext()
    this.#suspendWhenFull()
  }

  processElement(value: unknown, timestamp: number): void {
    this.#throwFailure()
    this.#queue.add(value, timestamp)
    this.#callNext()
    this.#suspendWhenFull()
  }

  processWatermark(watermark: number): boolean {
    if (watermark > this.#watermark) this.#queue.mark(watermark)
    this.#goOn()
    return true
  }

  resume(): boolean {
    if (!this.#suspended) return true
    this.#suspended = false
    this.#flow.unsuspend()
    this.#goOn()
    this.#suspendWhenFull()
    return !this.#suspended
  }

  /** Completed calls are due at once: the subtask looks at this before it takes an element. */
  nextProcessingTime(): number {
    return this.#failure !== undefined || this.#isDue() ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  }

  processProcessingTime(): boolean {
    this.#goOn()
    return !this.#isDue()
  }

  /** The last one that went on: it hands them on itself. */
  currentWatermark(): number {
    return this.#watermark
  }

  onInputIdle(idle: boolean): void {
    this.#inputIdle = idle
  }

  isIdle(): boolean {
    return this.#inputIdle && this.#queue.isEmpty
  }

  onPeriodicEmit(): void {
    // Nothing comes with time here.
  }

  snapshot(): OperatorSnapshot {
    const { subtask, parallelism } = this.#subtask
    const snapshot: Snapshot = { subtask, parallelism, watermark: this.#watermark, segments: this.#queue.contents() }
    return { operatorState: encodeValue(snapshot) }
  }

  /**
   * Its own snapshot as it was; after a change of parallelism its share of all records in flight, without the watermarks
   * that stood between those of one subtask.
   */
  restore(snapshots: readonly OperatorSnapshot[]): void {
    const { subtask, parallelism } = this.#subtask
    const all = snapshots.flatMap(({ operatorState }) =>
      operatorState === undefined ? [] : [decodeValue(operatorState) as Snapshot],
    )
    const own = all.find(one => one.subtask === subtask && one.parallelism === parallelism)
    const watermark = own?.watermark ?? Math.min(...all.map(one => one.watermark))
    if (watermark !== MAX_WATERMARK && Number.isFinite(watermark)) this.#watermark = watermark
    if (own !== undefined) this.#queue.restore(own.segments)
    else {
      const records = all.flatMap(({ segments }) => segments.flatMap(({ records }) => records))
      this.#queue.restore([{ records: records.filter((_, i) => i % parallelism === subtask) }])
    }
  }

  close(): void {
    this.#calls.close()
  }

  #callNext(): void {
    while (this.#calls.running < this.#capacity) {
      const next = this.#queue.takeUncalled()
      if (next === undefined) return
      this.#calls.start(next)
    }
  }

  #suspendWhenFull(): void {
    if (this.#suspended || this.#queue.size < this.#capacity) return
    this.#suspended = true
    this.#flow.suspend()
  }

  /** Emits what is complete, and the watermarks between, for as long as outputs have room. */
  #goOn(): void {
    this.#rung = false
    this.#throwFailure()
    while (!this.#flow.blocked) {
      const call = this.#queue.takeReady()
      if (call !== undefined) {
        this.#callNext()
        this.#output.collect(call.result, call.timestamp)
        continue
      }
      const watermark = this.#queue.dueWatermark()
      if (watermark === undefined || !this.#passWatermark(watermark)) return
      this.#watermark = watermark
      this.#queue.pass()
    }
  }

  #isDue(): boolean {
    return this.#queue.hasReady() || this.#queue.dueWatermark() !== undefined
  }

  #completed(call: AsyncCall): void {
    this.#queue.completed(call)
    this.#callNext()
    this.#ring()
  }

  #failed(call: AsyncCall, thrown: unknown): void {
    const error = userError(thrown, this.#node)
    const place = { ...error.place, record: recordText(call.value) }
    this.#failure ??= new WeirError(error.code, error.message, { cause: error.cause, place, problems: error.problems })
    if (error.stack !== undefined) this.#failure.stack = error.stack
    this.#ring()
  }

  #ring(): void {
    if (this.#rung) return
    this.#rung = true
    this.#wakeUp()
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}
