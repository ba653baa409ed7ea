import { refusePromise } from '../base/promises.ts'
import type { KeyedProcessFunction } from '../functions/process-function.ts'
import type { KeySelector } from '../graph/job-functions.ts'
import type { JobNode } from '../graph/job-graph.ts'
import type { CanonicalKey } from '../record/canonical-key.ts'
import type { KeyedStateBackend } from '../state/keyed-state-backend.ts'
import type { Timer } from '../time/timer-queue.ts'
import { type TimerDomain, TimerService } from '../time/timer-service.ts'
import { KeyedContext } from './keyed-context.ts'
import { keySelector, restoreWithTimers, snapshotWithTimers } from './keyed-operator.ts'
import type { Operator, OperatorContext, OperatorSnapshot } from './operator.ts'
import { inTimer, userError } from './operator-errors.ts'
import { processFunction } from './process.ts'
import { runtimeContext } from './runtime-context.ts'

type AnyKeyedProcessFunction = Pick<KeyedProcessFunction<unknown, unknown, unknown>, 'processElement'> &
  Partial<KeyedProcessFunction<unknown, unknown, unknown>>

/** For so many timers state is fetched from disk at once. */
const TIMERS_FETCHED = 256

/**
 * Runs a KeyedProcessFunction, or a plain `(value, context, out) => void`, with state and timers per key.
 *
 * Invariant: while user code runs, the current key of the state backend is that of the record or timer at hand. Results
 * of a timer take the timer's time, those of a record the record's timestamp.
 */
export class KeyedProcessOperator implements Operator {
  readonly #fn: AnyKeyedProcessFunction
  readonly #context: OperatorContext
  readonly #selector: KeySelector
  readonly #backend: KeyedStateBackend
  readonly #node: JobNode
  readonly #timers: TimerService<CanonicalKey>
  readonly #keyed: KeyedContext
  readonly #fireEventTime = (timer: Timer<CanonicalKey>): void => this.#fire(timer, 'event-time')
  readonly #fireProcessingTime = (timer: Timer<CanonicalKey>): void => this.#fire(timer, 'processing-time')

  /** So many of the timers to fire have their state in memory. */
  #fetched = 0

  constructor(context: OperatorContext) {
    const { flow, platform } = context
    this.#fn = processFunction(context)
    this.#context = context
    this.#selector = keySelector(context)
    this.#backend = context.keyedState
    this.#node = context.node
    this.#timers = new TimerService(platform.clock, () => flow.blocked)
    this.#keyed = new KeyedContext(context, this.#timers)
  }

  open(): void {
    try {
      refusePromise(this.#fn.open?.(runtimeContext(this.#context, true)), 'open()')
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  processElement(value: unknown, timestamp: number): void {
    this.#keyed.at = timestamp
    try {
      this.#backend.setCurrentKey(this.#selector(value))
      refusePromise(this.#fn.processElement(value, this.#keyed, this.#keyed), 'the function')
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  processWatermark(watermark: number): boolean {
    this.#fetched = 0
    return this.#timers.advanceWatermark(watermark, this.#fireEventTime)
  }

  processProcessingTime(nowMs: number): boolean {
    this.#fetched = 0
    return this.#timers.advanceProcessingTime(nowMs, this.#fireProcessingTime)
  }

  nextProcessingTime(): number {
    return this.#timers.nextProcessingTime()
  }

  snapshot(): OperatorSnapshot {
    return snapshotWithTimers(this.#backend, this.#timers)
  }

  restore(snapshots: readonly OperatorSnapshot[]): void {
    restoreWithTimers(this.#backend, this.#timers, snapshots)
  }

  close(): void {
    try {
      this.#fn.close?.()
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  /** State of this timer and of the next that are due, as far as it is on disk. */
  #fetchState(timer: Timer<CanonicalKey>, domain: TimerDomain): void {
    if (this.#fetched-- > 0 || !this.#backend.mayHaveSpilled) return
    const reached = domain === 'event-time' ? this.#timers.watermark : this.#timers.processingTime()
    const keys = [timer.canonicalKey, ...this.#timers.dueKeys(domain, reached, TIMERS_FETCHED)]
    this.#backend.prefetch(keys, keys.length)
    this.#fetched = keys.length - 1
  }

  #fire(timer: Timer<CanonicalKey>, domain: TimerDomain): void {
    this.#fetchState(timer, domain)
    this.#backend.selectKey(timer.canonicalKey, timer.key)
    this.#keyed.at = timer.time
    this.#keyed.domain = domain
    try {
      refusePromise(this.#fn.onTimer?.(timer.time, this.#keyed, this.#keyed), 'onTimer()')
    } catch (error) {
      throw userError(error, this.#node, inTimer(timer.time, timer.key))
    }
  }
}
