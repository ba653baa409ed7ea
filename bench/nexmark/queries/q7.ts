import { type Collector, TumblingWindow } from '@weir/sdk'
import { best, CannotWin } from '../best-of-window.ts'
import { isBid, type Query, windowEnd } from '../query.ts'

const SIZE_MS = 10_000

interface Candidate {
  readonly auction: number
  readonly price: number
  readonly bidder: number
  readonly dateTime: number
}

interface Row extends Candidate {
  readonly windowEnd: number
}

const endOf = (bid: Candidate): number => windowEnd(bid.dateTime, SIZE_MS)
const priceOf = (bid: Candidate): number => bid.price

/** The bids with the highest price in each tumbling window of 10 s, ties included. */
export const q7: Query<Row> = {
  name: 'q7',
  apply: events =>
    events
      .filter(isBid)
      .map(({ auction, price, bidder, dateTime }) => ({ auction, price, bidder, dateTime }))
      .process(new CannotWin(endOf, priceOf))
      .keyBy(endOf)
      .window(TumblingWindow.of(SIZE_MS))
      .aggregate(best(priceOf), (end, _window, bids, out: Collector<Row>) => {
        for (const bid of bids) out.collect({ windowEnd: end, ...bid })
      }),
  row: row => `${row.windowEnd}|${row.auction}|${row.price}|${row.bidder}|${row.dateTime}`,
}
