import { WeirError } from '../base/errors.ts'
import type { Clock } from '../base/platform.ts'
import type { Collector } from '../functions/collector.ts'
import type { TimeWindow } from '../functions/window-function.ts'
import type { KeySelector } from '../graph/job-functions.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { type CanonicalKey, canonicalKey } from '../record/canonical-key.ts'
import { MAX_WATERMARK, MIN_WATERMARK } from '../record/stream-element.ts'
import type { KeyedRow, KeyedStateBackend, KeyedTable } from '../state/keyed-state-backend.ts'
import { type TimeWindowAssigner, TumblingAssigner, type TumblingConfig, windowEndingAt } from '../window/assigner.ts'
import { TimeWindowStore } from '../window/time-window-store.ts'
import { eventTimeTrigger, processingTimeTrigger, type TimeTrigger } from '../window/trigger.ts'
import type { WindowFold } from '../window/window-fold.ts'
import { decodeWatermarks, encodeWatermark, keySelector, restoreKeyed } from './keyed-operator.ts'
import type { FlowControl, Operator, OperatorContext, OperatorCounters, OperatorSnapshot, Output } from './operator.ts'
import { userError } from './operator-errors.ts'
import { type WindowCompute, windowFold } from './window-compute.ts'

export interface WindowConfig {
  readonly assigner: TumblingConfig
  /** Event time only: so long after its end a window takes late records, and fires again for each. */
  readonly allowedLatenessMs?: number
  /** Side output for records that are too late; without it they are dropped. Both are counted. */
  readonly lateTag?: string
  readonly compute: WindowCompute
}

interface Firing {
  readonly window: TimeWindow
  readonly rows: IterableIterator<KeyedRow<unknown>>
}

/**
 * Time windows per key, with Flink's semantics: a window [start, end) fires at watermark ≥ end − 1, its results take the
 * timestamp end − 1, and a record is late when end − 1 + allowed lateness ≤ the watermark. Windows fire in order of their
 * ends, the keys of one in the order in which they came first. Processing-time windows fire when the clock reaches their
 * end; at the end of a bounded input they fire all at once, so that nothing is lost.
 */
export class WindowOperator implements Operator, Collector<unknown> {
  readonly #assigner: TimeWindowAssigner
  readonly #trigger: TimeTrigger
  readonly #fold: WindowFold<unknown>
  readonly #eventTime: boolean
  readonly #allowedLatenessMs: number
  readonly #lateTag: string | undefined
  readonly #selector: KeySelector
  readonly #backend: KeyedStateBackend
  readonly #output: Output
  readonly #flow: FlowControl
  readonly #counters: OperatorCounters
  readonly #clock: Clock
  readonly #node: JobNode
  #store!: TimeWindowStore<unknown>
  /** The watermark, or the highest wall-clock time seen. */
  #now = MIN_WATERMARK
  #firing: Firing | undefined
  /** Timestamp of the results that are being emitted. */
  #timestamp = 0
  // The window of the last record, while records may be added to it without looking further.
  #start = Number.POSITIVE_INFINITY
  #end = Number.NEGATIVE_INFINITY
  #rows!: KeyedTable<unknown>

  constructor(context: OperatorContext) {
    const config = context.node.config as unknown as WindowConfig
    this.#assigner = new TumblingAssigner(config.assigner)
    this.#eventTime = this.#assigner.domain === 'event'
    this.#trigger = this.#eventTime ? eventTimeTrigger : processingTimeTrigger
    this.#fold = windowFold(context, config.compute)
    this.#allowedLatenessMs = this.#eventTime ? (config.allowedLatenessMs ?? 0) : 0
    this.#lateTag = config.lateTag
    this.#selector = keySelector(context)
    this.#backend = context.keyedState
    this.#output = context.output
    this.#flow = context.flow
    this.#counters = context.counters
    this.#clock = context.platform.clock
    this.#node = context.node
  }

  open(): void {
    this.#store = new TimeWindowStore(this.#backend, this.#allowedLatenessMs)
  }

