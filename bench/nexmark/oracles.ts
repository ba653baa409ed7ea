import type { Auction, Bid, NexmarkEvent, Person } from './events.ts'

/**
 * The queries once more, as plain programs over all events at once: what the jobs' results are compared with. They share
 * no code with the jobs.
 */
export type Oracle = (events: readonly NexmarkEvent[]) => string[]

const bidsOf = (events: readonly NexmarkEvent[]) => events.filter(event => event.type === 'bid') as Bid[]
const auctionsOf = (events: readonly NexmarkEvent[]) => events.filter(event => event.type === 'auction') as Auction[]
const personsOf = (events: readonly NexmarkEvent[]) => events.filter(event => event.type === 'person') as Person[]
const dollarsToEuros = (price: number) => Number((BigInt(price) * 908n) / 1000n)
const line = (...fields: readonly (string | number)[]) => fields.join('|')

export const ORACLES: Readonly<Record<string, Oracle>> = {
  q0: events => bidsOf(events).map(bid => line(bid.auction, bid.bidder, bid.price, bid.dateTime, bid.extra)),
  q1: events =>
    bidsOf(events).map(bid => line(bid.auction, bid.bidder, dollarsToEuros(bid.price), bid.dateTime, bid.extra)),
  q2: events =>
    bidsOf(events)
      .filter(bid => bid.auction % 123 === 0)
      .map(bid => line(bid.auction, bid.price)),
  q3: events => {
    const sellers = new Map(personsOf(events).map(person => [person.id, person]))
    return auctionsOf(events).flatMap(auction => {
      const seller = sellers.get(auction.seller)
      if (auction.category !== 10 || seller === undefined || !['OR', 'ID', 'CA'].includes(seller.state)) return []
      return [line(seller.name, seller.city, seller.state, auction.id)]
    })
  },
  q5: events => {
    const windows = new Map<number, Map<number, number>>()
    for (const { dateTime, auction } of bidsOf(events)) {
      for (let start = Math.floor(dateTime / 2000) * 2000; start > dateTime - 10_000; start -= 2000) {
        const counts = windows.get(start) ?? new Map<number, number>()
        windows.set(start, counts.set(auction, (counts.get(auction) ?? 0) + 1))
      }
    }
    return [...windows].flatMap(([start, counts]) => {
      const most = Math.max(...counts.values())
      return [...counts]
        .filter(([, count]) => count === most)
        .map(([auction, count]) => line(start, start + 10_000, auction, count))
    })
  },
  q7: events => {
    const windows = Map.groupBy(bidsOf(events), bid => Math.floor(bid.dateTime / 10_000))
    return [...windows].flatMap(([window, bids]) => {
      const highest = bids.reduce((price, bid) => Math.max(price, bid.price), 0)
      return bids
        .filter(bid => bid.price === highest)
        .map(bid => line((window + 1) * 10_000, bid.auction, bid.price, bid.bidder, bid.dateTime))
    })
  },
  q8: events => {
    const windowOf = (time: number) => Math.floor(time / 10_000)
    const sellers = new Set(auctionsOf(events).map(auction => line(auction.seller, windowOf(auction.dateTime))))
    return personsOf(events)
      .filter(person => sellers.has(line(person.id, windowOf(person.dateTime))))
      .map(person => line(person.id, person.name, windowOf(person.dateTime) * 10_000))
  },
  q11: events =>
    [...Map.groupBy(bidsOf(events), bid => bid.bidder)].flatMap(([bidder, bids]) => {
      const times = bids.map(bid => bid.dateTime).sort((a, b) => a - b)
      const rows: string[] = []
      let first = 0
      for (let i = 1; i <= times.length; i++) {
        const last = times[i - 1] as number
        if (i < times.length && (times[i] as number) - last <= 10_000) continue
        rows.push(line(bidder, i - first, times[first] as number, last + 10_000))
        first = i
      }
      return rows
    }),
  q14: events =>
    bidsOf(events).flatMap(bid => {
      const price = dollarsToEuros(bid.price)
      if (price <= 1_000_000 || price >= 50_000_000) return []
      const hour = new Date(bid.dateTime).getUTCHours()
      const dayTime = hour >= 8 && hour <= 18
      const time = dayTime ? 'dayTime' : hour <= 6 || hour >= 20 ? 'nightTime' : 'otherTime'
      return [line(bid.auction, bid.bidder, price, time, bid.dateTime, bid.extra.split('c').length - 1)]
    }),
  q15: events =>
    [...Map.groupBy(bidsOf(events), bid => dayText(bid.dateTime))].map(([day, bids]) =>
      line(day, ...distinctCounts(bids)),
    ),
  q16: events =>
    [...Map.groupBy(bidsOf(events), bid => line(bid.channel, dayText(bid.dateTime)))].map(([key, bids]) => {
      const last = bids.reduce((time, bid) => Math.max(time, bid.dateTime), 0)
      return line(key, new Date(last).toISOString().slice(11, 16), ...distinctCounts(bids))
    }),
  q17: events =>
    [...Map.groupBy(bidsOf(events), bid => line(bid.auction, dayText(bid.dateTime)))].map(([key, bids]) => {
      const prices = bids.map(bid => bid.price)
      const sum = prices.reduce((a, b) => a + b, 0)
      const counts = PRICE_RANKS.map(matches => prices.filter(matches).length)
      const average = (sum - (sum % prices.length)) / prices.length
      return line(key, ...counts, Math.min(...prices), Math.max(...prices), average, sum)
    }),
  q19: events =>
    [...Map.groupBy(bidsOf(events), bid => bid.auction)].flatMap(([auction, bids]) =>
      [...bids]
        .sort((a, b) => b.price - a.price || a.dateTime - b.dateTime || a.bidder - b.bidder)
        .slice(0, 10)
        .map((bid, i) => line(auction, i + 1, bid.bidder, bid.price, bid.dateTime)),
    ),
  q20: events => {
    const auctions = new Map(auctionsOf(events).map(auction => [auction.id, auction]))
    return bidsOf(events).flatMap(bid => {
      const auction = auctions.get(bid.auction)
      if (auction?.category !== 10) return []
      const { itemName, category, seller } = auction
      return [line(bid.auction, bid.bidder, bid.price, bid.dateTime, itemName, category, seller)]
    })
  },
  q22: events =>
    bidsOf(events).map(bid => {
      const [, dir1, dir2, dir3] = new URL(bid.url).pathname.split('/') as [string, string, string, string]
      return line(bid.auction, bid.bidder, bid.price, bid.channel, dir1, dir2, dir3)
    }),
}

/** Queries that give a new row whenever a result changes: how many fields say which result it is. */
export const UPDATING: Readonly<Record<string, number>> = { q15: 1, q16: 2, q17: 2, q19: 2 }

const PRICE_RANKS: readonly ((price: number) => boolean)[] = [
  () => true,
  price => price < 10_000,
  price => price >= 10_000 && price < 1_000_000,
  price => price >= 1_000_000,
]

function dayText(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

/** Bids, then bidders, then auctions: of all prices, and of each rank. */
function distinctCounts(bids: readonly Bid[]): number[] {
  const ofRank = PRICE_RANKS.map(matches => bids.filter(bid => matches(bid.price)))
  return [
    ...ofRank.map(some => some.length),
    ...ofRank.map(some => new Set(some.map(bid => bid.bidder)).size),
    ...ofRank.map(some => new Set(some.map(bid => bid.auction)).size),
  ]
}
