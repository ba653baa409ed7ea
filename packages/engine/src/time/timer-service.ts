import { WeirError } from '../base/errors.ts'
import type { Clock } from '../base/platform.ts'
import { MAX_WATERMARK, MIN_WATERMARK } from '../record/stream-element.ts'
import { type Timer, type TimerChanges, type TimerNamespace, TimerQueue } from './timer-queue.ts'

/** Timers in a snapshot; `canonicalKey` is left out, since it follows from the key. */
export interface TimerSnapshot {
  readonly domain: TimerDomain
  readonly key: unknown
  readonly namespace: TimerNamespace
  readonly time: number
}

export type TimerDomain = 'event-time' | 'processing-time'

/** Called once per timer. Results are collected, and timers registered or deleted, from within. */
export type FireTimer<Key> = (timer: Timer<Key>) => void

/**
 * Event-time and processing-time timers of one keyed operator in one subtask.
 *
 * Each (key, namespace, time) fires once, in order of time. Firing stops between timers when outputs are full and goes on
 * with the next call. A timer registered during firing, for a time that has been reached, fires in the same pass: so a
 * function that registers timers without end at MAX_WATERMARK never finishes (as in Flink).
 */
export class TimerService<Key> {
  readonly #clock: Clock
  readonly #shouldStop: () => boolean
  readonly #eventTime = new TimerQueue<Key>()
  readonly #processingTime = new TimerQueue<Key>()
  #watermark = MIN_WATERMARK

  constructor(clock: Clock, shouldStop: () => boolean) {
    this.#clock = clock
    this.#shouldStop = shouldStop
  }

  get watermark(): number {
    return this.#watermark
  }

  get size(): number {
    return this.#eventTime.size + this.#processingTime.size
  }

  processingTime(): number {
    return this.#clock.now()
  }

  registerEventTime(canonicalKey: Key, key: unknown, namespace: TimerNamespace, time: number): void {
    checkTime(time)
    this.#eventTime.register(canonicalKey, key, namespace, time)
  }

  registerProcessingTime(canonicalKey: Key, key: unknown, namespace: TimerNamespace, time: number): void {
    checkTime(time)
    this.#processingTime.register(canonicalKey, key, namespace, time)
  }

  deleteEventTime(canonicalKey: Key, namespace: TimerNamespace, time: number): void {
    this.#eventTime.delete(canonicalKey, namespace, time)
  }

  deleteProcessingTime(canonicalKey: Key, namespace: TimerNamespace, time: number): void {
    this.#processingTime.delete(canonicalKey, namespace, time)
  }

  /** True when all timers up to the watermark have fired; false when it stopped. A lower watermark changes nothing. */
  advanceWatermark(watermark: number, fire: FireTimer<Key>): boolean {
    if (watermark > this.#watermark) this.#watermark = watermark
    return this.#eventTime.fireUpTo(this.#watermark, fire, this.#shouldStop)
  }

  /** The same for the wall clock. */
  advanceProcessingTime(nowMs: number, fire: FireTimer<Key>): boolean {
    return this.#processingTime.fireUpTo(nowMs, fire, this.#shouldStop)
  }

  /** Keys of the next timers that are due at `time` in a domain, at most `max`: for fetching their state together. */
  dueKeys(domain: TimerDomain, time: number, max: number): Key[] {
    return (domain === 'event-time' ? this.#eventTime : this.#processingTime).dueKeys(time, max)
  }

  /** ms since the epoch; Infinity when there is no processing-time timer. */
  nextProcessingTime(): number {
    return this.#processingTime.nextTime()
  }

  /** All timers; those of one time in order of registration. */
  *snapshot(): Iterable<TimerSnapshot> {
    for (const { key, namespace, time } of this.#eventTime.timers()) {
      yield { domain: 'event-time', key, namespace, time }
    }
    for (const { key, namespace, time } of this.#processingTime.timers()) {
      yield { domain: 'processing-time', key, namespace, time }
    }
  }

  /** Keeps account of changes from here on, for snapshots of what has changed. */
  beginChanges(): void {
    this.#eventTime.beginChanges()
    this.#processingTime.beginChanges()
  }

  /** As `TimerQueue.freezeChanges`, by domain. */
  freezeChanges(all: boolean): readonly { readonly domain: TimerDomain; readonly changes: TimerChanges<Key> }[] {
    return [
      { domain: 'event-time', changes: this.#eventTime.freezeChanges(all) },
      { domain: 'processing-time', changes: this.#processingTime.freezeChanges(all) },
    ]
  }

  /** One timer of a snapshot. */
  restore(timer: TimerSnapshot, canonicalKey: Key): void {
    const queue = timer.domain === 'event-time' ? this.#eventTime : this.#processingTime
    queue.register(canonicalKey, timer.key, timer.namespace, timer.time)
  }

  /**
   * Goes on from the watermark of a snapshot, so that what was late before a restart is late after it. Of several snapshots
   * the lowest counts. Timers at or below it fire with the next watermark, whatever that is.
   */
  restoreWatermark(watermarks: readonly number[]): void {
    const lowest = Math.min(...watermarks)
    // An input that had ended and goes on after all (a job drained into a savepoint) begins its event time anew.
    if (lowest !== MAX_WATERMARK) this.#watermark = lowest
  }

  /** Whether the input has come to its end. */
  get ended(): boolean {
    return this.#watermark === MAX_WATERMARK
  }
}

function checkTime(time: number): void {
  if (typeof time === 'number' && !Number.isNaN(time)) return
  throw new WeirError('USER_FUNCTION', `a timer needs a time in ms since the epoch, not ${String(time)}`)
}
