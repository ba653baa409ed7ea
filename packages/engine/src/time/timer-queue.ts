import { assert } from '../base/assert.ts'
import { NumberHeap } from './number-heap.ts'

/** What tells timers of one key apart beside their time: a window, or '' where there is only one namespace. */
export type TimerNamespace = string | number

export interface Timer<Key> {
  readonly key: unknown
  /** The form of the key that a Map can look up (record/key-encoding). */
  readonly canonicalKey: Key
  readonly namespace: TimerNamespace
  /** ms; +Infinity fires at the end of the input. */
  readonly time: number
}

interface QueuedTimer<Key> extends Timer<Key> {
  /** Order of registration, which decides between timers of one time. */
  readonly sequence: number
  deleted: boolean
  /** Number of the freeze that was next when it was deleted or fired; 0: it is there, or nobody keeps account. */
  goneBefore: number
  /** The next timer of the same key in the same bucket. */
  nextOfKey: QueuedTimer<Key> | undefined
}

/** What has changed between two freezes. */
export interface TimerChanges<Key> {
  readonly added: Iterable<Timer<Key>>
  /** Those that were there at the freeze before. */
  readonly removed: Iterable<Timer<Key>>
}

/** Added timers that are gone are taken out of the account of changes when they are so many, and half of it. */
const GONE_MIN = 4096

const BUCKET_MS = 1_000
/** Up to so many new timers are inserted one by one; more are sorted in together. */
const INSERT_MAX = 8

/** The timers of one second. */
class Bucket<Key> {
  /** For finding duplicates and for deletion: per key a linked list, nearly always of one. */
  readonly #byKey = new Map<Key, QueuedTimer<Key>>()
  /** In order of firing from `#position` on. */
  #sorted: QueuedTimer<Key>[] = []
  #position = 0
  #added: QueuedTimer<Key>[] = []
  /** No higher than the earliest of `#added`. */
  #addedMin = Number.POSITIVE_INFINITY

  find(key: Key, namespace: TimerNamespace, time: number): QueuedTimer<Key> | undefined {
    let timer = this.#byKey.get(key)
    while (timer !== undefined && (timer.time !== time || timer.namespace !== namespace)) timer = timer.nextOfKey
    return timer
  }

