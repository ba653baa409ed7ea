import type { ReducingState } from '../functions/state.ts'
import { reducingState } from '../functions/state-descriptors.ts'
import { type OnMergeContext, type Trigger, type TriggerContext, TriggerResult } from '../functions/trigger.ts'
import type { TimeWindow } from '../functions/window-function.ts'
import { past } from './assigner.ts'
import type { TriggerConfig } from './trigger-config.ts'

const { CONTINUE, FIRE, FIRE_AND_PURGE } = TriggerResult

/** What triggers have to know of the windows they are for. */
export interface WindowTime {
  /** The time from which on no further record can belong to the window, in the windows' own kind of time. */
  lastMoment(window: TimeWindow): number
  readonly isProcessingTime: boolean
}

type AnyTrigger = Trigger<unknown>

/** The trigger that a config names. `custom` is the user's. */
export function createTrigger(config: TriggerConfig, time: WindowTime, custom: AnyTrigger | undefined): AnyTrigger {
  switch (config.type) {
    case 'eventTime':
      return new AtEventTime(time)
    case 'processingTime':
      return new AtProcessingTime(time)
    case 'count':
      return new AtCount(config.count)
    case 'continuousEventTime':
      return new EveryEventTime(time, config.intervalMs)
    case 'continuousProcessingTime':
      return new EveryProcessingTime(time, config.intervalMs)
    case 'purging':
      return purging(createTrigger(config.of, time, custom))
    case 'custom':
      return custom as AnyTrigger
  }
}

class AtEventTime implements AnyTrigger {
  readonly #time: WindowTime

  constructor(time: WindowTime) {
    this.#time = time
  }

  onElement(_value: unknown, _timestamp: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    const last = this.#time.lastMoment(window)
    if (last <= context.currentWatermark()) return FIRE
    context.registerEventTimeTimer(last)
    return CONTINUE
  }

  onEventTime(time: number, window: TimeWindow): TriggerResult {
    return time === this.#time.lastMoment(window) ? FIRE : CONTINUE
  }

  onProcessingTime(): TriggerResult {
    return CONTINUE
  }

  clear(window: TimeWindow, context: TriggerContext): void {
    context.deleteEventTimeTimer(this.#time.lastMoment(window))
  }

  onMerge(window: TimeWindow, context: TriggerContext): void {
    const last = this.#time.lastMoment(window)
    if (last > context.currentWatermark()) context.registerEventTimeTimer(last)
  }
}

class AtProcessingTime implements AnyTrigger {
  readonly #time: WindowTime

  constructor(time: WindowTime) {
    this.#time = time
  }

