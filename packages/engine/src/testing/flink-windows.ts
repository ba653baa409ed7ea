/**
 * The algorithm of Flink's WindowOperator and MergingWindowSet in event time, written down plainly as an oracle. Two
 * things are as Weir documents them instead: a session's last moment is its end, since a record that stands there belongs
 * to it, and what an evictor leaves empty gives no result.
 */

interface Window {
  readonly start: number
  readonly end: number
}

export type FlinkTrigger =
  | { readonly type: 'eventTime' }
  | { readonly type: 'count'; readonly count: number }
  | { readonly type: 'continuousEventTime'; readonly intervalMs: number }
  | { readonly type: 'purging'; readonly of: FlinkTrigger }

export interface FlinkConfig {
  readonly assigner:
    | {
        readonly type: 'tumbling' | 'sliding'
        readonly sizeMs: number
        readonly slideMs: number
        readonly offsetMs: number
      }
    | { readonly type: 'session'; readonly gapMs: number }
    | { readonly type: 'global' }
  readonly trigger: FlinkTrigger | undefined
  readonly evictor:
    | { readonly type: 'count'; readonly count: number; readonly after: boolean }
    | { readonly type: 'time'; readonly keepMs: number; readonly after: boolean }
    | { readonly type: 'delta'; readonly threshold: number; readonly after: boolean }
    | undefined
  readonly allowedLatenessMs: number
}

interface Element<T> {
  readonly value: T
  readonly timestamp: number
}

interface Pane<T> {
  readonly key: string
  window: Window
  elements: Element<T>[]
  readonly timers: Set<number>
  count: number
  nextFire: number | undefined
  /** Highest time of a record since it was purged; Flink gives results of global windows no time of their own. */
  highest: number
}

export interface Fired<T> {
  readonly key: string
  readonly window: Window
  readonly values: readonly T[]
  readonly timestamp: number
}

const EARLIEST = Number.NEGATIVE_INFINITY

type Result = 'continue' | 'fire' | 'purge' | 'fire and purge'

export class FlinkWindows<T extends { readonly n: number }> {
  readonly fired: Fired<T>[] = []
  readonly late: Element<T>[] = []
  readonly #config: FlinkConfig
  readonly #trigger: FlinkTrigger
  #panes: Pane<T>[] = []
  #watermark = Number.NEGATIVE_INFINITY

  constructor(config: FlinkConfig) {
    this.#config = config
    this.#trigger = config.trigger ?? { type: 'eventTime' }
  }

  record(key: string, value: T, timestamp: number): void {
    let isSkipped = true
    for (const window of this.#assign(timestamp)) {
      const isSession = this.#config.assigner.type === 'session'
      const actual = isSession ? this.#merged(key, window) : window
      if (this.#cleanupTime(actual) <= this.#watermark && this.#config.assigner.type !== 'global') continue
      isSkipped = false
      const pane = isSession ? this.#mergeInto(key, actual) : this.#pane(key, actual)
      pane.elements.push({ value, timestamp })
      pane.highest = Math.max(pane.highest, timestamp)
      this.#act(pane, this.#onElement(this.#trigger, pane, timestamp))
      pane.timers.add(this.#cleanupTime(pane.window))
    }
    if (isSkipped && timestamp + this.#config.allowedLatenessMs <= this.#watermark) this.late.push({ value, timestamp })
  }

  watermark(watermark: number): void {
    this.#watermark = watermark
    for (;;) {
      let due: Pane<T> | undefined
      let at = Number.POSITIVE_INFINITY
      for (const pane of this.#panes) {
        for (const time of pane.timers) {
          if (time > watermark || (due !== undefined && time >= at)) continue
          due = pane
          at = time
        }
      }
      if (due === undefined) return
      due.timers.delete(at)
      this.#act(due, this.#onEventTime(this.#trigger, due, at))
      if (at === this.#cleanupTime(due.window)) this.#panes = this.#panes.filter(pane => pane !== due)
    }
  }

  #assign(timestamp: number): Window[] {
    const { assigner } = this.#config
    if (assigner.type === 'global') return [{ start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }]
    if (assigner.type === 'session') return [{ start: timestamp, end: timestamp + assigner.gapMs }]
    const windows: Window[] = []
    const { sizeMs, slideMs, offsetMs } = assigner
    // Every start there is near the record, one by one.
    const first = offsetMs + Math.floor((timestamp - sizeMs - offsetMs) / slideMs) * slideMs
    for (let start = first; start <= timestamp; start += slideMs) {
      if (timestamp < start + sizeMs) windows.push({ start, end: start + sizeMs })
    }
    return windows
  }

  #maxTimestamp(window: Window): number {
    return this.#config.assigner.type === 'session' ? window.end : window.end - 1
  }

  #cleanupTime(window: Window): number {
    return this.#maxTimestamp(window) + this.#config.allowedLatenessMs
  }

  #pane(key: string, window: Window): Pane<T> {
    const found = this.#panes.find(pane => pane.key === key && pane.window.end === window.end)
    if (found !== undefined) return found
    const pane: Pane<T> = {
      key,
      window,
      elements: [],
      timers: new Set(),
      count: 0,
      nextFire: undefined,
      highest: EARLIEST,
    }
    this.#panes.push(pane)
    return pane
  }

