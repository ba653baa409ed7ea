import { euros, isBid, type Query } from '../query.ts'

interface Row {
  readonly auction: number
  readonly bidder: number
  readonly price: number
  readonly dateTime: number
  readonly extra: string
}

/** Every bid, with its price in another currency. */
export const q1: Query<Row> = {
  name: 'q1',
  apply: events =>
    events.filter(isBid).map(({ auction, bidder, price, dateTime, extra }) => ({
      auction,
      bidder,
      price: euros(price),
      dateTime,
      extra,
    })),
  row: row => `${row.auction}|${row.bidder}|${row.price}|${row.dateTime}|${row.extra}`,
}
