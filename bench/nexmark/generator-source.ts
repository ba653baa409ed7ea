import { type CustomSourceOutput, type CustomSplitReader, customSource, type SourceDescriptor } from '@weir/sdk'
import type { NexmarkEvent } from './events.ts'
import { EPOCH_EVENTS, Generator, type TextMode } from './generator.ts'
import { marked } from './marks.ts'

export interface GeneratorSourceOptions {
  readonly events: number
  readonly seed: number
  readonly rate: number
  readonly text: TextMode
}

/** Where a split goes on: event `at` of its epoch `epoch`. */
interface Position {
  readonly epoch: number
  readonly at: number
}

/** Epochs that one poll gives out at most: some hundred records, and the loop around costs little. */
const EPOCHS_PER_POLL = 100

/** The first `events` events of the workload. Split i of p has the epochs e with e mod p = i, in order. */
export function generatorSource(options: GeneratorSourceOptions): SourceDescriptor<NexmarkEvent> {
  return customSource<NexmarkEvent, Position>({
    open: ({ index, count, position = { epoch: index, at: 0 } }) => new GeneratorReader(options, count, position),
  })
}

class GeneratorReader implements CustomSplitReader<NexmarkEvent, Position> {
  readonly #generator: Generator
  readonly #events: number
  readonly #stride: number
  #epoch: number
  #at: number
  #begun = false

  constructor(options: GeneratorSourceOptions, stride: number, { epoch, at }: Position) {
    this.#generator = new Generator(options)
    this.#events = options.events
    this.#stride = stride
    this.#epoch = epoch
    this.#at = at
  }

  poll(output: CustomSourceOutput<NexmarkEvent>): 'emitted' | 'finished' {
    if (!this.#begun) {
      this.#begun = true
      marked('first record', Date.now())
    }
    for (let epochs = 0; epochs < EPOCHS_PER_POLL && !output.blocked; epochs++) {
      const end = Math.min(EPOCH_EVENTS, this.#events - this.#epoch * EPOCH_EVENTS)
      if (end <= 0) return 'finished'
      this.#at = this.#generator.emit(this.#epoch, this.#at, end, output as CustomSourceOutput<unknown>)
      if (this.#at < end) break
      this.#epoch += this.#stride
      this.#at = 0
    }
    return 'emitted'
  }

  position(): Position {
    return { epoch: this.#epoch, at: this.#at }
  }
}
