import type { Clock } from '../base/platform.ts'
import type { TimeWindow } from '../functions/window-function.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { type CanonicalKey, canonicalKey } from '../record/canonical-key.ts'
import { MAX_WATERMARK, MIN_WATERMARK } from '../record/stream-element.ts'
import type { KeyedStateBackend, KeyedTable } from '../state/keyed-state-backend.ts'
import { oneNumber } from '../state/number-table.ts'
import { type TimeWindowConfig, windowEndingAt } from '../window/assigner.ts'
import { FiredGroups } from '../window/fired-groups.ts'
import { type Firing, LookUpFiring, MergedFiring, NumberFiring, TableFiring } from '../window/firing.ts'
import { NumberMerge } from '../window/number-merge.ts'
import { SliceStore } from '../window/slice-store.ts'
import { Slicer } from '../window/slicer.ts'
import { SlidingMerge } from '../window/sliding-merge.ts'
import { eventTimeTrigger, processingTimeTrigger, type TimeTrigger } from '../window/time-trigger.ts'
import type { WindowFold } from '../window/window-fold.ts'
import { keySelector, restoreKeyed } from './keyed-operator.ts'
import type { FlowControl, Operator, OperatorContext, OperatorSnapshot } from './operator.ts'
import { userError } from './operator-errors.ts'
import { KeptWork } from './resumable-output.ts'
import { type Adder, columnAdder, windowAdder } from './window-adder.ts'
import { foldsNumbers, windowFold } from './window-compute.ts'
import type { WindowConfig } from './window-config.ts'
import { WindowOutput } from './window-output.ts'
import { decodeProgress, encodeProgress } from './window-progress.ts'

/**
 * Tumbling and sliding windows per key, with Flink's semantics: a window [start, end) fires at watermark ≥ end − 1, its
 * results take the timestamp end − 1, and a record is late for it when end − 1 + allowed lateness ≤ the watermark. Windows
 * fire in order of their ends, the keys of one in the order in which they came first to the oldest slice that has them.
 * Processing-time windows fire when the clock reaches their end; at the end of a bounded input they fire all at once, so
 * that nothing is lost.
 *
 * A record is added to one slice (see `slicer.ts`); the slices of a window are merged when it fires.
 */
export class WindowOperator implements Operator {
  readonly #slicer: Slicer
  readonly #trigger: TimeTrigger
  readonly #fold: WindowFold<unknown>
  readonly #eventTime: boolean
  readonly #latenessMs: number
  readonly #adder: Adder
  readonly #foldsNumbers: boolean
  readonly #backend: KeyedStateBackend
  readonly #flow: FlowControl
  readonly #clock: Clock
  readonly #node: JobNode
  readonly #out: WindowOutput
  readonly #firedGroups: FiredGroups
  readonly #kept: KeptWork
  #store!: SliceStore<unknown>
  #merge!: SlidingMerge<unknown> | NumberMerge
  readonly #tableAt = (sliceEnd: number): KeyedTable<unknown> | undefined => this.#store.at(sliceEnd)
  readonly #held = (sliceEnd: number, key: CanonicalKey): unknown => this.#store.at(sliceEnd)?.get(key)?.value
  /** The watermark, or the highest wall-clock time seen. */
  #now = MIN_WATERMARK
  /** Some key groups have fired windows that are open again for others. */
  #catchingUp = false
  #firing: Firing<unknown> | undefined
  // The slice of the last record, while no window has fired that holds it: records may be added without looking further.
  #start = Number.POSITIVE_INFINITY
  #end = Number.NEGATIVE_INFINITY
  #rows!: KeyedTable<unknown>

  constructor(context: OperatorContext) {
    const config = context.node.config as unknown as WindowConfig<TimeWindowConfig>
    this.#slicer = new Slicer(config.assigner)
    this.#eventTime = config.assigner.time === 'event'
    this.#trigger = this.#eventTime ? eventTimeTrigger : processingTimeTrigger
    this.#fold = windowFold(context, config.compute)
    this.#latenessMs = this.#eventTime ? (config.allowedLatenessMs ?? 0) : 0
    this.#foldsNumbers = foldsNumbers(context, config.compute)
    const adderOf = this.#foldsNumbers ? columnAdder : windowAdder
    this.#adder = adderOf(context, config.compute, keySelector(context), this.#fold) as Adder
    this.#backend = context.keyedState
    this.#flow = context.flow
    this.#clock = context.platform.clock
    this.#node = context.node
    this.#out = new WindowOutput(context, this.#fold, config.lateTag)
    this.#kept = new KeptWork(context.flow)
    this.#firedGroups = new FiredGroups(context.keyedState, context.subtask.maxParallelism)
  }