  processElement(value: unknown, timestamp: number): void {
    const time = this.#eventTime ? timestamp : this.#processingTime()
    if (time >= this.#start && time < this.#end) this.#add(this.#rows, value)
    else this.#assign(value, time, timestamp)
  }

  processWatermark(watermark: number): boolean {
    return this.#eventTime || watermark === MAX_WATERMARK ? this.#advance(watermark) : true
  }

  processProcessingTime(nowMs: number): boolean {
    return this.#eventTime ? true : this.#advance(nowMs)
  }

  nextProcessingTime(): number {
    return this.#eventTime ? Number.POSITIVE_INFINITY : (this.#store.nextDue() ?? Number.POSITIVE_INFINITY)
  }

  snapshot(): OperatorSnapshot {
    return {
      keyed: this.#backend.snapshot(),
      operatorState: encodeWatermark(this.#eventTime ? this.#now : MIN_WATERMARK),
    }
  }

  restore(snapshots: readonly OperatorSnapshot[]): void {
    restoreKeyed(this.#backend, snapshots)
    const watermark = Math.min(...decodeWatermarks(snapshots))
    // What was late before the restart stays late. An input that had ended and goes on begins its event time anew.
    if (watermark !== MAX_WATERMARK) this.#now = watermark
  }

  /** The window function's collector. */
  collect(value: unknown): void {
    this.#output.collect(value, this.#timestamp)
  }

  /** Never goes back, so that a clock that does cannot open a window that has fired. */
  #processingTime(): number {
    const nowMs = this.#clock.now()
    if (nowMs > this.#now) return nowMs
    return this.#now === MAX_WATERMARK ? nowMs : this.#now
  }

  #assign(value: unknown, time: number, timestamp: number): void {
    if (!Number.isFinite(time)) throw this.#noTimestamp(time)
    const { sizeMs, slideMs } = this.#assigner
    let late = true
    for (let end = this.#assigner.firstEnd(time); end - sizeMs <= time; end += slideMs) {
      if (this.#trigger.fireAt(end) > this.#now) {
        this.#addToPending(end, value)
        late = false
      } else if (!this.#store.isExpired(end, this.#now)) {
        this.#emit(windowEndingAt(end, sizeMs), this.#add(this.#store.fired(end), value))
        late = false
      }
    }
    if (late) this.#late(value, timestamp)
  }

  #addToPending(end: number, value: unknown): void {
    const rows = this.#store.pending(end)
    const fired = this.#store.firedIfAny(end)
    if (fired !== undefined) this.#reopen(fired, rows, value)
    else if (this.#assigner.slideMs === this.#assigner.sizeMs) {
      this.#start = end - this.#assigner.sizeMs
      this.#end = end
      this.#rows = rows
    }
    this.#add(rows, value)
  }

  /**
   * A window that has fired for some keys but is open at this watermark: after a restart at another parallelism, of two
   * subtasks that had come to different watermarks the lower counts. The key at hand will fire again, as it would have.
   */
  #reopen(fired: KeyedTable<unknown>, pending: KeyedTable<unknown>, value: unknown): void {
    const canonical = this.#keyOf(value)
    const row = fired.get(canonical)
    if (row === undefined) return
    fired.delete(canonical)
    pending.insert(canonical, row.key, row.value)
  }

  #keyOf(value: unknown): CanonicalKey {
    try {
      return canonicalKey(this.#selector(value))
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  #add(rows: KeyedTable<unknown>, value: unknown): KeyedRow<unknown> {
    try {
      const key = this.#selector(value)
      const canonical = canonicalKey(key)
      const row = rows.get(canonical)
      if (row === undefined) return rows.insert(canonical, key, this.#fold.create(value))
      rows.update(row, this.#fold.add(row.value, value))
      return row
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  #late(value: unknown, timestamp: number): void {
    this.#counters.lateRecords++
    if (this.#lateTag !== undefined) this.#output.sideOutput(this.#lateTag, value, timestamp)
  }

  #advance(now: number): boolean {
    if (now > this.#now) this.#now = now
    if (this.#trigger.fireAt(this.#end) <= this.#now) this.#start = Number.POSITIVE_INFINITY
    for (;;) {
      if (this.#firing === undefined) {
        const end = this.#store.nextDue()
        if (end === undefined || this.#trigger.fireAt(end) > this.#now) break
        this.#firing = { window: windowEndingAt(end, this.#assigner.sizeMs), rows: this.#store.pending(end).rows() }
      }
      if (!this.#fire(this.#firing)) return false
      this.#store.finishFiring(this.#firing.window.end)
      this.#firing = undefined
    }
    this.#store.dropExpired(this.#now)
    return true
  }

  /** False when outputs were full before the window was through. */
  #fire({ window, rows }: Firing): boolean {
    const flow = this.#flow
    for (;;) {
      if (flow.blocked) return false
      const next = rows.next()
      if (next.done) return true
      this.#emit(window, next.value)
    }
  }

  #emit(window: TimeWindow, row: KeyedRow<unknown>): void {
    this.#timestamp = window.end - 1
    try {
      this.#fold.emit(row.key, window, row.value, this)
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  #noTimestamp(time: number): WeirError {
    const message =
      `operator '${this.#node.name}': an event-time window got a record with the timestamp ${time}. Give the source a ` +
      'watermark strategy with a timestamp assigner, use assignTimestampsAndWatermarks, or a processing-time window.'
    return new WeirError('NO_TIMESTAMP', message, { place: { operator: this.#node.name } })
  }
}
