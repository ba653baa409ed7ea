import { CountDistinctBids, type DistinctBids } from '../distinct-bids.ts'
import { dayOf } from '../price-ranks.ts'
import { isBid, type Query } from '../query.ts'

/** Of each day: bids, bidders and auctions that got bids, of all prices and of three ranks. A row for every bid. */
export const q15: Query<DistinctBids<string>> = {
  name: 'q15',
  apply: events =>
    events
      .filter(isBid)
      .map(({ auction, bidder, price, dateTime }) => ({ key: dayOf(dateTime), auction, bidder, price, dateTime }))
      .keyBy(bid => bid.key)
      .process(new CountDistinctBids<string>()),
  row: row => [row.key, ...row.bids, ...row.bidders, ...row.auctions].join('|'),
}
