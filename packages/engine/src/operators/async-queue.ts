import { assert } from '../base/assert.ts'

/** One record that waits for its answer. */
export interface AsyncCall {
  readonly value: unknown
  readonly timestamp: number
  result: unknown
  isDone: boolean
  /** Attempts that have begun. */
  attempts: number
}

/** Records between two watermarks, as a snapshot holds them. */
export interface QueuedSegment {
  readonly records: readonly (readonly [value: unknown, timestamp: number])[]
  /** The watermark behind them; undefined for the last segment. */
  readonly watermark?: number
}

/** `watermark` stands behind all of `calls`. */
interface Segment {
  /** Whose results have not been taken, in order of arrival. */
  readonly calls: Set<AsyncCall>
  /** Of these the completed ones, in order of completion. */
  readonly done: AsyncCall[]
  watermark: number | undefined
}

/**
 * Records in flight and the watermarks between them. Results are taken from the first segment alone, in the order of the
 * records (`ordered`) or of their completion; the next segment becomes the first when the watermark between has gone on.
 */
export class AsyncQueue {
  readonly #ordered: boolean
  readonly #segments: Segment[] = [newSegment()]
  readonly #segmentOf = new Map<AsyncCall, Segment>()
  /** Not called yet, in order of arrival. */
  readonly #uncalled: AsyncCall[] = []

  constructor(ordered: boolean) {
    this.#ordered = ordered
  }

  /** Records whose results have not been taken. */
  get size(): number {
    return this.#segmentOf.size
  }

  get isEmpty(): boolean {
    return this.size === 0 && this.#segments.length === 1
  }

  add(value: unknown, timestamp: number): void {
    const call: AsyncCall = { value, timestamp, result: undefined, isDone: false, attempts: 0 }
    const last = this.#last
    last.calls.add(call)
    this.#segmentOf.set(call, last)
    this.#uncalled.push(call)
  }

  /** A watermark behind all records so far. */
  mark(watermark: number): void {
    const before = this.#segments.at(-2)
    if (before?.watermark !== undefined && this.#last.calls.size === 0) {
      // Nothing came between: the higher of the two says all.
      before.watermark = Math.max(watermark, before.watermark)
      return
    }
    this.#last.watermark = watermark
    this.#segments.push(newSegment())
  }

  /** The watermark that has to go on before any further result; undefined where results come first. */
  dueWatermark(): number | undefined {
    const [first] = this.#segments
    return first.calls.size > 0 ? undefined : first.watermark
  }

  /** The due watermark has gone on. */
  pass(): void {
    assert(this.dueWatermark() !== undefined, 'a watermark went on before the results in front of it')
    this.#segments.shift()
  }

  takeUncalled(): AsyncCall | undefined {
    return this.#uncalled.shift()
  }

  completed(call: AsyncCall): void {
    const segment = this.#segmentOf.get(call)
    assert(segment !== undefined && !call.isDone, 'a record was answered that waits for no answer')
    call.isDone = true
    if (!this.#ordered) segment.done.push(call)
  }

  hasReady(): boolean {
    return this.#ready() !== undefined
  }

  takeReady(): AsyncCall | undefined {
    const call = this.#ready()
    if (call === undefined) return undefined
    const [first] = this.#segments
    first.calls.delete(call)
    if (!this.#ordered) first.done.shift()
    this.#segmentOf.delete(call)
    return call
  }

  contents(): QueuedSegment[] {
    return this.#segments.map(({ calls, watermark }) => ({
      records: [...calls].map(({ value, timestamp }) => [value, timestamp] as const),
      ...(watermark === undefined ? {} : { watermark }),
    }))
  }

  /** Into an empty queue. */
  restore(segments: readonly QueuedSegment[]): void {
    for (const { records, watermark } of segments) {
      for (const [value, timestamp] of records) this.add(value, timestamp)
      if (watermark !== undefined) this.mark(watermark)
    }
  }

  #ready(): AsyncCall | undefined {
    const [first] = this.#segments
    if (!this.#ordered) return first.done[0]
    for (const call of first.calls) return call.isDone ? call : undefined
    return undefined
  }

  get #last(): Segment {
    return this.#segments[this.#segments.length - 1]
  }
}

function newSegment(): Segment {
  return { calls: new Set(), done: [], watermark: undefined }
}
