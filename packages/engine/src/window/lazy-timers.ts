import type { CanonicalKey } from '../record/canonical-key.ts'
import { NumberHeap } from '../time/number-heap.ts'

/** The timers that fall into one stretch of time. */
class Bucket {
  /** From `#position` on by time and, of one time, in order of registration, once the bucket has been sorted. */
  readonly #times: number[] = []
  readonly #keys: CanonicalKey[] = []
  #isSorted = false
  #position = 0

  add(time: number, key: CanonicalKey): void {
    if (!this.#isSorted) {
      this.#times.push(time)
      this.#keys.push(key)
      return
    }
    // It is being fired: behind all that are no later.
    let low = this.#position
    let high = this.#times.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#times[middle] <= time) low = middle + 1
      else high = middle
    }
    this.#times.splice(low, 0, time)
    this.#keys.splice(low, 0, key)
  }

  /** Time of the first timer; Infinity when there is none left. */
  head(): number {
    if (!this.#isSorted) this.#sort()
    return this.#position < this.#times.length ? this.#times[this.#position] : Number.POSITIVE_INFINITY
  }

  take(): CanonicalKey {
    return this.#keys[this.#position++]
  }

  #sort(): void {
    this.#isSorted = true
    const times = this.#times.slice()
    const keys = this.#keys.slice()
    const order = orderOf(times)
    for (let i = 0; i < order.length; i++) {
      const at = order[i]
      this.#times[i] = times[at]
      this.#keys[i] = keys[at]
    }
  }
}

/** Below this, numbers that hold a time and a place are exact. */
const PACKED_MAX = Number.MAX_SAFE_INTEGER

/** The places of the times in ascending order, equal ones in the order in which they stand. Times are finite. */
function orderOf(times: readonly number[]): ArrayLike<number> {
  const count = times.length
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  let areWhole = true
  for (const time of times) {
    if (time < first) first = time
    if (time > last) last = time
    if (!Number.isInteger(time)) areWhole = false
  }
  const order = new Float64Array(count)
  if (!areWhole || (last - first + 1) * count > PACKED_MAX) {
    for (let i = 0; i < count; i++) order[i] = i
    return order.sort((a, b) => times[a] - times[b] || a - b)
  }
  // Sorting numbers by themselves is several times faster than by a function that compares them.
  for (let i = 0; i < count; i++) order[i] = (times[i] - first) * count + i
  order.sort()
  for (let i = 0; i < count; i++) order[i] %= count
  return order
}

/**
 * Timers that are not told when what they are for is put off: when one comes, its owner looks whether it is time, and if
 * not registers another. For what is put off with nearly every record, as the end of a session is. Cheaper than
 * `time/timer-queue.ts`, since no timer is ever looked up or deleted; a key may have several of one time.
 */
export class LazyTimers {
  readonly #bucketMs: number
  readonly #buckets = new Map<number, Bucket>()
  readonly #order = new NumberHeap()

  /** `bucketMs`: timers are sorted in stretches of this length, when the first of a stretch comes. */
  constructor(bucketMs: number) {
    this.#bucketMs = bucketMs
  }

  /** `time` is finite. */
  register(time: number, key: CanonicalKey): void {
    const number = Math.floor(time / this.#bucketMs)
    let bucket = this.#buckets.get(number)
    if (bucket === undefined) {
      bucket = new Bucket()
      this.#buckets.set(number, bucket)
      this.#order.push(number)
    }
    bucket.add(time, key)
  }

  /** Calls back for all timers up to `time`, in order; false when `shouldStop` said so before one that was due. */
  fireUpTo(time: number, fire: (key: CanonicalKey, time: number) => void, shouldStop: () => boolean): boolean {
    for (;;) {
      const number = this.#order.peek()
      const bucket = this.#buckets.get(number)
      if (bucket === undefined || number * this.#bucketMs > time) return true
      const due = bucket.head()
      if (due === Number.POSITIVE_INFINITY) {
        this.#order.pop()
        this.#buckets.delete(number)
        continue
      }
      if (due > time) return true
      if (shouldStop()) return false
      fire(bucket.take(), due)
    }
  }

  /** When the next timer is due; Infinity when there is none. */
  nextTime(): number {
    for (;;) {
      const number = this.#order.peek()
      const bucket = this.#buckets.get(number)
      if (bucket === undefined) return Number.POSITIVE_INFINITY
      const due = bucket.head()
      if (due !== Number.POSITIVE_INFINITY) return due
      this.#order.pop()
      this.#buckets.delete(number)
    }
  }
}
