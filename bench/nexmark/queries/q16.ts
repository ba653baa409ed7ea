import { CountDistinctBids, type DistinctBids } from '../distinct-bids.ts'
import { dayOf, minuteOf } from '../price-ranks.ts'
import { isBid, type Query } from '../query.ts'

type ChannelDay = readonly [channel: string, day: string]

/** Of each channel and day: the minute of the last bid, and what q15 counts. A row for every bid. */
export const q16: Query<DistinctBids<ChannelDay>> = {
  name: 'q16',
  apply: events =>
    events
      .filter(isBid)
      .map(({ channel, auction, bidder, price, dateTime }) => {
        const key: ChannelDay = [channel, dayOf(dateTime)]
        return { key, auction, bidder, price, dateTime }
      })
      .keyBy(bid => bid.key)
      .process(new CountDistinctBids<ChannelDay>()),
  row: row => [...row.key, minuteOf(row.lastTime), ...row.bids, ...row.bidders, ...row.auctions].join('|'),
}
