import type { Doorbell } from './doorbell.ts'

/** So many things to tell, and the doorbell rings. More would leave a receiver without work while its buffers are full. */
const THINGS_AT_ONCE = 4
/** So many where whoever notes them has as much left to go on with, and need not wait for the other soon. */
export const THINGS_IN_PLENTY = 12

/**
 * Rings another thread's doorbell once for several things that wait for it: to wake a thread costs as much as it takes to
 * move a hundred records. What is noted is rung for by `settle` at the latest, which the slot's loop calls whenever it
 * has nothing more to do, when its turn is over, and at its end.
 */
export class CollectedRings {
  readonly #doorbell: Doorbell
  #noted = 0

  constructor(doorbell: Doorbell) {
    this.#doorbell = doorbell
  }

  /**
   * There is one thing more that the other thread should look at, soon. `left`: how many more there can be before the
   * other has to do something for them.
   */
  note(left = 0): void {
    if (++this.#noted < (left >= THINGS_IN_PLENTY ? THINGS_IN_PLENTY : THINGS_AT_ONCE)) return
    this.#noted = 0
    this.#doorbell.ring()
  }

  settle(): void {
    if (this.#noted === 0) return
    this.#noted = 0
    this.#doorbell.ring()
  }
}
