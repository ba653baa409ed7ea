import type { WatermarkGenerator } from '../../functions/watermark-generator.ts'
import type { Source } from '../../operators/source.ts'
import { MIN_WATERMARK, NO_TIMESTAMP } from '../../record/stream-element.ts'
import type { ManualClock } from '../../testing/manual-clock.ts'
import type { HarnessInput } from '../../testing/operator-harness.ts'

/** What a source of the type `script` plays. */
export interface Playable {
  readonly hasWatermarks: boolean
  generator(): WatermarkGenerator<unknown>
  /** Plays on until the outputs are full or a watermark has to go out (more), or until it has to wait for others. */
  play(collect: (value: unknown, timestamp: number) => void, isBlocked: () => boolean): 'more' | 'waiting' | 'over'
}

/** What a source has to play, element by element: records, watermarks, and hours that strike in between. */
export class Script implements Playable {
  readonly #inputs: readonly HarnessInput[]
  readonly #clock: ManualClock
  readonly #arrived: () => number
  #at = 0
  #emitted = 0
  #watermark = MIN_WATERMARK

  /** `arrived` tells how many records have come to the operator under test: the clock strikes after these. */
  constructor(inputs: readonly HarnessInput[], clock: ManualClock, arrived: () => number) {
    this.#inputs = inputs
    this.#clock = clock
    this.#arrived = arrived
  }

  get hasWatermarks(): boolean {
    return this.#inputs.some(({ type }) => type === 'watermark')
  }

  generator(): WatermarkGenerator<unknown> {
    return { onEvent: () => undefined, onPeriodicEmit: () => this.#watermark }
  }

  /** Plays on until the outputs are full, a watermark has to go out, the clock strikes, or has to wait for records under way. */
  play(collect: (value: unknown, timestamp: number) => void, isBlocked: () => boolean): 'more' | 'waiting' | 'over' {
    for (; this.#at < this.#inputs.length; this.#at++) {
      const input = this.#inputs[this.#at]
      if (isBlocked()) return 'more'
      switch (input.type) {
        case 'record':
          collect(input.value, input.timestamp ?? NO_TIMESTAMP)
          this.#emitted++
          break
        case 'watermark':
          this.#watermark = input.watermark
          // The subtask emits watermarks when the interval of a millisecond is over, before it polls again.
          this.#clock.advance(1)
          this.#at++
          return 'more'
        case 'time':
          if (this.#arrived() < this.#emitted) return 'waiting'
          this.#clock.set(input.nowMs)
          // An operator in the same chain hears the clock strike between two steps.
          this.#at++
          return 'more'
        case 'end':
          break
      }
    }
    return 'over'
  }
}

/** Plays `scripts[config.script]`; parallelism 1. */
export function scriptSource(scripts: readonly Playable[]): Source<{ script: number }> {
  return {
    type: 'script',
    isBounded: () => true,
    discoverSplits: async ({ script }) => [{ id: 'script', state: script }],
    createReader: (_config, { wakeUp }) => {
      let script: Playable | undefined
      return {
        addSplits: splits => {
          script = scripts[splits[0].state as number]
        },
        noMoreSplits: () => undefined,
        poll: output => {
          if (script === undefined) return 'nothing'
          const to = output.forSplit('script')
          const played = script.play(
            (value, timestamp) => to.collect(value, timestamp),
            () => output.blocked,
          )
          if (played === 'more') return 'emitted'
          if (played === 'over') return 'finished'
          setImmediate(wakeUp)
          return 'nothing'
        },
        wantsSplit: () => false,
        snapshot: () => [],
        close: () => undefined,
      }
    },
  }
}