  open(): void {
    const store = new SliceStore<unknown>(this.#backend, this.#slicer, this.#foldsNumbers ? oneNumber : undefined)
    this.#store = store
    const kind = this.#foldsNumbers ? NumberMerge : SlidingMerge
    this.#merge = new kind(this.#fold, this.#held, this.#backend.room)
    this.#firedGroups.open()
    this.#catchingUp = this.#firedGroups.isAhead(this.#now)
    for (const sliceEnd of store.sliceEnds()) this.#schedule(sliceEnd)
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
    return this.#eventTime ? Number.POSITIVE_INFINITY : this.#store.nextDue()
  }

  resume(): boolean {
    return this.#kept.resume()
  }

  close(): void {
    this.#kept.drop()
  }

  snapshot(): OperatorSnapshot {
    return {
      keyed: this.#backend.snapshot(),
      operatorState: encodeProgress({
        // The wall clock of a restarted subtask may be another machine's.
        watermark: this.#eventTime ? this.#now : MIN_WATERMARK,
        fired: this.#firedGroups.ranges(this.#now),
      }),
    }
  }

  restore(snapshots: readonly OperatorSnapshot[]): void {
    restoreKeyed(this.#backend, snapshots)
    const { watermark, fired } = decodeProgress(snapshots)
    if (watermark !== undefined) this.#now = watermark
    this.#firedGroups.restore(fired)
  }

  /** Never goes back, so that a clock that does cannot open a window that has fired. */
  #processingTime(): number {
    const nowMs = this.#clock.now()
    if (nowMs > this.#now) return nowMs
    return this.#now === MAX_WATERMARK ? nowMs : this.#now
  }

  #assign(value: unknown, time: number, timestamp: number): void {
    if (!Number.isFinite(time)) throw this.#out.noTimestamp(time)
    const slicer = this.#slicer
    const sliceEnd = slicer.endOf(time)
    if (slicer.isGap(sliceEnd)) {
      if (this.#eventTime && time + this.#latenessMs <= this.#now) this.#out.late(value, timestamp)
      return
    }
    if (this.#isExpired(slicer.lastWindowEnd(sliceEnd), this.#now)) {
      this.#out.late(value, timestamp)
      return
    }
    const rows = this.#store.ensure(sliceEnd)
    const firstWindowEnd = slicer.firstWindowEnd(sliceEnd)
    if (this.#trigger.fireAt(firstWindowEnd) > this.#now && !this.#catchingUp) {
      this.#start = slicer.startOf(sliceEnd)
      this.#end = sliceEnd
      this.#rows = rows
      this.#store.schedule(firstWindowEnd)
      this.#add(rows, value)
    } else this.#addLate(rows, value, sliceEnd)
  }

  #add(rows: KeyedTable<unknown>, value: unknown): unknown {
    try {
      return this.#adder(rows, value)
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  /** To a slice of which windows have fired, for all keys or some. Those that are not expired fire again for this key. */
  #addLate(rows: KeyedTable<unknown>, value: unknown, sliceEnd: number): void {
    const key = this.#add(rows, value)
    const canonical = canonicalKey(key)
    this.#merge.changed(sliceEnd, canonical, key)
    this.#schedule(sliceEnd)
    const { slideMs } = this.#slicer
    const last = this.#slicer.lastWindowEnd(sliceEnd)
    let end = this.#slicer.firstWindowEnd(sliceEnd)
    const step = (): boolean => {
      for (; end <= last; end += slideMs) {
        const fireAt = this.#trigger.fireAt(end)
        if (fireAt > this.#now) {
          if (this.#catchingUp) this.#firedGroups.reopen(end, fireAt, canonical, key)
        } else if (!this.#isExpired(end, this.#now)) {
          if (this.#flow.blocked) return false
          this.#fireAgain(end, canonical, key)
        }
      }
      return true
    }
    if (!step()) this.#kept.keep(step)
  }

  #fireAgain(windowEnd: number, canonical: CanonicalKey, key: unknown): void {
    let found = false
    let accumulator: unknown
    for (const sliceEnd of this.#slicer.slicesOf(windowEnd)) {
      const row = this.#store.at(sliceEnd)?.get(canonical)
      if (row === undefined) continue
      accumulator = found ? this.#merged(accumulator, row.value) : row.value
      found = true
    }
    this.#out.emit(key, windowEndingAt(windowEnd, this.#slicer.sizeMs), accumulator, windowEnd - 1)
  }

  #merged(a: unknown, b: unknown): unknown {
    try {
      return this.#fold.merge(a, b)
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  /** The first window that holds the slice and has not fired becomes due. */
  #schedule(sliceEnd: number): void {
    const last = this.#slicer.lastWindowEnd(sliceEnd)
    for (let end = this.#slicer.firstWindowEnd(sliceEnd); end <= last; end += this.#slicer.slideMs) {
      if (this.#trigger.fireAt(end) > this.#now) {
        this.#store.schedule(end)
        return
      }
    }
  }

  #advance(now: number): boolean {
    if (now > this.#now) this.#now = now
    // Slices that windows have begun to fire take records another way. Where windows are one slice, that is its own end.
    if (this.#end > this.#start && this.#trigger.fireAt(this.#slicer.firstWindowEnd(this.#end)) <= this.#now) {
      this.#start = Number.POSITIVE_INFINITY
    }
    for (;;) {
      if (this.#firing === undefined) {
        const end = this.#store.nextDue()
        if (end === Number.POSITIVE_INFINITY || this.#trigger.fireAt(end) > this.#now) break
        this.#firing = this.#startFiring(end)
      }
      if (!this.#fire(this.#firing)) return false
      const { end } = this.#firing.window
      this.#firing = undefined
      this.#store.finishFiring(end)
      this.#firedGroups.forget(end)
      // At the end of the input many windows fire at once: what they held goes with each.
      if (this.#latenessMs === 0) this.#store.dropWhile(lastWindowEnd => lastWindowEnd <= end)
    }
    if (this.#latenessMs > 0) this.#store.dropWhile(lastWindowEnd => this.#isExpired(lastWindowEnd, this.#now))
    if (this.#catchingUp) this.#catchingUp = this.#firedGroups.isAhead(this.#now)
    return true
  }

  #startFiring(windowEnd: number): Firing<unknown> {
    const { sizeMs, isShared } = this.#slicer
    const window = windowEndingAt(windowEnd, sizeMs)
    const store = this.#store
    if (!isShared) return new TableFiring(window, store.at(windowEnd))
    const sliceEnds = this.#slicer.slicesOf(windowEnd)
    const tables = sliceEnds.flatMap(end => store.at(end) ?? [])
    if (tables.length === 1) return new TableFiring(window, tables[0])
    if (!this.#merge.fits(tables.reduce((sum, { size }) => sum + size, 0))) {
      this.#merge.clear()
      return new LookUpFiring(window, tables, this.#fold)
    }
    try {
      return this.#mergedFiring(window, sliceEnds)
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  #mergedFiring(window: TimeWindow, sliceEnds: readonly number[]): Firing<unknown> {
    if (this.#merge instanceof NumberMerge) {
      if (this.#merge.moveTo(window.start, window.end, sliceEnds, this.#tableAt))
        return new NumberFiring(window, this.#merge)
      this.#merge.clear()
      this.#merge = new SlidingMerge(this.#fold, this.#held, this.#backend.room)
    }
    this.#merge.moveTo(window.start, window.end, sliceEnds, this.#tableAt)
    return new MergedFiring(window, this.#merge)
  }

  /** False when outputs were full before the window was through. */
  #fire(firing: Firing<unknown>): boolean {
    const { window } = firing
    const timestamp = window.end - 1
    const fireAt = this.#trigger.fireAt(window.end)
    for (;;) {
      if (this.#flow.blocked) return false
      if (!this.#next(firing)) return true
      const { canonicalKey: canonical, key } = firing
      if (this.#catchingUp && this.#firedGroups.isSilent(window.end, fireAt, canonical, key)) continue
      this.#out.emit(key, window, firing.accumulator, timestamp)
    }
  }

  /** Merging calls functions of the user. */
  #next(firing: Firing<unknown>): boolean {
    try {
      return firing.advance()
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  #isExpired(windowEnd: number, now: number): boolean {
    return this.#trigger.fireAt(windowEnd) + this.#latenessMs <= now
  }
}
