import {
  type Collector,
  type Context,
  KeyedProcessFunction,
  type ListState,
  listState,
  type RuntimeContext,
  type ValueState,
  valueState,
} from '@weir/sdk'
import { isAuction, isBid, type Query } from '../query.ts'

const CATEGORY = 10

interface Row {
  readonly auction: number
  readonly bidder: number
  readonly price: number
  readonly dateTime: number
  readonly itemName: string
  readonly category: number
  readonly seller: number
}

/** An auction, or a bid: one shape, so that both travel alike. The category of a bid is 0, the bidder of an auction too. */
type Side = Row

/** Bids joined to their auction, where it is of one category. */
export const q20: Query<Row> = {
  name: 'q20',
  apply: events =>
    events
      .filter(event => isBid(event) || isAuction(event))
      .map((event): Side => {
        if (isBid(event)) {
          const { auction, bidder, price, dateTime } = event
          return { auction, bidder, price, dateTime, itemName: '', category: 0, seller: 0 }
        }
        if (!isAuction(event)) throw new TypeError('persons were filtered out')
        const { id, dateTime, category } = event
        // Of the others it is enough to know that they are there.
        const itemName = category === CATEGORY ? event.itemName : ''
        const seller = category === CATEGORY ? event.seller : 0
        return { auction: id, bidder: 0, price: 0, dateTime, itemName, category, seller }
      })
      .keyBy(side => side.auction)
      .process(new AuctionJoin()),
  row: row => `${row.auction}|${row.bidder}|${row.price}|${row.dateTime}|${row.itemName}|${row.category}|${row.seller}`,
}

/** Keeps each auction, and the bids that come before theirs. */
class AuctionJoin extends KeyedProcessFunction<number, Side, Row> {
  /** Also one of another category: then no bid waits for it. */
  #auction!: ValueState<Side | undefined>
  #waiting!: ListState<Side>

  override open(context: RuntimeContext): void {
    this.#auction = context.getState(valueState<Side>('auction'))
    this.#waiting = context.getState(listState<Side>('waiting'))
  }

  override processElement(side: Side, _context: Context<number>, out: Collector<Row>): void {
    if (side.category !== 0) {
      this.#auction.update(side)
      for (const bid of this.#waiting.get()) emit(side, bid, out)
      this.#waiting.clear()
      return
    }
    const auction = this.#auction.value()
    if (auction === undefined) this.#waiting.add(side)
    else emit(auction, side, out)
  }
}

function emit({ itemName, category, seller }: Side, bid: Side, out: Collector<Row>): void {
  if (category !== CATEGORY) return
  const { auction, bidder, price, dateTime } = bid
  out.collect({ auction, bidder, price, dateTime, itemName, category, seller })
}
