import type { Collector } from '../functions/collector.ts'
import { type OutputTag, tagId } from '../functions/output-tag.ts'
import type { OnTimerContext, TimerServiceApi } from '../functions/process-function.ts'
import type { CanonicalKey } from '../record/canonical-key.ts'
import { NO_TIMESTAMP } from '../record/stream-element.ts'
import { detachValue } from '../state/detach.ts'
import type { KeyedStateBackend } from '../state/keyed-state-backend.ts'
import type { TimerDomain, TimerService } from '../time/timer-service.ts'
import type { OperatorContext, Output } from './operator.ts'

/** The one namespace of timers of user functions: windows have theirs. */
const NO_NAMESPACE = ''

/** Context and collector of a keyed function: one object, which its operator tells about each record and timer. */
export class KeyedContext implements OnTimerContext<unknown>, Collector<unknown> {
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
