import type { WatermarkGenerator } from '../../functions/watermark-generator.ts'
import { MAX_WATERMARK, MIN_WATERMARK, NO_TIMESTAMP } from '../../record/stream-element.ts'
import { sideOf } from '../../testing/harness-modes.ts'
import type { ManualClock } from '../../testing/manual-clock.ts'
import type { HarnessInput } from '../../testing/operator-harness.ts'
import type { Playable } from './script-source.ts'

/** What the operator under test has come to. */
export interface Reached {
  /** Records that it was given. */
  readonly records: number
  /** Event time at each of its subtasks; null while it has none, and at its end. */
  readonly watermarks: readonly (number | null)[]
}

/**
 * Elements of two inputs in the one order in which they have to take effect at the operator under test, whatever happens
 * in the channels between: an element is played only when all before it have.
 *
 * Invariant: what an element does to the operator is a function of the schedule alone. A watermark that does not raise the
 * minimum of both inputs is not waited for; one that does cannot arrive before the others that it takes.
 */
export class Schedule {
  readonly #steps: readonly HarnessInput[]
  readonly #clock: ManualClock
  readonly #reached: () => Reached
  readonly #arrivals: (input: 0 | 1) => number
  readonly #watermarks = [MIN_WATERMARK, MIN_WATERMARK]
  #at = 0
  #records = 0

  /** `arrivals` says to how many subtasks a record of an input goes. */
  constructor(
    steps: readonly HarnessInput[],
    clock: ManualClock,
    reached: () => Reached,
    arrivals: (input: 0 | 1) => number = () => 1,
  ) {
    this.#steps = steps
    this.#clock = clock
    this.#reached = reached
    this.#arrivals = arrivals
  }

  /** The source of one input. */
  input(side: 0 | 1): Playable {
    return {
      hasWatermarks: this.#steps.some(({ type }) => type === 'watermark'),
      generator: (): WatermarkGenerator<unknown> => ({
        onEvent: () => undefined,
        // The end of the input is not the generator's to say.
        onPeriodicEmit: () => {
          const watermark = this.#watermarks[side]
          return watermark === MAX_WATERMARK ? MIN_WATERMARK : watermark
        },
      }),
      play: (collect, isBlocked) => this.#play(side, collect, isBlocked),
    }
  }

  #play(
    side: 0 | 1,
    collect: (value: unknown, timestamp: number) => void,
    isBlocked: () => boolean,
  ): ReturnType<Playable['play']> {
    for (;;) {
      if (!this.#steps.slice(this.#at).some(step => sideOf(step) === side)) return 'over'
      const step = this.#steps[this.#at]
      if (sideOf(step) !== side || !this.#hasTakenEffect()) return 'waiting'
      if (isBlocked()) return 'more'
      this.#at++
      switch (step.type) {
        case 'record':
          collect(step.value, step.timestamp ?? NO_TIMESTAMP)
          this.#records += this.#arrivals(side)
          break
        case 'watermark':
          this.#watermarks[side] = Math.max(this.#watermarks[side], step.watermark)
          // The subtask emits watermarks when the interval of a millisecond is over, before it polls again.
          this.#clock.advance(1)
          return 'more'
        case 'time':
          this.#clock.set(step.nowMs)
          break
        case 'end':
          this.#watermarks[side] = MAX_WATERMARK
          return 'over'
      }
    }
  }

  #hasTakenEffect(): boolean {
    const { records, watermarks } = this.#reached()
    const merged = Math.min(...this.#watermarks)
    const expected = Number.isFinite(merged) ? merged : null
    return records === this.#records && watermarks.every(watermark => watermark === expected)
  }
}
