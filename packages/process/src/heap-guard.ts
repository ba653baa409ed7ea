/** Words of a heap guard's world: the worker whose heap it watches. */
export interface GuardedHeap {
  /** Bytes on the worker's heap, garbage included; answers though the worker is in the middle of a function. */
  usedBytes(): Promise<number>
  /** Resident memory of the whole process. */
  processBytes(): number
  /** Asks the worker to collect its garbage when it comes back to its event loop, and to answer with `onCollected`. */
  requestCollection(): void
  /** What is alive is more than the limit. */
  onExhausted(): void
}

/** How often a heap is looked at: the fastest allocation between two looks must fit below V8's own limit. */
export const HEAP_CHECK_MS = 100
/** A full collection stops the worker for some 100 ms, so it is not asked for more often than this. */
const COLLECTION_PAUSE_MS = 2000
/** How long a worker above its limit may take to come back to its event loop and collect; a busy machine takes its time. */
const ANSWER_MS = 3000
/** The same for one that is far above it. */
const EMERGENCY_ANSWER_MS = 200
/** How long nothing may be answered while the process grows, and by how much it has to grow at least. */
const SILENCE_MS = 1000
const SILENT_GROWTH_BYTES_MIN = 256 * 1024 * 1024

/**
 * Takes the error of a worker that was asked while it had not begun yet, or had just ended: one is asked again, of the other
 * its exit tells. On a busy machine a worker takes longer to begin than the first look comes.
 */
export function unlessNotRunning(error: unknown): void {
  if ((error as { code?: string }).code !== 'ERR_WORKER_NOT_RUNNING') throw error
}

/**
 * Three times what V8 fills with new objects before it looks which of them are alive. Left to itself it takes up to eight
 * times as much where the heap may become large, and then new objects leave the processor's caches before they are used.
 */
const YOUNG_GENERATION_MB = 48

/**
 * V8's own limits for a worker that runs a job. V8 ends the whole process when one allocation goes beyond that of the old
 * generation (a map or an array that doubles), so it stands far above the limit that `HeapGuard` keeps.
 */
export function jobHeapLimits(limitMb: number): { maxOldGenerationSizeMb: number; maxYoungGenerationSizeMb: number } {
  return { maxOldGenerationSizeMb: limitMb * 2 + 1024, maxYoungGenerationSizeMb: YOUNG_GENERATION_MB }
}

/**
 * Keeps the heap of one worker within its limit from outside, so that a job that uses up its memory ends alone.
 *
 * Above the limit the worker is asked to collect garbage; what is still above it then is alive, and too much. V8 alone would
 * let garbage grow to many times of what is alive, such as rows of state that have left for the disk, so a worker is not
 * ended for what nobody has tried to collect. One that does not answer, because a function of the job is allocating in a
 * loop, is ended after some seconds, and above one and a half times the limit at once.
 *
 * V8 compiles some loops that only allocate without a place where they can be interrupted: nothing is answered from there.
 * Where that lasts, and the process has grown by more than the limit since, the worker is taken to be the one that grew.
 */
export class HeapGuard {
  readonly #limitBytes: number
  readonly #emergencyBytes: number
  readonly #heap: GuardedHeap
  #looking = false
  #askedAt = Number.NEGATIVE_INFINITY
  #processBytesThen = 0
  #collectionAt = Number.NEGATIVE_INFINITY
  #answered = true
  #exhausted = false

  constructor(limitMb: number, heap: GuardedHeap) {
    this.#limitBytes = limitMb * 1024 * 1024
    this.#emergencyBytes = this.#limitBytes * 1.5 + 128 * 1024 * 1024
    this.#heap = heap
  }

  /** To be called every HEAP_CHECK_MS, with monotonic time. */
  async check(nowMs: number): Promise<void> {
    if (this.#exhausted) return
    if (this.#looking) {
      const growth = this.#heap.processBytes() - this.#processBytesThen
      const tooMuch = Math.max(this.#limitBytes, SILENT_GROWTH_BYTES_MIN)
      if (nowMs - this.#askedAt >= SILENCE_MS && growth > tooMuch) this.#end()
      return
    }
    this.#looking = true
    this.#askedAt = nowMs
    this.#processBytesThen = this.#heap.processBytes()
    try {
      const used = await this.#heap.usedBytes()
      if (used <= this.#limitBytes) return
      const isFarAbove = used > this.#emergencyBytes
      if (!this.#answered) {
        if (nowMs - this.#collectionAt >= (isFarAbove ? EMERGENCY_ANSWER_MS : ANSWER_MS)) this.#end()
      } else if (isFarAbove || nowMs - this.#collectionAt >= COLLECTION_PAUSE_MS) {
        this.#collectionAt = nowMs
        this.#answered = false
        this.#heap.requestCollection()
      }
    } finally {
      this.#looking = false
    }
  }

  onCollected(aliveBytes: number): void {
    this.#answered = true
    if (aliveBytes > this.#limitBytes) this.#end()
  }

  #end(): void {
    if (this.#exhausted) return
    this.#exhausted = true
    this.#heap.onExhausted()
  }
}
