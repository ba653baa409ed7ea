import type { DataStream } from '@weir/sdk'
import type { Auction, Bid, NexmarkEvent, Person } from './events.ts'

/** One query of the workload: a part of a job, from the events to its rows. */
export interface Query<Row = unknown> {
  readonly name: string
  apply(events: DataStream<NexmarkEvent>): DataStream<Row>
  /** A row as the digest takes it: its fields joined by `|`. */
  row(value: Row): string
}

export function isBid(event: NexmarkEvent): event is Bid {
  return event.type === 'bid'
}

export function isAuction(event: NexmarkEvent): event is Auction {
  return event.type === 'auction'
}

export function isPerson(event: NexmarkEvent): event is Person {
  return event.type === 'person'
}

/** A price in another currency. Exact: prices are below 10^7. */
export function euros(price: number): number {
  return Math.floor((price * 908) / 1000)
}

/** The end of the tumbling window that a time belongs to; times are not negative. */
export function windowEnd(time: number, sizeMs: number): number {
  return time - (time % sizeMs) + sizeMs
}