  onElement(_value: unknown, _timestamp: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    context.registerProcessingTimeTimer(this.#time.lastMoment(window))
    return CONTINUE
  }

  onEventTime(): TriggerResult {
    return CONTINUE
  }

  onProcessingTime(time: number, window: TimeWindow): TriggerResult {
    return time === this.#time.lastMoment(window) ? FIRE : CONTINUE
  }

  clear(window: TimeWindow, context: TriggerContext): void {
    context.deleteProcessingTimeTimer(this.#time.lastMoment(window))
  }

  onMerge(window: TimeWindow, context: TriggerContext): void {
    context.registerProcessingTimeTimer(this.#time.lastMoment(window))
  }
}

const COUNT = reducingState<number>('count', (a, b) => a + b)

class AtCount implements AnyTrigger {
  readonly #count: number
  #seen: ReducingState<number> | undefined

  constructor(count: number) {
    this.#count = count
  }

  onElement(_value: unknown, _timestamp: number, _window: TimeWindow, context: TriggerContext): TriggerResult {
    this.#seen ??= context.getState(COUNT)
    this.#seen.add(1)
    if ((this.#seen.get() ?? 0) < this.#count) return CONTINUE
    this.#seen.clear()
    return FIRE
  }

  onEventTime(): TriggerResult {
    return CONTINUE
  }

  onProcessingTime(): TriggerResult {
    return CONTINUE
  }

  clear(_window: TimeWindow, context: TriggerContext): void {
    context.getState(COUNT).clear()
  }

  onMerge(_window: TimeWindow, context: OnMergeContext): void {
    context.mergePartitionedState(COUNT)
  }
}

const NEXT_FIRE = reducingState<number>('next fire', (a, b) => Math.min(a, b))

/** Fires at multiples of the interval for as long as the window is open, and at its end. */
class EveryEventTime implements AnyTrigger {
  readonly #time: WindowTime
  readonly #intervalMs: number

  constructor(time: WindowTime, intervalMs: number) {
    this.#time = time
    this.#intervalMs = intervalMs
  }

  onElement(_value: unknown, timestamp: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    const last = this.#time.lastMoment(window)
    if (last <= context.currentWatermark()) return FIRE
    context.registerEventTimeTimer(last)
    if (context.getState(NEXT_FIRE).get() === undefined && Number.isFinite(timestamp)) {
      this.#registerNext(timestamp - past(timestamp, this.#intervalMs, 0), window, context)
    }
    return CONTINUE
  }

  onEventTime(time: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    if (time === this.#time.lastMoment(window)) return FIRE
    const next = context.getState(NEXT_FIRE)
    if (next.get() !== time) return CONTINUE
    next.clear()
    this.#registerNext(time, window, context)
    return FIRE
  }

  onProcessingTime(): TriggerResult {
    return CONTINUE
  }

  clear(window: TimeWindow, context: TriggerContext): void {
    const next = context.getState(NEXT_FIRE)
    const time = next.get()
    if (time !== undefined) context.deleteEventTimeTimer(time)
    next.clear()
    context.deleteEventTimeTimer(this.#time.lastMoment(window))
  }

  onMerge(_window: TimeWindow, context: OnMergeContext): void {
    context.mergePartitionedState(NEXT_FIRE)
    const time = context.getState(NEXT_FIRE).get()
    if (time !== undefined) context.registerEventTimeTimer(time)
  }

  #registerNext(from: number, window: TimeWindow, context: TriggerContext): void {
    const last = this.#time.lastMoment(window)
    // A window without end would go on and on once event time has come to its own: it fires once more, at the end.
    const ended = last === Number.POSITIVE_INFINITY && context.currentWatermark() === Number.POSITIVE_INFINITY
    const next = ended ? last : Math.min(from + this.#intervalMs, last)
    context.getState(NEXT_FIRE).add(next)
    context.registerEventTimeTimer(next)
  }
}

class EveryProcessingTime implements AnyTrigger {
  readonly #time: WindowTime
  readonly #intervalMs: number

  constructor(time: WindowTime, intervalMs: number) {
    this.#time = time
    this.#intervalMs = intervalMs
  }

  onElement(_value: unknown, _timestamp: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    if (context.getState(NEXT_FIRE).get() === undefined) {
      const nowMs = context.currentProcessingTime()
      this.#registerNext(nowMs - past(nowMs, this.#intervalMs, 0), window, context)
    }
    return CONTINUE
  }

  onEventTime(): TriggerResult {
    return CONTINUE
  }

  onProcessingTime(time: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    const next = context.getState(NEXT_FIRE)
    if (next.get() !== time) return CONTINUE
    next.clear()
    if (!this.#time.isProcessingTime || time < this.#time.lastMoment(window)) this.#registerNext(time, window, context)
    return FIRE
  }

  clear(_window: TimeWindow, context: TriggerContext): void {
    const next = context.getState(NEXT_FIRE)
    const time = next.get()
    if (time !== undefined) context.deleteProcessingTimeTimer(time)
    next.clear()
  }

  onMerge(_window: TimeWindow, context: OnMergeContext): void {
    context.mergePartitionedState(NEXT_FIRE)
    const time = context.getState(NEXT_FIRE).get()
    if (time !== undefined) context.registerProcessingTimeTimer(time)
  }

  #registerNext(from: number, window: TimeWindow, context: TriggerContext): void {
    const next = from + this.#intervalMs
    // The end of an event-time window says nothing about the clock.
    const time = this.#time.isProcessingTime ? Math.min(next, this.#time.lastMoment(window)) : next
    context.getState(NEXT_FIRE).add(time)
    context.registerProcessingTimeTimer(time)
  }
}

/** The same trigger, but for that a window which fires forgets its records. */
function purging(trigger: AnyTrigger): AnyTrigger {
  const purge = (result: TriggerResult): TriggerResult => (result === FIRE ? FIRE_AND_PURGE : result)
  const wrapped: AnyTrigger = {
    onElement: (value, timestamp, window, context) => purge(trigger.onElement(value, timestamp, window, context)),
    onEventTime: (time, window, context) => purge(trigger.onEventTime(time, window, context)),
    onProcessingTime: (time, window, context) => purge(trigger.onProcessingTime(time, window, context)),
    clear: (window, context) => trigger.clear(window, context),
  }
  if (trigger.onMerge !== undefined) wrapped.onMerge = (window, context) => trigger.onMerge?.(window, context)
  return wrapped
}
