import type { Clock } from '../base/platform.ts'
import { refusePromise } from '../base/promises.ts'
import type { Evictor, TimestampedValue } from '../functions/evictor.ts'
import { type Trigger, TriggerResult } from '../functions/trigger.ts'
import type { TimeWindow } from '../functions/window-function.ts'
import type { KeySelector } from '../graph/job-functions.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { type CanonicalKey, canonicalKey } from '../record/canonical-key.ts'
import { MAX_WATERMARK } from '../record/stream-element.ts'
import { detachValue } from '../state/detach.ts'
import type { KeyedRow, KeyedStateBackend, KeyedTable } from '../state/keyed-state-backend.ts'
import type { Timer } from '../time/timer-queue.ts'
import { type TimerDomain, TimerService } from '../time/timer-service.ts'
import type { Pane } from '../window/panes.ts'
import { spanOf } from '../window/sessions.ts'
import type { WindowFold } from '../window/window-fold.ts'
import { keySelector, restoreWithTimers, snapshotWithTimers } from './keyed-operator.ts'
import type { FlowControl, Operator, OperatorContext, OperatorSnapshot } from './operator.ts'
import { inWindow, userError } from './operator-errors.ts'
import { KeptWork } from './resumable-output.ts'
import { windowFold } from './window-compute.ts'
import type { WindowConfig } from './window-config.ts'
import { WindowOutput } from './window-output.ts'
import { type Spans, spansOf } from './window-spans.ts'
import { TriggerRun, windowEvictor, windowTrigger } from './window-trigger.ts'

type Contents = unknown
type Panes = Pane<Contents>[]

/**
 * Windows of any kind with a trigger or an evictor, and global windows: Flink's WindowOperator. Each record is added to
 * each of its windows, and the trigger is asked each time. What needs neither is faster in `window.ts` and
 * `window-session.ts`, which give the same results.
 *
 * A window is known to its timers by its end: of one key no two windows end at the same time. It is thrown away at the
 * last moment at which a record can come for it (its end plus the allowed lateness), global windows never; until then a
 * window that has been purged may fill again.
 */
export class TriggeredWindowOperator implements Operator {
  readonly #config: WindowConfig
  readonly #spans: Spans
  readonly #trigger: Trigger<unknown>
  readonly #evictor: Evictor<unknown> | undefined
  readonly #fold: WindowFold<unknown>
  readonly #latenessMs: number
  readonly #eventTime: boolean
  readonly #selector: KeySelector
  readonly #backend: KeyedStateBackend
  readonly #flow: FlowControl
  readonly #clock: Clock
  readonly #node: JobNode
  readonly #out: WindowOutput
  readonly #timers: TimerService<CanonicalKey>
  readonly #run: TriggerRun
  readonly #kept: KeptWork
  readonly #fireEventTime = (timer: Timer<CanonicalKey>): void => this.#fireTimer(timer, 'event-time')
  readonly #fireProcessingTime = (timer: Timer<CanonicalKey>): void => this.#fireTimer(timer, 'processing-time')
  #table!: KeyedTable<Panes>
  /** A clock that goes back does not open windows again that have fired. */
  #clockReached = Number.NEGATIVE_INFINITY

  constructor(context: OperatorContext) {
    const { flow, platform, node } = context
    this.#config = node.config as unknown as WindowConfig
    this.#spans = spansOf(this.#config.assigner)
    this.#eventTime = this.#config.assigner.time === 'event'
    this.#trigger = windowTrigger(context, this.#config, this.#spans)
    this.#evictor = windowEvictor(context, this.#config)
    this.#fold = windowFold(context, this.#config.compute)
    this.#latenessMs = this.#eventTime ? (this.#config.allowedLatenessMs ?? 0) : 0
    this.#selector = keySelector(context)
    this.#backend = context.keyedState
    this.#flow = flow
    this.#clock = platform.clock
    this.#node = node
    this.#out = new WindowOutput(context, this.#fold, this.#config.lateTag)
    this.#timers = new TimerService(platform.clock, () => flow.blocked)
    this.#run = new TriggerRun(this.#timers, platform.clock)
    this.#kept = new KeptWork(flow)
  }

  open(): void {
    this.#table = this.#backend.table('panes')
  }