  #touched(key: string, window: Window): Pane<T>[] {
    return this.#panes
      .filter(pane => pane.key === key && pane.window.start <= window.end && pane.window.end >= window.start)
      .sort((a, b) => a.window.start - b.window.start)
  }

  #merged(key: string, window: Window): Window {
    const all = [window, ...this.#touched(key, window).map(pane => pane.window)]
    return { start: Math.min(...all.map(({ start }) => start)), end: Math.max(...all.map(one => one.end)) }
  }

  #mergeInto(key: string, window: Window): Pane<T> {
    const touched = this.#touched(key, window)
    const [first] = touched
    if (first === undefined) return this.#pane(key, window)
    if (touched.length === 1 && first.window.start === window.start && first.window.end === window.end) return first
    this.#panes = this.#panes.filter(pane => !touched.includes(pane))
    const pane = this.#pane(key, window)
    for (const old of touched) {
      pane.elements.push(...old.elements)
      pane.count += old.count
      if (old.nextFire !== undefined) pane.nextFire = Math.min(old.nextFire, pane.nextFire ?? old.nextFire)
    }
    this.#onMerge(this.#trigger, pane)
    return pane
  }

  #onElement(trigger: FlinkTrigger, pane: Pane<T>, timestamp: number): Result {
    const last = this.#maxTimestamp(pane.window)
    switch (trigger.type) {
      case 'purging':
        return purged(this.#onElement(trigger.of, pane, timestamp))
      case 'count':
        pane.count++
        if (pane.count < trigger.count) return 'continue'
        pane.count = 0
        return 'fire'
      case 'eventTime':
        if (last <= this.#watermark) return 'fire'
        pane.timers.add(last)
        return 'continue'
      case 'continuousEventTime':
        if (last <= this.#watermark) return 'fire'
        pane.timers.add(last)
        if (pane.nextFire === undefined) {
          this.#next(pane, Math.floor(timestamp / trigger.intervalMs) * trigger.intervalMs, trigger.intervalMs)
        }
        return 'continue'
    }
  }

  #onEventTime(trigger: FlinkTrigger, pane: Pane<T>, time: number): Result {
    switch (trigger.type) {
      case 'purging':
        return purged(this.#onEventTime(trigger.of, pane, time))
      case 'count':
        return 'continue'
      case 'eventTime':
        return time === this.#maxTimestamp(pane.window) ? 'fire' : 'continue'
      case 'continuousEventTime':
        if (time === this.#maxTimestamp(pane.window)) return 'fire'
        if (pane.nextFire !== time) return 'continue'
        pane.nextFire = undefined
        this.#next(pane, time, trigger.intervalMs)
        return 'fire'
    }
  }

  #onMerge(trigger: FlinkTrigger, pane: Pane<T>): void {
    const last = this.#maxTimestamp(pane.window)
    if (trigger.type === 'purging') this.#onMerge(trigger.of, pane)
    else if (trigger.type === 'eventTime') {
      if (last > this.#watermark) pane.timers.add(last)
    } else if (trigger.type === 'continuousEventTime' && pane.nextFire !== undefined) pane.timers.add(pane.nextFire)
  }

  /** In a window without end, event time that has come to its own end fires once more. */
  #next(pane: Pane<T>, from: number, intervalMs: number): void {
    const last = this.#maxTimestamp(pane.window)
    const isOver = last === Number.POSITIVE_INFINITY && this.#watermark === Number.POSITIVE_INFINITY
    pane.nextFire = isOver ? last : Math.min(from + intervalMs, last)
    pane.timers.add(pane.nextFire)
  }

  #act(pane: Pane<T>, result: Result): void {
    if (result.startsWith('fire') && pane.elements.length > 0) this.#emit(pane)
    if (!result.endsWith('purge')) return
    pane.elements = []
    pane.highest = EARLIEST
  }

  #emit(pane: Pane<T>): void {
    const isBefore = this.#config.evictor?.after === false
    const isAfter = this.#config.evictor?.after === true
    const elements = isBefore ? this.#kept(pane.elements) : pane.elements
    const { type } = this.#config.assigner
    const timestamp = type === 'global' ? pane.highest : this.#maxTimestamp(pane.window)
    const values = elements.map(({ value }) => value)
    if (values.length > 0) this.fired.push({ key: pane.key, window: pane.window, values, timestamp })
    pane.elements = isAfter && elements.length > 0 ? this.#kept(elements) : elements
    if (pane.elements.length === 0) pane.highest = EARLIEST
  }

  #kept(elements: Element<T>[]): Element<T>[] {
    const { evictor } = this.#config
    switch (evictor?.type) {
      case 'count':
        return elements.filter((_, i) => i >= elements.length - evictor.count)
      case 'time': {
        const newest = Math.max(...elements.map(({ timestamp }) => timestamp))
        return elements.filter(({ timestamp }) => timestamp > newest - evictor.keepMs)
      }
      case 'delta': {
        const last = elements[elements.length - 1]!.value.n
        return elements.filter(({ value }) => Math.abs(value.n - last) < evictor.threshold)
      }
      default:
        return elements
    }
  }
}

function purged(result: Result): Result {
  return result === 'fire' ? 'fire and purge' : result
}
