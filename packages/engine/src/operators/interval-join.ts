import { WeirError } from '../base/errors.ts'
import { refusePromise } from '../base/promises.ts'
import type { Collector } from '../functions/collector.ts'
import type { IntervalJoinContext, ProcessJoinFunction } from '../functions/join-function.ts'
import { type OutputTag, tagId } from '../functions/output-tag.ts'
import type { KeySelector } from '../graph/job-functions.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { type CanonicalKey, canonicalKey } from '../record/canonical-key.ts'
import { NO_TIMESTAMP } from '../record/stream-element.ts'
import { detachValue } from '../state/detach.ts'
import type { KeyedStateBackend, KeyedTable } from '../state/keyed-state-backend.ts'
import type { Timer } from '../time/timer-queue.ts'
import { TimerService } from '../time/timer-service.ts'
import { addInOrder, dropBefore, firstAtOrAfter, type TimedRecords } from './interval-buffer.ts'
import { KeyKinds } from './key-kinds.ts'
import { keySelector, restoreWithTimers, snapshotWithTimers } from './keyed-operator.ts'
import type { Operator, OperatorContext, OperatorCounters, OperatorSnapshot, Output } from './operator.ts'
import { userError } from './operator-errors.ts'
import { processFunction } from './process.ts'
import { KeptWork } from './resumable-output.ts'
import { runtimeContext } from './runtime-context.ts'

export interface IntervalJoinConfig {
  /** A right record joins a left one when its time is from left + lowerMs to left + upperMs. */
  readonly lowerMs: number
  readonly upperMs: number
  readonly lowerExclusive?: boolean
  readonly upperExclusive?: boolean
  /** Side outputs for records that are late; without them they are dropped. Both are counted. */
  readonly leftLateTag?: string
  readonly rightLateTag?: string
}

type AnyJoinFunction = Pick<ProcessJoinFunction<unknown, unknown, unknown>, 'processElement'> &
  Partial<ProcessJoinFunction<unknown, unknown, unknown>>

const LEFT = 0
const SIDES = ['left', 'right'] as const

/** Context and collector of the function: one object, which the operator tells about each pair. */
class PairContext implements IntervalJoinContext, Collector<unknown> {
  readonly #output: Output
  left = NO_TIMESTAMP
  right = NO_TIMESTAMP

  constructor(output: Output) {
    this.#output = output
  }

  leftTimestamp(): number {
    return this.left
  }

  rightTimestamp(): number {
    return this.right
  }

  timestamp(): number {
    return Math.max(this.left, this.right)
  }

  output<T>(tag: OutputTag<T> | string, value: T): void {
    this.#output.sideOutput(tagId(tag), value, this.timestamp())
  }

  collect(value: unknown): void {
    this.#output.collect(value, this.timestamp())
  }
}

/**
 * Pairs the records of one key of two streams whose times are close enough, with Flink's semantics: a record is late when
 * its time is below the watermark, and a late one is joined with nothing. Each record waits in a buffer of its key and
 * side, sorted by time, for as long as a record that is not late may still join it.
 *
 * Invariant: each buffer that is not empty has exactly one clean-up timer, at a time when all that it held when the timer
 * was set has expired. So cleaning up costs a constant per record, and a buffer holds at most twice what is needed.
 */
export class IntervalJoinOperator implements Operator {
  readonly #fn: AnyJoinFunction
  readonly #context: OperatorContext
  readonly #node: JobNode
  readonly #config: IntervalJoinConfig
  readonly #selectors: readonly KeySelector[]
  readonly #kinds: KeyKinds
  readonly #backend: KeyedStateBackend
  readonly #counters: OperatorCounters
  readonly #timers: TimerService<CanonicalKey>
  readonly #pair: PairContext
  readonly #kept: KeptWork
  readonly #cleanUp = (timer: Timer<CanonicalKey>): void => this.#expire(timer)
  #buffers!: readonly KeyedTable<TimedRecords>[]
  /** Where the pairs of the record at hand go on. */
  #next = 0

  constructor(context: OperatorContext) {
    const { flow, platform, node } = context
    this.#fn = processFunction(context)
    this.#context = context
    this.#node = node
    this.#config = node.config as unknown as IntervalJoinConfig
    this.#selectors = [keySelector(context, 0), keySelector(context, 1)]
    this.#kinds = new KeyKinds(context)
    this.#backend = context.keyedState
    this.#counters = context.counters
    this.#timers = new TimerService(platform.clock, () => flow.blocked)
    this.#pair = new PairContext(context.output)
    this.#kept = new KeptWork(flow)
  }