  processElement(value: unknown, timestamp: number): void {
    const time = this.#eventTime ? timestamp : Math.max(this.#clock.now(), this.#clockReached)
    if (!Number.isFinite(time) && this.#spans.needsTime) throw this.#out.noTimestamp(time)
    const { key, canonical } = this.#keyOf(value)
    const row = this.#table.get(canonical)
    this.#run.key = row?.key ?? key
    this.#run.canonicalKey = canonical
    if (this.#spans.merging) this.#addToSession(row, value, time, timestamp)
    else if (this.#spans.only !== undefined) this.#addToOnly(this.#spans.only, row, value, timestamp)
    else this.#addToWindows(row, value, time, timestamp)
  }

  processWatermark(watermark: number): boolean {
    if (!this.#timers.advanceWatermark(watermark, this.#fireEventTime)) return false
    // At the end of the input windows that wait for the clock alone fire all at once, so that nothing is lost.
    if (watermark !== MAX_WATERMARK || this.#eventTime || !waitsForTheClock(this.#config)) return true
    return this.#timers.advanceProcessingTime(MAX_WATERMARK, this.#fireProcessingTime)
  }

  processProcessingTime(nowMs: number): boolean {
    if (nowMs > this.#clockReached) this.#clockReached = nowMs
    return this.#timers.advanceProcessingTime(nowMs, this.#fireProcessingTime)
  }

  nextProcessingTime(): number {
    return this.#timers.nextProcessingTime()
  }

  resume(): boolean {
    return this.#kept.resume()
  }

  snapshot(): OperatorSnapshot {
    return snapshotWithTimers(this.#backend, this.#timers)
  }

  restore(snapshots: readonly OperatorSnapshot[]): void {
    restoreWithTimers(this.#backend, this.#timers, snapshots)
  }

  close(): void {
    this.#kept.drop()
  }

  #keyOf(value: unknown): { key: unknown; canonical: CanonicalKey } {
    try {
      const key = this.#selector(value)
      return { key, canonical: canonicalKey(key) }
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  /** To each of its windows, one after the other; a record of many windows may make all of them fire. */
  #addToWindows(row: KeyedRow<Panes> | undefined, value: unknown, time: number, timestamp: number): void {
    const windows = this.#spans.windowsOf(time).filter(window => !this.#isExpired(window))
    if (windows.length === 0) {
      if (!this.#eventTime || time + this.#latenessMs > this.#timers.watermark) return
      this.#out.late(value, timestamp)
      return
    }
    const panes = row?.value ?? []
    let next = 0
    const step = (): boolean => {
      while (next < windows.length) {
        const window = windows[next++]
        const pane = panes.find(({ end }) => end === window.end) ?? this.#openPane(panes, window)
        this.#add(pane, value, timestamp)
        this.#ask(pane, this.#onElement(value, timestamp, window))
        if (this.#flow.blocked && next < windows.length) return false
      }
      this.#store(row, panes)
      return true
    }
    if (!step()) this.#kept.keep(step)
  }

  /** To the one window that there is, without a detour. */
  #addToOnly(window: TimeWindow, row: KeyedRow<Panes> | undefined, value: unknown, timestamp: number): void {
    const panes = row?.value ?? []
    const pane = panes[0] ?? this.#openPane(panes, window)
    this.#add(pane, value, timestamp)
    this.#ask(pane, this.#onElement(value, timestamp, window))
    if (row !== undefined && (pane.filled || pane.state !== undefined)) this.#table.touch(row)
    else this.#store(row, panes)
  }

  #onElement(value: unknown, timestamp: number, window: TimeWindow): unknown {
    try {
      const result = this.#trigger.onElement(value, timestamp, window, this.#run)
      refusePromise(result, 'onElement()')
      return result
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  #addToSession(row: KeyedRow<Panes> | undefined, value: unknown, time: number, timestamp: number): void {
    const known = row?.value ?? []
    const span = spanOf(known, time, this.#spans.gapMs)
    if (this.#isExpired(span)) {
      this.#out.late(value, timestamp)
      return
    }
    const touched = known.filter(({ start, end }) => start <= span.end && end >= span.start)
    const [only] = touched
    let panes = known
    let pane: Pane<Contents>
    if (touched.length === 0) pane = this.#openPane(panes, span)
    else if (touched.length === 1 && only.start === span.start && only.end === span.end) pane = only
    else {
      panes = known.filter(one => !touched.includes(one))
      pane = this.#merge(panes, touched, span)
    }
    panes.sort((a, b) => a.start - b.start)
    this.#add(pane, value, timestamp)
    this.#ask(pane, this.#onElement(value, timestamp, span))
    this.#store(row, panes)
  }

  #openPane(panes: Panes, { start, end }: TimeWindow): Pane<Contents> {
    const pane = { start, end, filled: false, contents: undefined, at: Number.NEGATIVE_INFINITY, state: undefined }
    panes.push(pane)
    this.#run.select(pane)
    const cleanupAt = this.#cleanupAt(pane)
    if (cleanupAt === Number.POSITIVE_INFINITY) return pane
    if (this.#eventTime) this.#run.registerEventTimeTimer(cleanupAt)
    else this.#run.registerProcessingTimeTimer(cleanupAt)
    return pane
  }

  /** Sessions that have become one: what they held, in order, and what the trigger knew of them. */
  #merge(panes: Panes, touched: Panes, span: TimeWindow): Pane<Contents> {
    const states = touched.map(({ state }) => (state === undefined ? undefined : new Map(state)))
    for (const old of touched) this.#clear(old)
    const pane = this.#openPane(panes, span)
    for (const old of touched) {
      if (old.at > pane.at) pane.at = old.at
      if (!old.filled) continue
      pane.contents = pane.filled ? this.#mergedContents(pane.contents, old.contents) : old.contents
      pane.filled = true
    }
    this.#run.merged = states
    this.#call('onMerge', () => this.#trigger.onMerge?.(span, this.#run))
    this.#run.merged = []
    return pane
  }

  #mergedContents(a: Contents, b: Contents): Contents {
    if (this.#evictor !== undefined) return (a as unknown[]).concat(b)
    return this.#call('merge', () => this.#fold.merge(a, b))
  }

  #add(pane: Pane<Contents>, value: unknown, timestamp: number): void {
    this.#run.select(pane)
    try {
      if (this.#evictor !== undefined) {
        pane.contents ??= []
        ;(pane.contents as TimestampedValue<unknown>[]).push({ value: detachValue(value), timestamp })
      } else pane.contents = pane.filled ? this.#fold.add(pane.contents, value) : detachValue(this.#fold.create(value))
    } catch (error) {
      throw userError(error, this.#node)
    }
    pane.filled = true
    if (timestamp > pane.at) pane.at = timestamp
  }

  /** Does what the trigger says. */
  #ask(pane: Pane<Contents>, result: unknown): void {
    if (result === TriggerResult.CONTINUE) return
    const fires = result === TriggerResult.FIRE || result === TriggerResult.FIRE_AND_PURGE
    if (!fires && result !== TriggerResult.PURGE) {
      const text = `the trigger returned ${shown(result)}; return TriggerResult.CONTINUE, FIRE, PURGE or FIRE_AND_PURGE`
      throw userError(new TypeError(text), this.#node)
    }
    if (fires && pane.filled) this.#emit(pane)
    if (result !== TriggerResult.FIRE) purge(pane)
  }

  #emit(pane: Pane<Contents>): void {
    const window = { start: pane.start, end: pane.end }
    const timestamp = this.#spans.resultTime(window, pane.at)
    const { key } = this.#run
    if (this.#evictor === undefined) {
      this.#out.emit(key, window, pane.contents, timestamp)
      return
    }
    const before = this.#evicted('evictBefore', pane.contents as TimestampedValue<unknown>[], window)
    if (before.length > 0) this.#out.emit(key, window, this.#folded(before, window), timestamp)
    const after = before.length === 0 ? before : this.#evicted('evictAfter', before, window)
    if (after.length === 0) purge(pane)
    // The list may be the evictor's.
    else pane.contents = after === pane.contents ? after : after.slice()
  }

  #evicted(
    method: 'evictBefore' | 'evictAfter',
    elements: readonly TimestampedValue<unknown>[],
    window: TimeWindow,
  ): readonly TimestampedValue<unknown>[] {
    const evictor = this.#evictor
    if (evictor?.[method] === undefined) return elements
    const kept: unknown = this.#call(method, () => evictor[method]?.(elements, window, this.#run), window)
    if (Array.isArray(kept)) return kept
    const text = `the evictor's ${method}() has to return the array of elements that are to stay, not ${shown(kept)}`
    throw userError(new TypeError(text), this.#node, inWindow(window, this.#run.key))
  }

  #folded(elements: readonly TimestampedValue<unknown>[], window: TimeWindow): unknown {
    const compute = (): unknown => {
      let accumulator = this.#fold.create(elements[0].value)
      for (let i = 1; i < elements.length; i++) accumulator = this.#fold.add(accumulator, elements[i].value)
      return accumulator
    }
    return this.#call('the computation', compute, window)
  }

  #fireTimer({ canonicalKey: canonical, key, namespace, time }: Timer<CanonicalKey>, domain: TimerDomain): void {
    const row = this.#table.get(canonical)
    let panes = row?.value ?? []
    let pane = panes.find(({ end }) => end === namespace)
    this.#run.key = row?.key ?? key
    this.#run.canonicalKey = canonical
    if (pane === undefined) {
      // A session that has become another one has no timers of its own any more.
      if (this.#spans.merging) return
      pane = emptyPane(this.#spans.windowEndingAt(namespace as number))
      panes = [...panes, pane]
    }
    const current = pane
    this.#run.select(current)
    const window = { start: current.start, end: current.end }
    const method = domain === 'event-time' ? 'onEventTime' : 'onProcessingTime'
    this.#ask(
      current,
      this.#call(method, () => this.#trigger[method](time, window, this.#run), window),
    )
    if ((domain === 'event-time') === this.#eventTime && time === this.#cleanupAt(current)) {
      this.#clear(current)
      panes = panes.filter(one => one !== current)
    }
    this.#store(row, panes)
  }

  /** Takes back what the trigger has asked for. */
  #clear(pane: Pane<Contents>): void {
    this.#run.select(pane)
    const window = { start: pane.start, end: pane.end }
    this.#call('clear', () => this.#trigger.clear(window, this.#run), window)
    const cleanupAt = this.#cleanupAt(pane)
    if (this.#eventTime) this.#run.deleteEventTimeTimer(cleanupAt)
    else this.#run.deleteProcessingTimeTimer(cleanupAt)
  }

  /** What holds nothing, neither records nor state, is made again when it is needed; of sessions the bounds count. */
  #store(row: KeyedRow<Panes> | undefined, panes: Panes): void {
    const kept = this.#spans.merging ? panes : panes.filter(({ filled, state }) => filled || state !== undefined)
    if (row !== undefined && kept.length > 0) this.#table.update(row, kept)
    else if (row !== undefined) this.#table.delete(this.#run.canonicalKey)
    else if (kept.length > 0) this.#table.insert(this.#run.canonicalKey, this.#run.key, kept)
  }

  #isExpired(window: TimeWindow): boolean {
    return this.#eventTime && this.#cleanupAt(window) <= this.#timers.watermark && this.#spans.needsTime
  }

  #cleanupAt(window: TimeWindow): number {
    return this.#spans.lastMoment(window) + this.#latenessMs
  }

  /** `window`: where there may be no record at hand. */
  #call<R>(what: string, call: () => R, window?: TimeWindow): R {
    try {
      const result = call()
      refusePromise(result, `${what}()`)
      return result
    } catch (error) {
      throw userError(error, this.#node, window && inWindow(window, this.#run.key))
    }
  }
}

function emptyPane({ start, end }: TimeWindow): Pane<Contents> {
  return { start, end, filled: false, contents: undefined, at: Number.NEGATIVE_INFINITY, state: undefined }
}

function purge(pane: Pane<Contents>): void {
  pane.filled = false
  pane.contents = undefined
  pane.at = Number.NEGATIVE_INFINITY
}

/** Whether nothing but the end of a processing-time window makes it fire. */
function waitsForTheClock({ trigger }: WindowConfig): boolean {
  const inner = trigger?.type === 'purging' ? trigger.of : trigger
  return inner === undefined || inner.type === 'processingTime'
}

function shown(value: unknown): string {
  return typeof value === 'string'
    ? JSON.stringify(value.slice(0, 40))
    : typeof value === 'object'
      ? 'an object'
      : String(value)
}
