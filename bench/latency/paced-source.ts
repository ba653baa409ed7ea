import { type CustomSourceOutput, type CustomSplitReader, customSource, type SourceDescriptor } from '@weir/sdk'
import type { Bid, NexmarkEvent } from '../nexmark/events.ts'
import { Generator } from '../nexmark/generator.ts'
import { isBid } from '../nexmark/query.ts'
import { now } from './clock.ts'
import { dueAt, dueBy, type Schedule } from './schedule.ts'

export interface PacedSourceOptions extends Schedule {
  /** False: records come as fast as they are taken, with the event time of the schedule all the same. */
  readonly paced: boolean
  /** The source ends with the first record of each subtask that is due later, in ms since the epoch. */
  readonly endAt: number
}

/** Bids of the workload that are given out again and again: enough for its share of bids by those who bid most. */
const BIDS = 100_000
const RECORDS_PER_POLL = 500

/** Bids of the Nexmark workload, due by a schedule that does not wait for anybody. */
export function pacedBids(options: PacedSourceOptions): SourceDescriptor<Bid> {
  return customSource<Bid, number>({
    open: ({ index, position = index }, { wakeUp }) => new PacedReader(options, position, wakeUp),
  })
}

class PacedReader implements CustomSplitReader<Bid, number> {
  readonly #options: PacedSourceOptions
  readonly #bids: readonly Bid[] = someBids()
  readonly #wakeUp: () => void
  #next: number

  constructor(options: PacedSourceOptions, next: number, wakeUp: () => void) {
    this.#options = options
    this.#next = next
    this.#wakeUp = wakeUp
  }

  poll(output: CustomSourceOutput<Bid>): 'emitted' | 'nothing' | 'finished' {
    const { paced, endAt, parallelism } = this.#options
    const due = paced ? dueBy(this.#options, now()) : Number.MAX_SAFE_INTEGER
    for (let given = 0; given < RECORDS_PER_POLL && !output.blocked; given++) {
      if (this.#next >= due) {
        if (given > 0) return 'emitted'
        setTimeout(this.#wakeUp, Math.max(1, dueAt(this.#options, this.#next) - now()))
        return 'nothing'
      }
      const dateTime = Math.floor(dueAt(this.#options, this.#next))
      if (dateTime > endAt) return 'finished'
      output.collect({ ...(this.#bids[this.#next % BIDS] as Bid), dateTime }, dateTime)
      this.#next += parallelism
    }
    return 'emitted'
  }

  position(): number {
    return this.#next
  }
}

function someBids(): Bid[] {
  const bids: Bid[] = []
  new Generator({ seed: 1, rate: 100_000, text: 'pooled' }).emitAll(Math.ceil((BIDS * 50) / 46), event => {
    if (bids.length < BIDS && isBid(event as NexmarkEvent)) bids.push(event as Bid)
  })
  return bids
}