  add(timer: QueuedTimer<Key>): void {
    timer.nextOfKey = this.#byKey.get(timer.canonicalKey)
    this.#byKey.set(timer.canonicalKey, timer)
    this.#added.push(timer)
    if (timer.time < this.#addedMin) this.#addedMin = timer.time
  }

  remove(timer: QueuedTimer<Key>): void {
    timer.deleted = true
    this.#unlink(timer)
  }

  /**
   * The earliest timer, left in place; undefined when there is none. Timers added since the last sorting are looked at
   * only when one of them may be earlier: so many timers of one moment that each register a later one cost one sorting.
   */
  head(): QueuedTimer<Key> | undefined {
    for (;;) {
      const timer = this.#sorted[this.#position]
      if (this.#added.length > 0 && (timer === undefined || this.#addedMin < timer.time)) this.#mergeAdded()
      else if (timer?.deleted) this.#position++
      else return timer
    }
  }

  /** Takes out what `head` answered. */
  takeHead(timer: QueuedTimer<Key>): void {
    this.#position++
    this.#unlink(timer)
  }

  /** No later than the earliest timer. Cheap. */
  earliestAtBest(): number {
    while (this.#sorted[this.#position]?.deleted) this.#position++
    const timer = this.#sorted[this.#position]
    if (this.#added.length === 0) return timer === undefined ? Number.POSITIVE_INFINITY : timer.time
    return timer === undefined ? this.#addedMin : Math.min(timer.time, this.#addedMin)
  }

  /** The first timers in order of firing, at most `max`, left in place. */
  next(max: number): QueuedTimer<Key>[] {
    if (this.#added.length > 0) this.#mergeAdded()
    const first: QueuedTimer<Key>[] = []
    for (let at = this.#position; at < this.#sorted.length && first.length < max; at++) {
      const timer = this.#sorted[at] as QueuedTimer<Key>
      if (!timer.deleted) first.push(timer)
    }
    return first
  }

  /** All timers, in order of firing. */
  timers(): QueuedTimer<Key>[] {
    if (this.#added.length > 0) this.#mergeAdded()
    return this.#sorted.slice(this.#position).filter(timer => !timer.deleted)
  }

  #mergeAdded(): void {
    const added = this.#added
    this.#added = []
    this.#addedMin = Number.POSITIVE_INFINITY
    if (added.length <= INSERT_MAX) {
      for (const timer of added) this.#insert(timer)
      return
    }
    const rest = this.#sorted.slice(this.#position)
    this.#position = 0
    for (const timer of added) if (!timer.deleted) rest.push(timer)
    this.#sorted = rest.sort(inOrderOfFiring)
  }

  #insert(timer: QueuedTimer<Key>): void {
    let low = this.#position
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (inOrderOfFiring(this.#sorted[middle], timer) < 0) low = middle + 1
      else high = middle
    }
    if (low === this.#position && low > 0) {
      // Into the place of one that has fired.
      this.#sorted[--this.#position] = timer
    } else this.#sorted.splice(low, 0, timer)
  }

  #unlink(timer: QueuedTimer<Key>): void {
    const first = this.#byKey.get(timer.canonicalKey)
    if (first === timer) {
      if (timer.nextOfKey === undefined) this.#byKey.delete(timer.canonicalKey)
      else this.#byKey.set(timer.canonicalKey, timer.nextOfKey)
      return
    }
    for (let before = first; before !== undefined; before = before.nextOfKey) {
      if (before.nextOfKey !== timer) continue
      before.nextOfKey = timer.nextOfKey
      return
    }
  }
}

function inOrderOfFiring<Key>(a: QueuedTimer<Key>, b: QueuedTimer<Key>): number {
  // Not a difference: times may be infinite.
  return a.time < b.time ? -1 : a.time > b.time ? 1 : a.sequence - b.sequence
}

/**
 * Timers by time, each (key, namespace, time) once. Calendar buckets of one second, each sorted when it comes to firing:
 * registering is a push, and the timers of one second are sorted together.
 *
 * Invariant: timers fire in order of time, those of one time in order of registration; a timer registered during firing
 * takes its place in that order, and one that lies in the past is next.
 */
export class TimerQueue<Key> {
  readonly #buckets = new Map<number, Bucket<Key>>()
  readonly #seconds = new NumberHeap()
  #sequence = 0
  #size = 0
  /** Number of the next freeze; 0: nobody keeps account of changes. */
  #freezes = 0
  /** Timers from this sequence on were registered since the last freeze. */
  #addedFrom = 0
  #added: QueuedTimer<Key>[] = []
  #addedGone = 0
  #removed: QueuedTimer<Key>[] = []

  get size(): number {
    return this.#size
  }

  /** False when the timer is there already. `time` is not NaN. */
  register(canonicalKey: Key, key: unknown, namespace: TimerNamespace, time: number): boolean {
    const second = Math.floor(time / BUCKET_MS)
    let bucket = this.#buckets.get(second)
    if (bucket === undefined) {
      bucket = new Bucket<Key>()
      this.#buckets.set(second, bucket)
      this.#seconds.push(second)
    } else if (bucket.find(canonicalKey, namespace, time) !== undefined) return false
    const sequence = this.#sequence++
    const timer = { key, canonicalKey, namespace, time, sequence, deleted: false, goneBefore: 0, nextOfKey: undefined }
    bucket.add(timer)
    if (this.#freezes > 0) this.#added.push(timer)
    this.#size++
    return true
  }

  /** False when there is no such timer. */
  delete(canonicalKey: Key, namespace: TimerNamespace, time: number): boolean {
    const bucket = this.#buckets.get(Math.floor(time / BUCKET_MS))
    const timer = bucket?.find(canonicalKey, namespace, time)
    if (bucket === undefined || timer === undefined) return false
    bucket.remove(timer)
    if (this.#freezes > 0) this.#gone(timer)
    this.#size--
    return true
  }

  /**
   * Fires what is due at `time`, each timer after it was taken out. Asks `shouldStop` before each; answers false when it
   * stopped with something still due.
   */
  fireUpTo(time: number, fire: (timer: Timer<Key>) => void, shouldStop: () => boolean): boolean {
    for (;;) {
      const second = this.#seconds.peek()
      const bucket = this.#buckets.get(second)
      if (bucket === undefined || second * BUCKET_MS > time) return true
      const timer = bucket.head()
      if (timer === undefined) {
        this.#seconds.pop()
        this.#buckets.delete(second)
        continue
      }
      if (timer.time > time) return true
      if (shouldStop()) return false
      bucket.takeHead(timer)
      if (this.#freezes > 0) this.#gone(timer)
      this.#size--
      fire(timer)
    }
  }

  /** The keys of the next timers that are due at `time`, at most `max`, in order of firing. Changes nothing. */
  dueKeys(time: number, max: number): Key[] {
    const keys: Key[] = []
    const seconds = [...this.#buckets.keys()].filter(second => second * BUCKET_MS <= time).sort((a, b) => a - b)
    for (const second of seconds) {
      for (const timer of (this.#buckets.get(second) as Bucket<Key>).next(max - keys.length)) {
        if (timer.time > time) return keys
        keys.push(timer.canonicalKey)
      }
      if (keys.length >= max) return keys
    }
    return keys
  }

  /**
   * No later than the next timer is due, and exact unless the next timer was deleted; Infinity when there is none. A call
   * of `fireUpTo` with the answer makes the next answer a later one.
   */
  nextTime(): number {
    if (this.#size === 0) return Number.POSITIVE_INFINITY
    for (;;) {
      const second = this.#seconds.peek()
      const earliest = this.#buckets.get(second)?.earliestAtBest()
      if (earliest !== Number.POSITIVE_INFINITY || second === Number.POSITIVE_INFINITY) return earliest ?? second
      this.#seconds.pop()
      this.#buckets.delete(second)
    }
  }

  /** All timers; those of one time in order of registration. */
  *timers(): Iterable<Timer<Key>> {
    for (const bucket of this.#buckets.values()) yield* bucket.timers()
  }

  /** Keeps account of changes from here on. */
  beginChanges(): void {
    assert(this.#freezes === 0, 'an account of the changes of timers was begun twice')
    this.#freezes = 1
    this.#addedFrom = this.#sequence
  }

  /**
   * The changes since `beginChanges` or the last freeze; `all`: all timers instead, as added ones, where nobody has kept
   * account yet. They are as of now, though they are gone through while timers come and go.
   */
  freezeChanges(all: boolean): TimerChanges<Key> {
    if (this.#freezes === 0) this.beginChanges()
    const freeze = this.#freezes++
    const added = this.#added
    const removed = this.#removed
    this.#added = []
    this.#addedGone = 0
    this.#removed = []
    this.#addedFrom = this.#sequence
    if (all) return { added: this.#allBefore(this.#sequence, freeze), removed: [] }
    return { added: thereAt(added, freeze), removed }
  }

  #gone(timer: QueuedTimer<Key>): void {
    timer.goneBefore = this.#freezes
    if (timer.sequence < this.#addedFrom) {
      this.#removed.push(timer)
      return
    }
    if (++this.#addedGone < GONE_MIN || this.#addedGone < this.#added.length / 2) return
    this.#added = this.#added.filter(({ goneBefore }) => goneBefore === 0)
    this.#addedGone = 0
  }

  /** Those that were there, bucket by bucket; then those that have gone since, which their buckets may not have had any more. */
  *#allBefore(sequence: number, freeze: number): Generator<Timer<Key>, void, void> {
    const gone = this.#removed
    for (const bucket of this.#buckets.values()) {
      for (const timer of bucket.timers()) if (timer.sequence < sequence) yield timer
    }
    for (const timer of gone) if (timer.goneBefore > freeze) yield timer
  }
}

/** Those that were there at a freeze, whatever has become of them. */
function* thereAt<Key>(timers: readonly QueuedTimer<Key>[], freeze: number): Generator<Timer<Key>, void, void> {
  for (const timer of timers) if (timer.goneBefore === 0 || timer.goneBefore > freeze) yield timer
}
