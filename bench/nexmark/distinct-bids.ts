import {
  type Collector,
  type Context,
  KeyedProcessFunction,
  type MapState,
  mapState,
  type RuntimeContext,
  type ValueState,
  valueState,
} from '@weir/sdk'
import { countIn, type Ranked, rankOf } from './price-ranks.ts'

/** A bid with the key under which it is counted. */
export interface CountedBid<K> {
  readonly key: K
  readonly auction: number
  readonly bidder: number
  readonly price: number
  readonly dateTime: number
}

/** Bids, and how many different bidders and auctions they have, of all ranks and of each. */
export interface DistinctBids<K> {
  readonly key: K
  readonly lastTime: number
  readonly bids: Ranked
  readonly bidders: Ranked
  readonly auctions: Ranked
}

interface Counts {
  lastTime: number
  readonly bids: Ranked
  readonly bidders: Ranked
  readonly auctions: Ranked
}

/** Counts per key, and emits the counts after every bid. */
export class CountDistinctBids<K> extends KeyedProcessFunction<K, CountedBid<K>, DistinctBids<K>> {
  #counts!: ValueState<Counts | undefined>
  /** The ranks in which a bidder or an auction was seen, one bit each. */
  #bidders!: MapState<number, number>
  #auctions!: MapState<number, number>

  override open(context: RuntimeContext): void {
    this.#counts = context.getState(valueState<Counts>('counts'))
    this.#bidders = context.getState(mapState<number, number>('bidders'))
    this.#auctions = context.getState(mapState<number, number>('auctions'))
  }

  override processElement(bid: CountedBid<K>, _context: Context<K>, out: Collector<DistinctBids<K>>): void {
    const counts = this.#counts.value() ?? {
      lastTime: 0,
      bids: [0, 0, 0, 0],
      bidders: [0, 0, 0, 0],
      auctions: [0, 0, 0, 0],
    }
    const rank = rankOf(bid.price)
    counts.lastTime = Math.max(counts.lastTime, bid.dateTime)
    countIn(counts.bids, rank)
    see(this.#bidders, bid.bidder, rank, counts.bidders)
    see(this.#auctions, bid.auction, rank, counts.auctions)
    this.#counts.update(counts)
    const { lastTime, bids, bidders, auctions } = counts
    out.collect({ key: bid.key, lastTime, bids: [...bids], bidders: [...bidders], auctions: [...auctions] })
  }
}

function see(seen: MapState<number, number>, id: number, rank: 0 | 1 | 2, counts: Ranked): void {
  const ranks = seen.get(id) ?? 0
  const bit = 1 << rank
  if ((ranks & bit) !== 0) return
  if (ranks === 0) counts[0]++
  counts[(rank + 1) as 1 | 2 | 3]++
  seen.put(id, ranks | bit)
}
