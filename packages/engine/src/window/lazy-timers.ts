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
    const order = new Uint32Array(this.#times.length)
    for (let i = 0; i < order.length; i++) order[i] = i
    const times = this.#times.slice()
    const keys = this.#keys.slice()
    order.sort((a, b) => times[a] - times[b] || a - b)
    for (let i = 0; i < order.length; i++) {
      this.#times[i] = times[order[i]]
      this.#keys[i] = keys[order[i]]
    }
  }
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
