import type { NodeFunctions } from '../../graph/job-functions.ts'
import { isInlinable } from '../../operators/inlinable.ts'
import {
  type FlowControl,
  isWatermarking,
  type Operator,
  type OperatorContext,
  type OperatorFactory,
  type OperatorSnapshot,
  type WatermarkingOperator,
} from '../../operators/operator.ts'
import { subtaskOfKeyGroup } from '../../record/key-group.ts'
import { MAX_WATERMARK } from '../../record/stream-element.ts'
import { decodeValue, encodeValue } from '../../record/value-codec.ts'
import { MemoryTier } from '../../state/memory-tier.ts'

/** Counts how often its operator keeps something for `resume`: no snapshot may be taken then. */
class OwnFlow implements FlowControl {
  readonly #flow: FlowControl
  kept = 0

  constructor(flow: FlowControl) {
    this.#flow = flow
  }

  get blocked(): boolean {
    return this.#flow.blocked
  }

  suspend(): void {
    this.kept++
    this.#flow.suspend()
  }

  unsuspend(): void {
    this.kept--
    this.#flow.unsuspend()
  }
}

/**
 * An operator in its chain that after each element is ended, and goes on as a fresh one with fresh closures, made from the
 * bytes of its snapshot. The chain around it (its output, its flow, its counters) stays.
 */
class RestoringOperator implements Operator {
  readonly #context: OperatorContext
  readonly #functions: () => NodeFunctions
  readonly #factory: OperatorFactory
  readonly #onRestored: () => void
  readonly #flow: OwnFlow
  protected inner: Operator
  /** A watermark or an hour has not fired all that is due: what it has fired and what not is in no snapshot. */
  #firing = false

  constructor(
    context: OperatorContext,
    functions: () => NodeFunctions,
    factory: OperatorFactory,
    onRestored: () => void,
  ) {
    this.#flow = new OwnFlow(context.flow)
    this.#context = { ...context, flow: this.#flow }
    this.#functions = functions
    this.#factory = factory
    this.#onRestored = onRestored
    this.inner = factory(this.#context)
  }

  open(): void {
    this.inner.open?.()
  }

  processElement(value: unknown, timestamp: number, input: number): void {
    this.inner.processElement(value, timestamp, input)
    this.#restore()
  }

  processWatermark(watermark: number): boolean {
    const through = this.inner.processWatermark?.(watermark) ?? true
    this.#firing = !through
    // What is restored after the end of its input takes it that there is more, until it is told of the end again.
    return watermark === MAX_WATERMARK ? through : this.#through(through)
  }

  processProcessingTime(nowMs: number): boolean {
    const through = this.inner.processProcessingTime?.(nowMs) ?? true
    this.#firing = !through
    return this.#through(through)
  }

  nextProcessingTime(): number {
    return this.inner.nextProcessingTime?.() ?? Number.POSITIVE_INFINITY
  }

  resume(): boolean {
    const kept = this.#flow.kept > 0
    const through = this.inner.resume?.() ?? true
    return kept && !this.#firing ? this.#through(through) : through
  }

  close(): void {
    this.inner.close?.()
  }

  #through(through: boolean): boolean {
    if (through) this.#restore()
    return through
  }

  #restore(): void {
    if (this.#flow.kept > 0) return
    const snapshot = decodeValue(encodeValue(this.inner.snapshot?.() ?? {})) as OperatorSnapshot
    this.inner.close?.()
    const { maxParallelism, parallelism, subtask } = this.#context.subtask
    this.inner = this.#factory({
      ...this.#context,
      functions: this.#functions(),
      keyedState: new MemoryTier({
        maxParallelism,
        ownsKeyGroup: group => subtaskOfKeyGroup(group, maxParallelism, parallelism) === subtask,
        clock: this.#context.platform.clock,
      }),
    })
    this.inner.restore?.([snapshot])
    this.inner.open?.()
    this.#onRestored()
  }
}

/** The same for one that makes watermarks. */
class RestoringWatermarks extends RestoringOperator implements WatermarkingOperator {
  get watermarkIntervalMs(): number {
    return this.#inner.watermarkIntervalMs
  }

  currentWatermark(): number {
    return this.#inner.currentWatermark()
  }

  isIdle(): boolean {
    return this.#inner.isIdle()
  }

  onPeriodicEmit(): void {
    this.#inner.onPeriodicEmit()
  }

  onInputIdle(idle: boolean): void {
    this.#inner.onInputIdle?.(idle)
  }

  get #inner(): WatermarkingOperator {
    return this.inner as WatermarkingOperator
  }
}

/**
 * Makes operators by `factory`, the one with the uid so that it is restored after each element; `onRestored` hears of each
 * time. One that the chain compiler takes for its function alone has nothing to restore, and is left as it is.
 */
export function restoringFactory(
  uid: string,
  functions: () => NodeFunctions,
  factory: OperatorFactory,
  onRestored: () => void,
): OperatorFactory {
  return context => {
    const operator = factory(context)
    if (context.node.uid !== uid || isInlinable(operator)) return operator
    operator.close?.()
    return isWatermarking(operator)
      ? new RestoringWatermarks(context, functions, factory, onRestored)
      : new RestoringOperator(context, functions, factory, onRestored)
  }
}
