import type { Aggregator } from '@weir/sdk'
import { countIn, dayOf, type Ranked, rankOf } from '../price-ranks.ts'
import { isBid, type Query } from '../query.ts'

interface DayBid {
  readonly auction: number
  readonly day: string
  readonly price: number
}

interface Prices {
  auction: number
  day: string
  readonly bids: Ranked
  min: number
  max: number
  sum: number
}

interface Row {
  readonly auction: number
  readonly day: string
  readonly bids: Ranked
  readonly min: number
  readonly max: number
  readonly average: number
  readonly sum: number
}

const prices: Aggregator<DayBid, Prices, Row> = {
  createAccumulator: () => ({
    auction: 0,
    day: '',
    bids: [0, 0, 0, 0],
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    sum: 0,
  }),
  add({ auction, day, price }, accumulator) {
    accumulator.auction = auction
    accumulator.day = day
    countIn(accumulator.bids, rankOf(price))
    accumulator.min = Math.min(accumulator.min, price)
    accumulator.max = Math.max(accumulator.max, price)
    accumulator.sum += price
    return accumulator
  },
  getResult: ({ auction, day, bids, min, max, sum }) => ({
    auction,
    day,
    bids: [...bids],
    min,
    max,
    average: Math.floor(sum / bids[0]),
    sum,
  }),
  merge: (a, b) => ({
    auction: a.auction,
    day: a.day,
    bids: a.bids.map((count, i) => count + (b.bids[i] as number)) as Ranked,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    sum: a.sum + b.sum,
  }),
}

/** Of each auction and day: bids, of all prices and of three ranks, and their prices. A row for every bid. */
export const q17: Query<Row> = {
  name: 'q17',
  apply: events =>
    events
      .filter(isBid)
      .map(({ auction, dateTime, price }): DayBid => ({ auction, day: dayOf(dateTime), price }))
      .keyBy(bid => [bid.auction, bid.day])
      .aggregate(prices),
  row: row => [row.auction, row.day, ...row.bids, row.min, row.max, row.average, row.sum].join('|'),
}
