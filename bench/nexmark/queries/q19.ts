import {
  type Collector,
  type Context,
  KeyedProcessFunction,
  type RuntimeContext,
  type ValueState,
  valueState,
} from '@weir/sdk'
import { isBid, type Query } from '../query.ts'

const TOP = 10

interface TopBid {
  readonly auction: number
  readonly bidder: number
  readonly price: number
  readonly dateTime: number
}

interface Row extends TopBid {
  /** 1 to 10. */
  readonly rank: number
}

/** The ten bids of each auction with the highest prices. A row for every rank that changes. */
export const q19: Query<Row> = {
  name: 'q19',
  apply: events =>
    events
      .filter(isBid)
      .map(({ auction, bidder, price, dateTime }): TopBid => ({ auction, bidder, price, dateTime }))
      .keyBy(bid => bid.auction)
      .process(new TopBids()),
  row: row => `${row.auction}|${row.rank}|${row.bidder}|${row.price}|${row.dateTime}`,
}

class TopBids extends KeyedProcessFunction<number, TopBid, Row> {
  /** In order of rank. */
  #top!: ValueState<TopBid[], TopBid[]>

  override open(context: RuntimeContext): void {
    this.#top = context.getState(valueState<TopBid[]>('top', { default: [] }))
  }

  override processElement(bid: TopBid, _context: Context<number>, out: Collector<Row>): void {
    const before = this.#top.value()
    const found = before.findIndex(other => isAhead(bid, other))
    const at = found === -1 ? before.length : found
    if (at >= TOP) return
    const after = [...before.slice(0, at), bid, ...before.slice(at, TOP - 1)]
    this.#top.update(after)
    for (let i = at; i < after.length; i++) out.collect({ ...(after[i] as TopBid), rank: i + 1 })
  }
}

/** Whether `a` ranks above `b`: by price, then the earlier one, then the bidder's id. */
function isAhead(a: TopBid, b: TopBid): boolean {
  if (a.price !== b.price) return a.price > b.price
  if (a.dateTime !== b.dateTime) return a.dateTime < b.dateTime
  return a.bidder < b.bidder
}
