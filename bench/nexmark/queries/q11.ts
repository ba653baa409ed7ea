import { type Collector, SessionWindow } from '@weir/sdk'
import { isBid, type Query } from '../query.ts'

const GAP_MS = 10_000

interface Row {
  readonly bidder: number
  readonly count: number
  readonly start: number
  readonly end: number
}

/** How many bids each bidder made in each session; a gap of 10 s ends it. */
export const q11: Query<Row> = {
  name: 'q11',
  apply: events =>
    events
      .filter(isBid)
      .map(({ bidder }) => ({ bidder }))
      .keyBy(bid => bid.bidder)
      .window(SessionWindow.of({ gapMs: GAP_MS }))
      .aggregate(
        {
          createAccumulator: () => 0,
          add: (_bid, count: number) => count + 1,
          getResult: count => count,
          merge: (a, b) => a + b,
        },
        (bidder, { start, end }, count, out: Collector<Row>) => out.collect({ bidder, count, start, end }),
      ),
  row: row => `${row.bidder}|${row.count}|${row.start}|${row.end}`,
}
