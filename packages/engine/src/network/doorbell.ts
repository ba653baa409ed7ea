const RINGS = 0
const SLEEPING = 1

/**
 * Wakes a thread that sleeps because it had nothing to do. A ring before the sleep is not lost: the sleeper compares the
 * count of rings that it saw before it looked for work.
 *
 * The sleeping thread waits beside its event loop (`Atomics.waitAsync`), since messages, timers, files and sockets come
 * in there. Such a wait does not keep a thread alive; whoever uses it holds another reference.
 */
export class Doorbell {
  readonly #words: Int32Array

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory)
  }

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(8)
  }

  ring(): void {
    Atomics.add(this.#words, RINGS, 1)
    // Whoever is about to sleep sets SLEEPING first and compares the count afterwards, so one of the two sees the other.
    // It is woken by the first ring alone: until it has come to itself, the others need not call into the runtime.
    if (Atomics.load(this.#words, SLEEPING) !== 0 && Atomics.exchange(this.#words, SLEEPING, 0) !== 0)
      Atomics.notify(this.#words, RINGS)
  }

  /** To be read before looking for work, and given to `sleep` when there was none. */
  get rings(): number {
    return Atomics.load(this.#words, RINGS)
  }

  /**
   * Undefined when it has rung since `seen`, else a promise of the next ring. There is no time-out: the engine sets a
   * timer for that with each wait, which wakes the thread one time more. Whoever needs one rings from a timer.
   */
  sleep(seen: number): Promise<void> | undefined {
    Atomics.store(this.#words, SLEEPING, 1)
    const waiting = Atomics.waitAsync(this.#words, RINGS, seen)
    if (!waiting.async) {
      Atomics.store(this.#words, SLEEPING, 0)
      return undefined
    }
    return waiting.value.then(() => {
      Atomics.store(this.#words, SLEEPING, 0)
    })
  }
}
