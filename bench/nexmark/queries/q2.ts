import { isBid, type Query } from '../query.ts'

interface Row {
  readonly auction: number
  readonly price: number
}

/** The bids of some auctions. */
export const q2: Query<Row> = {
  name: 'q2',
  apply: events =>
    events
      .filter(isBid)
      .filter(bid => bid.auction % 123 === 0)
      .map(({ auction, price }) => ({ auction, price })),
  row: row => `${row.auction}|${row.price}`,
}
