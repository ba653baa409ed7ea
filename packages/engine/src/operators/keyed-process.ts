import { refusePromise } from '../base/promises.ts'
import type { Collector } from '../functions/collector.ts'
import { type OutputTag, tagId } from '../functions/output-tag.ts'
import type { KeyedProcessFunction, OnTimerContext, TimerServiceApi } from '../functions/process-function.ts'
import type { KeySelector } from '../graph/job-functions.ts'
import type { JobNode } from '../graph/job-graph.ts'
import type { CanonicalKey } from '../record/canonical-key.ts'
import { NO_TIMESTAMP } from '../record/stream-element.ts'
import { detachValue } from '../state/detach.ts'
import type { KeyedStateBackend } from '../state/keyed-state-backend.ts'
import type { Timer } from '../time/timer-queue.ts'
import { type TimerDomain, TimerService } from '../time/timer-service.ts'
import { keySelector, restoreWithTimers, snapshotWithTimers } from './keyed-operator.ts'
import type { Operator, OperatorContext, OperatorSnapshot, Output } from './operator.ts'
import { userError } from './operator-errors.ts'
import { processFunction } from './process.ts'
import { runtimeContext } from './runtime-context.ts'

type AnyKeyedProcessFunction = Pick<KeyedProcessFunction<unknown, unknown, unknown>, 'processElement'> &
  Partial<KeyedProcessFunction<unknown, unknown, unknown>>

/** The one namespace of timers here: windows have theirs. */
const NO_NAMESPACE = ''

/** Context and collector of the function: one object, which the operator tells about each record and timer. */
class KeyedContext implements OnTimerContext<unknown>, Collector<unknown> {
  readonly #output: Output
  readonly #backend: KeyedStateBackend
  readonly #timers: TimerService<CanonicalKey>
  readonly #timerApi: TimerServiceApi
  at = NO_TIMESTAMP
  domain: TimerDomain = 'event-time'

  constructor({ output, keyedState }: OperatorContext, timers: TimerService<CanonicalKey>) {
    this.#output = output
    this.#backend = keyedState
    this.#timers = timers
    this.#timerApi = timerApi(keyedState, timers)
  }

  timestamp(): number {
    return this.at
  }

  currentKey(): unknown {
    return this.#backend.currentKey()
  }

  timeDomain(): TimerDomain {
    return this.domain
  }

  currentWatermark(): number {
    return this.#timers.watermark
  }

  currentProcessingTime(): number {
    return this.#timers.processingTime()
  }

  timerService(): TimerServiceApi {
    return this.#timerApi
  }

  output<T>(tag: OutputTag<T> | string, value: T): void {
    this.#output.sideOutput(tagId(tag), value, this.at)
  }

  collect(value: unknown): void {
    this.#output.collect(value, this.at)
  }
}

function timerApi(backend: KeyedStateBackend, timers: TimerService<CanonicalKey>): TimerServiceApi {
  return {
    currentWatermark: () => timers.watermark,
    currentProcessingTime: () => timers.processingTime(),
    registerEventTimeTimer: time => {
      const canonical = detachValue(backend.currentCanonicalKey())
      timers.registerEventTime(canonical, detachValue(backend.currentKey()), NO_NAMESPACE, time)
    },
    registerProcessingTimeTimer: time => {
      const canonical = detachValue(backend.currentCanonicalKey())
      timers.registerProcessingTime(canonical, detachValue(backend.currentKey()), NO_NAMESPACE, time)
    },
    deleteEventTimeTimer: time => timers.deleteEventTime(backend.currentCanonicalKey(), NO_NAMESPACE, time),
    deleteProcessingTimeTimer: time => timers.deleteProcessingTime(backend.currentCanonicalKey(), NO_NAMESPACE, time),
  }
}

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
    return this.#timers.advanceWatermark(watermark, this.#fireEventTime)
  }

  processProcessingTime(nowMs: number): boolean {
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

  #fire(timer: Timer<CanonicalKey>, domain: TimerDomain): void {
    this.#backend.selectKey(timer.canonicalKey, timer.key)
    this.#keyed.at = timer.time
    this.#keyed.domain = domain
    try {
      refusePromise(this.#fn.onTimer?.(timer.time, this.#keyed, this.#keyed), 'onTimer()')
    } catch (error) {
      throw userError(error, this.#node)
    }
  }
}