  open(): void {
    this.#buffers = SIDES.map(side => this.#backend.table<TimedRecords>(`interval-join/${side}`))
    try {
      refusePromise(this.#fn.open?.(runtimeContext(this.#context, false)), 'open()')
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  processElement(value: unknown, timestamp: number, input: number): void {
    if (!Number.isFinite(timestamp)) throw this.#noTimestamp(timestamp, input)
    if (timestamp < this.#timers.watermark) {
      this.#late(value, timestamp, input)
      return
    }
    let canonical: CanonicalKey
    try {
      const key = this.#selectors[input](value)
      this.#kinds.saw(key, input)
      canonical = canonicalKey(key)
      this.#keep(input, canonical, key, value, timestamp)
    } catch (error) {
      throw userError(error, this.#node)
    }
    const { lowerMs, upperMs } = this.#config
    const earliest = input === LEFT ? timestamp + lowerMs : timestamp - upperMs
    const others = this.#buffers[1 - input].get(canonical)
    if (others === undefined) return
    this.#next = firstAtOrAfter(others.value, earliest)
    if (this.#joinRest(others.value, value, timestamp, input)) return
    this.#kept.keep(() => {
      // The row may be elsewhere by now, but nobody has changed it while the flow was suspended.
      const again = this.#buffers[1 - input].get(canonical)
      return again === undefined || this.#joinRest(again.value, value, timestamp, input)
    })
  }

  resume(): boolean {
    return this.#kept.resume()
  }

  processWatermark(watermark: number): boolean {
    return this.#timers.advanceWatermark(watermark, this.#cleanUp)
  }

  snapshot(): OperatorSnapshot {
    return snapshotWithTimers(this.#backend, this.#timers)
  }

  restore(snapshots: readonly OperatorSnapshot[]): void {
    restoreWithTimers(this.#backend, this.#timers, snapshots)
  }

  close(): void {
    this.#kept.drop()
    try {
      this.#fn.close?.()
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  /** Pairs with the others from `#next` on, as far as they are in time. False when outputs are full before the last. */
  #joinRest(others: TimedRecords, value: unknown, timestamp: number, input: number): boolean {
    const { times, values } = others
    const { lowerMs, upperMs, lowerExclusive = false, upperExclusive = false } = this.#config
    const latest = input === LEFT ? timestamp + upperMs : timestamp - lowerMs
    const earliest = input === LEFT ? timestamp + lowerMs : timestamp - upperMs
    const withoutEarliest = input === LEFT ? lowerExclusive : upperExclusive
    const withoutLatest = input === LEFT ? upperExclusive : lowerExclusive
    const { flow } = this.#context
    let emitted = false
    for (let i = this.#next; i < times.length; i++) {
      const time = times[i]
      if (time > latest || (withoutLatest && time === latest)) return true
      if (withoutEarliest && time === earliest) continue
      if (emitted && flow.blocked) {
        this.#next = i
        return false
      }
      if (input === LEFT) this.#join(value, timestamp, values[i], time)
      else this.#join(values[i], time, value, timestamp)
      emitted = true
    }
    return true
  }

  #join(left: unknown, leftTime: number, right: unknown, rightTime: number): void {
    const pair = this.#pair
    pair.left = leftTime
    pair.right = rightTime
    try {
      refusePromise(this.#fn.processElement(left, right, pair, pair), 'the function')
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  /** Puts a record where those of the other side find it, unless none of them can. */
  #keep(input: number, canonical: CanonicalKey, key: unknown, value: unknown, timestamp: number): void {
    if (this.#expiry(input, timestamp) < this.#timers.watermark) return
    const buffer = this.#buffers[input]
    const row = buffer.get(canonical)
    if (row === undefined) {
      const inserted = buffer.insert(canonical, key, { times: [timestamp], values: [value] })
      this.#setTimer(input, canonical, inserted.key, timestamp)
      return
    }
    addInOrder(row.value, timestamp, detachValue(value))
    buffer.touch(row)
  }

  /** The time of the last record of the other side that may join one of this time. */
  #expiry(input: number, timestamp: number): number {
    return input === LEFT ? timestamp + this.#config.upperMs : timestamp - this.#config.lowerMs
  }

  #setTimer(input: number, canonical: CanonicalKey, key: unknown, newest: number): void {
    // One that is as late as its expiry still joins, so it goes with the first watermark above.
    const time = this.#expiry(input, newest) + 1
    this.#timers.registerEventTime(detachValue(canonical), key, SIDES[input], time)
  }

  #expire({ canonicalKey: canonical, key, namespace }: Timer<CanonicalKey>): void {
    const input = namespace === SIDES[LEFT] ? LEFT : 1
    const buffer = this.#buffers[input]
    const row = buffer.get(canonical)
    if (row === undefined) return
    const { upperMs, lowerMs } = this.#config
    const { watermark } = this.#timers
    const { times } = dropBefore(row.value, input === LEFT ? watermark - upperMs : watermark + lowerMs)
    if (times.length === 0) {
      buffer.delete(canonical)
      return
    }
    buffer.touch(row)
    this.#setTimer(input, canonical, key, times[times.length - 1])
  }

  #late(value: unknown, timestamp: number, input: number): void {
    this.#counters.lateRecords++
    const { leftLateTag, rightLateTag } = this.#config
    const tag = input === LEFT ? leftLateTag : rightLateTag
    if (tag !== undefined) this.#context.output.sideOutput(tag, value, timestamp)
  }

  #noTimestamp(timestamp: number, input: number): WeirError {
    const message =
      `operator '${this.#node.name}': an interval join got a record with the timestamp ${timestamp} at its ${SIDES[input]} ` +
      'input. Give the source a watermark strategy with a timestamp assigner, or use assignTimestampsAndWatermarks.'
    return new WeirError('NO_TIMESTAMP', message, { place: { operator: this.#node.name } })
  }
}
