import { TumblingWindow } from '@weir/sdk'
import { isBid, type Query } from '../query.ts'

const SIZE_MS = 10_000

interface Row {
  readonly key: number
  readonly count: number
  readonly start: number
  readonly end: number
}

/** How many bids each bidder made in each tumbling window of 10 s on the wall clock. */
export const q12: Query<Row> = {
  name: 'q12',
  apply: events =>
    events
      .filter(isBid)
      .map(({ bidder }) => ({ bidder }))
      .keyBy(bid => bid.bidder)
      .window(TumblingWindow.of(SIZE_MS).processingTime())
      .count(),
  row: row => `${row.key}|${row.count}|${row.start}|${row.end}`,
}
