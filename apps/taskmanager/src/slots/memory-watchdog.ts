/** A slot as the watchdog sees it. */
export interface WatchedMemory {
  /** Heap, and the buffers that V8's own limit does not count. Rejects when its thread is gone or cannot be asked. */
  memoryBytes(): Promise<number>
  /** What it may take up, bytes. */
  readonly shareBytes: number
  /** Sends state to disk and collects garbage, soon. */
  shrink(): void
  /** Its attempt fails, by the name of the operator that probably took the memory. */
  exhausted(usedBytes: number): void
}

export interface WatchdogParts {
  readonly limitBytes: number
  /** Resident memory of the process. */
  readonly rssBytes: () => number
  readonly slots: () => readonly WatchedMemory[]
  readonly warn: (message: string) => void
}

/** How often the memory is looked at. */
export const MEMORY_CHECK_MS = 1000
/** From this share of MEMORY_SIZE on the slots are asked to send state to disk. */
const SHRINK_FROM = 0.95
/** Beyond this somebody has to go: what is over for a moment is garbage. */
const FAIL_FROM = 1.1
/** How long shrinking may take to help. */
const SHRINK_MS = 5_000
const WARN_EVERY_MS = 60_000

/**
 * Compares the memory of the process with MEMORY_SIZE, since V8's limits do not count ArrayBuffers and native memory.
 * Above it the slots first send state to disk; where that does not help, the slot that is furthest above its share fails,
 * so that the others live. Where no slot is, somebody else is at fault, and the log says so.
 */
export class MemoryWatchdog {
  readonly #parts: WatchdogParts
  #shrunkAt: number | undefined
  #warnedAt = Number.NEGATIVE_INFINITY
  #looking = false

  constructor(parts: WatchdogParts) {
    this.#parts = parts
  }

  /** To be called every MEMORY_CHECK_MS, with monotonic time. */
  async check(nowMs: number): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    try {
      await this.#check(nowMs)
    } finally {
      this.#looking = false
    }
  }

  async #check(nowMs: number): Promise<void> {
    const { limitBytes, rssBytes, slots } = this.#parts
    const used = rssBytes()
    if (used < limitBytes * SHRINK_FROM) {
      this.#shrunkAt = undefined
      return
    }
    if (this.#shrunkAt === undefined) {
      this.#shrunkAt = nowMs
      for (const slot of slots()) slot.shrink()
      return
    }
    if (nowMs - this.#shrunkAt < SHRINK_MS) return
    // Asked once more at the next look, should it go on.
    this.#shrunkAt = undefined
    if (used < limitBytes * FAIL_FROM) return
    const offender = await this.#largest()
    if (offender === undefined) this.#warn(nowMs, used)
    else offender.slot.exhausted(offender.usedBytes)
  }

  async #largest(): Promise<{ slot: WatchedMemory; usedBytes: number } | undefined> {
    let largest: { slot: WatchedMemory; usedBytes: number } | undefined
    let most = 1
    for (const slot of this.#parts.slots()) {
      let usedBytes = 0
      try {
        usedBytes = await slot.memoryBytes()
      } catch {
        // Its thread has ended meanwhile, and takes up nothing any more; or it cannot be asked, and its heap guard sees to it.
        continue
      }
      if (usedBytes / slot.shareBytes <= most) continue
      most = usedBytes / slot.shareBytes
      largest = { slot, usedBytes }
    }
    return largest
  }

  #warn(nowMs: number, usedBytes: number): void {
    if (nowMs - this.#warnedAt < WARN_EVERY_MS) return
    this.#warnedAt = nowMs
    const mb = (bytes: number): number => Math.round(bytes / 1024 / 1024)
    this.#parts.warn(
      `the process takes up ${mb(usedBytes)} MB, MEMORY_SIZE is ${mb(this.#parts.limitBytes)} MB, and no slot is above its share; raise MEMORY_SIZE or lower TASK_SLOTS`,
    )
  }
}
