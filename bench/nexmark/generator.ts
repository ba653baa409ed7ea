import type { NexmarkEvent } from './events.ts'
import { FullTextEvents } from './full-text-events.ts'
import { PooledTextEvents } from './pooled-text-events.ts'

/** Events of an epoch: one person, three auctions, 46 bids. */
export const EPOCH_EVENTS = 50
export const FIRST_AUCTION = 1
export const FIRST_BID = 4
/** A watermark that lags the largest `dateTime` by this leaves nothing late. */
export const OUT_OF_ORDER_MS = 200

export type TextMode = 'full' | 'pooled'

export interface GeneratorOptions {
  /** 0 to 2^32 - 1. */
  readonly seed: number
  /** Events per second of event time. */
  readonly rate: number
  readonly text: TextMode
}

/** Where events go, with their `dateTime`: what sources give their records to. */
export interface EventOutput {
  /** No more events for now. */
  readonly blocked: boolean
  collect(event: unknown, dateTime: number): void
}

/** Makes the events of one epoch. */
export interface EventMaker {
  /**
   * Gives out events `from` to `to` - 1 of an epoch, 0 ≤ from ≤ to ≤ 50, in order, until the output is blocked. Answers
   * with the first that was not given out.
   */
  emit(epoch: number, from: number, to: number, output: EventOutput): number
}

/**
 * Event n of the workload follows from the seed and n alone, so any part of it can be made by anybody, in any order.
 * Not to be shared between threads.
 */
export class Generator implements EventMaker {
  readonly #maker: EventMaker

  constructor({ seed, rate, text }: GeneratorOptions) {
    this.#maker = text === 'pooled' ? new PooledTextEvents(seed, rate) : new FullTextEvents(seed, rate)
  }

  emit(epoch: number, from: number, to: number, output: EventOutput): number {
    return this.#maker.emit(epoch, from, to, output)
  }

  event(n: number): NexmarkEvent {
    const epoch = Math.floor(n / EPOCH_EVENTS)
    const at = n - epoch * EPOCH_EVENTS
    const found: NexmarkEvent[] = []
    this.emit(epoch, at, at + 1, { blocked: false, collect: event => found.push(event as NexmarkEvent) })
    return found[0] as NexmarkEvent
  }

  /** Events 0 to count - 1, whatever the output says. */
  emitAll(count: number, collect: EventOutput['collect']): void {
    const output = { blocked: false, collect }
    for (let epoch = 0; epoch * EPOCH_EVENTS < count; epoch++) {
      this.emit(epoch, 0, Math.min(EPOCH_EVENTS, count - epoch * EPOCH_EVENTS), output)
    }
  }
}
