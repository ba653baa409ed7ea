import { isBid, type Query } from '../query.ts'

interface Row {
  readonly auction: number
  readonly bidder: number
  readonly price: number
  readonly channel: string
  readonly dir1: string
  readonly dir2: string
  readonly dir3: string
}

/** Every bid with the first three parts of the path of its URL. */
export const q22: Query<Row> = {
  name: 'q22',
  apply: events =>
    events.filter(isBid).map(({ auction, bidder, price, channel, url }) => {
      const host = url.indexOf('/', url.indexOf('//') + 2)
      const end1 = url.indexOf('/', host + 1)
      const end2 = url.indexOf('/', end1 + 1)
      const end3 = url.indexOf('/', end2 + 1)
      return {
        auction,
        bidder,
        price,
        channel,
        dir1: url.substring(host + 1, end1),
        dir2: url.substring(end1 + 1, end2),
        dir3: url.substring(end2 + 1, end3),
      }
    }),
  row: row => `${row.auction}|${row.bidder}|${row.price}|${row.channel}|${row.dir1}|${row.dir2}|${row.dir3}`,
}
