import { refusePromise } from '../base/promises.ts'
import type { Collector } from '../functions/collector.ts'
import type { OnTimerContext, RuntimeContext } from '../functions/process-function.ts'
import type { CanonicalKey } from '../record/canonical-key.ts'
import type { Timer } from '../time/timer-queue.ts'
import type { TimerDomain, TimerService } from '../time/timer-service.ts'
import type { KeyedContext } from './keyed-context.ts'
import { restoreWithTimers, snapshotWithTimers } from './keyed-operator.ts'
import type { OperatorContext, OperatorSnapshot } from './operator.ts'
import { inTimer, userError } from './operator-errors.ts'
import { runtimeContext } from './runtime-context.ts'

/** What every keyed function may have beside its methods for records. */
export interface KeyedFunctionParts {
  open?(context: RuntimeContext): void
  onTimer?(timestamp: number, context: OnTimerContext<unknown>, out: Collector<unknown>): void
  close?(): void
}

/**
 * What the operators of keyed functions with two inputs share: opening, timers, snapshots.
 *
 * Invariant: while user code runs, the current key of the state backend is that of the record or timer at hand. Results
 * of a timer take the timer's time.
 */
export class KeyedFunction {
  readonly #fn: KeyedFunctionParts
  readonly #context: OperatorContext
  readonly #timers: TimerService<CanonicalKey>
  readonly #keyed: KeyedContext
  readonly #fireEventTime = (timer: Timer<CanonicalKey>): void => this.#fire(timer, 'event-time')
  readonly #fireProcessingTime = (timer: Timer<CanonicalKey>): void => this.#fire(timer, 'processing-time')

  constructor(
    fn: KeyedFunctionParts,
    context: OperatorContext,
    timers: TimerService<CanonicalKey>,
    keyed: KeyedContext,
  ) {
    this.#fn = fn
    this.#context = context
    this.#timers = timers
    this.#keyed = keyed
  }

  open(): void {
    try {
      refusePromise(this.#fn.open?.(runtimeContext(this.#context, true)), 'open()')
    } catch (error) {
      throw userError(error, this.#context.node)
    }
  }

  processWatermark(watermark: number): boolean {
    return this.#timers.advanceWatermark(watermark, this.#fireEventTime)
  }

  processProcessingTime(nowMs: number): boolean {
    return this.#timers.advanceProcessingTime(nowMs, this.#fireProcessingTime)
  }

  nextProcessingTime(): number {
    return this.#timers.nextProcessingTime()
  }

  snapshot(): OperatorSnapshot {
    return snapshotWithTimers(this.#context.keyedState, this.#timers)
  }

  restore(snapshots: readonly OperatorSnapshot[]): void {
    restoreWithTimers(this.#context.keyedState, this.#timers, snapshots)
  }

  close(): void {
    try {
      this.#fn.close?.()
    } catch (error) {
      throw userError(error, this.#context.node)
    }
  }

  #fire(timer: Timer<CanonicalKey>, domain: TimerDomain): void {
    const keyed = this.#keyed
    this.#context.keyedState.selectKey(timer.canonicalKey, timer.key)
    keyed.at = timer.time
    keyed.domain = domain
    try {
      refusePromise(this.#fn.onTimer?.(timer.time, keyed, keyed), 'onTimer()')
    } catch (error) {
      throw userError(error, this.#context.node, inTimer(timer.time, timer.key))
    }
  }
}
