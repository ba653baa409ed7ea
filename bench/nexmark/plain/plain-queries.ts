import type { Bid, NexmarkEvent } from '../events.ts'

/** A query written by hand: it takes every event, and says at the end how many rows it made. */
export interface PlainQuery {
  readonly take: (event: unknown, dateTime: number) => void
  readonly end: () => number
}

/** What leaves nothing late, as in the jobs. */
const OUT_OF_ORDER_MS = 200

/** Rows are made as the jobs make them, looked at and dropped. */
class Rows {
  count = 0
  #last: unknown

  add(row: object): void {
    this.#last = row
    this.count++
  }

  /** So that no row is optimised away. */
  get last(): unknown {
    return this.#last
  }
}

/** A query over bids whose rows follow from one bid alone. */
function eachBid(rowOf: (bid: Bid) => object | undefined): () => PlainQuery {
  return () => {
    const rows = new Rows()
    return {
      take(event) {
        const bid = event as NexmarkEvent
        if (bid.type !== 'bid') return
        const row = rowOf(bid)
        if (row !== undefined) rows.add(row)
      },
      end: () => rows.count,
    }
  }
}

export const PLAIN_QUERIES: Readonly<Record<string, () => PlainQuery>> = {
  source: () => {
    let events = 0
    return {
      take() {
        events++
      },
      end: () => events,
    }
  },
  q0: eachBid(({ auction, bidder, price, dateTime, extra }) => ({ auction, bidder, price, dateTime, extra })),
  q1: eachBid(({ auction, bidder, price, dateTime, extra }) => ({
    auction,
    bidder,
    price: Math.floor((price * 908) / 1000),
    dateTime,
    extra,
  })),
  q2: eachBid(({ auction, price }) => (auction % 123 === 0 ? { auction, price } : undefined)),
  q3: sellersOfCategory,
  q5: mostBids,
  q7: highestBids,
  q8: newSellers,
  q11: bidderSessions,
  q14: eachBid(bid => {
    const price = Math.floor((bid.price * 908) / 1000)
    if (price <= 1_000_000 || price >= 50_000_000) return undefined
    const hour = Math.floor(bid.dateTime / 3_600_000) % 24
    const timeType = hour >= 8 && hour <= 18 ? 'dayTime' : hour <= 6 || hour >= 20 ? 'nightTime' : 'otherTime'
    let letters = 0
    for (let i = 0; i < bid.extra.length; i++) if (bid.extra.charCodeAt(i) === 99) letters++
    return { auction: bid.auction, bidder: bid.bidder, price, timeType, dateTime: bid.dateTime, letters }
  }),
  q20: bidsOfCategory,
  q22: eachBid(({ auction, bidder, price, channel, url }) => {
    const host = url.indexOf('/', url.indexOf('//') + 2)
    const end1 = url.indexOf('/', host + 1)
    const end2 = url.indexOf('/', end1 + 1)
    const end3 = url.indexOf('/', end2 + 1)
    const dir1 = url.substring(host + 1, end1)
    const dir2 = url.substring(end1 + 1, end2)
    return { auction, bidder, price, channel, dir1, dir2, dir3: url.substring(end2 + 1, end3) }
  }),
}

function sellersOfCategory(): PlainQuery {
  const rows = new Rows()
  const persons = new Map<number, { name: string; city: string; state: string; counts: boolean }>()
  const waiting = new Map<number, number[]>()
  return {
    take(given) {
      const event = given as NexmarkEvent
      if (event.type === 'bid') return
      if (event.type === 'auction') {
        if (event.category !== 10) return
        const person = persons.get(event.seller)
        if (person === undefined) {
          const list = waiting.get(event.seller)
          if (list === undefined) waiting.set(event.seller, [event.id])
          else list.push(event.id)
        } else if (person.counts) {
          rows.add({ name: person.name, city: person.city, state: person.state, auction: event.id })
        }
        return
      }
      const { id, name, city, state } = event
      const counts = state === 'OR' || state === 'ID' || state === 'CA'
      persons.set(id, { name, city, state, counts })
      if (counts) for (const auction of waiting.get(id) ?? []) rows.add({ name, city, state, auction })
      waiting.delete(id)
    },
    end: () => rows.count,
  }
}

function mostBids(): PlainQuery {
  const rows = new Rows()
  const panes = new Map<number, Map<number, number>>()
  let pane = new Map<number, number>()
  let paneStart = Number.NaN
  let nextEnd = Number.NaN
  let maxTime = 0
  const fire = (end: number): void => {
    const counts = new Map<number, number>()
    for (let start = end - 10_000; start < end; start += 2_000) {
      for (const [auction, count] of panes.get(start) ?? []) counts.set(auction, (counts.get(auction) ?? 0) + count)
    }
    let most = 0
    for (const count of counts.values()) if (count > most) most = count
    for (const [auction, count] of counts) if (count === most) rows.add({ start: end - 10_000, end, auction, count })
    panes.delete(end - 10_000)
  }
  return {
    take(event, dateTime) {
      const bid = event as NexmarkEvent
      if (bid.type !== 'bid') return
      const start = dateTime - (dateTime % 2_000)
      if (start !== paneStart) {
        paneStart = start
        const known = panes.get(start)
        pane = known ?? new Map<number, number>()
        if (known === undefined) panes.set(start, pane)
        if (Number.isNaN(nextEnd)) nextEnd = start + 2_000
      }
      pane.set(bid.auction, (pane.get(bid.auction) ?? 0) + 1)
      if (dateTime > maxTime) {
        maxTime = dateTime
        while (maxTime - OUT_OF_ORDER_MS >= nextEnd) {
          fire(nextEnd)
          nextEnd += 2_000
        }
      }
    },
    end() {
      for (; panes.size > 0; nextEnd += 2_000) fire(nextEnd)
      return rows.count
    },
  }
}

function highestBids(): PlainQuery {
  const rows = new Rows()
  const windows = new Map<number, { price: number; bids: object[] }>()
  let end = Number.NaN
  let best = { price: 0, bids: [] as object[] }
  return {
    take(event, dateTime) {
      const bid = event as NexmarkEvent
      if (bid.type !== 'bid') return
      const windowEnd = dateTime - (dateTime % 10_000) + 10_000
      if (windowEnd !== end) {
        end = windowEnd
        best = windows.get(end) ?? { price: 0, bids: [] }
        windows.set(end, best)
        for (const [other, { bids }] of windows) {
          if (other + OUT_OF_ORDER_MS > dateTime) continue
          for (const row of bids) rows.add(row)
          windows.delete(other)
        }
      }
      if (bid.price < best.price) return
      const { auction, price, bidder } = bid
      if (price > best.price) {
        best.price = price
        best.bids = []
      }
      best.bids.push({ windowEnd, auction, price, bidder, dateTime })
    },
    end() {
      for (const { bids } of windows.values()) for (const row of bids) rows.add(row)
      return rows.count
    },
  }
}

function newSellers(): PlainQuery {
  const rows = new Rows()
  const windows = new Map<number, Map<number, { name: string; sold: boolean }>>()
  let start = Number.NaN
  let window = new Map<number, { name: string; sold: boolean }>()
  const fire = (windowStart: number, persons: Map<number, { name: string; sold: boolean }>): void => {
    for (const [id, { name, sold }] of persons) if (sold && name !== '') rows.add({ id, name, windowStart })
  }
  return {
    take(given, dateTime) {
      const event = given as NexmarkEvent
      if (event.type === 'bid') return
      const windowStart = dateTime - (dateTime % 10_000)
      if (windowStart !== start) {
        start = windowStart
        window = windows.get(start) ?? new Map()
        windows.set(start, window)
        for (const [other, persons] of windows) {
          if (other + 10_000 + OUT_OF_ORDER_MS > dateTime) continue
          fire(other, persons)
          windows.delete(other)
        }
      }
      const person = event.type === 'person' ? event.id : event.seller
      const known = window.get(person)
      if (event.type === 'person') {
        if (known === undefined) window.set(person, { name: event.name, sold: false })
        else known.name = event.name
      } else if (known === undefined) window.set(person, { name: '', sold: true })
      else known.sold = true
    },
    end() {
      for (const [windowStart, persons] of windows) fire(windowStart, persons)
      return rows.count
    },
  }
}

interface Session {
  start: number
  last: number
  count: number
}

function bidderSessions(): PlainQuery {
  const rows = new Rows()
  const open = new Map<number, Session[]>()
  let sweepAt = Number.NaN
  const close = (watermark: number): void => {
    for (const [bidder, sessions] of open) {
      const still = sessions.filter(({ start, last, count }) => {
        if (last + 10_000 > watermark) return true
        rows.add({ bidder, count, start, end: last + 10_000 })
        return false
      })
      if (still.length === 0) open.delete(bidder)
      else if (still.length < sessions.length) open.set(bidder, still)
    }
  }
  return {
    take(event, time) {
      const bid = event as NexmarkEvent
      if (bid.type !== 'bid') return
      const sessions = open.get(bid.bidder)
      if (sessions === undefined) open.set(bid.bidder, [{ start: time, last: time, count: 1 }])
      else addToSessions(sessions, time)
      // Not for every bid: to look at all sessions costs more than to keep some that are over.
      if (Number.isNaN(sweepAt)) sweepAt = time + 20_000
      if (time < sweepAt) return
      close(time - OUT_OF_ORDER_MS - 1)
      sweepAt = time + 10_000
    },
    end() {
      close(Number.POSITIVE_INFINITY)
      return rows.count
    },
  }
}

function addToSessions(sessions: Session[], time: number): void {
  let mine: Session | undefined
  for (let i = 0; i < sessions.length; i++) {
    const session = sessions[i] as Session
    if (time > session.last + 10_000 || session.start > time + 10_000) continue
    if (mine === undefined) {
      mine = session
      if (time < session.start) session.start = time
      if (time > session.last) session.last = time
      session.count++
    } else {
      mine.start = Math.min(mine.start, session.start)
      mine.last = Math.max(mine.last, session.last)
      mine.count += session.count
      sessions.splice(i, 1)
      return
    }
  }
  if (mine === undefined) sessions.push({ start: time, last: time, count: 1 })
}

function bidsOfCategory(): PlainQuery {
  const rows = new Rows()
  const auctions = new Map<number, { itemName: string; category: number; seller: number }>()
  const waiting = new Map<number, Bid[]>()
  return {
    take(given) {
      const event = given as NexmarkEvent
      if (event.type === 'person') return
      if (event.type === 'bid') {
        const { auction, bidder, price, dateTime } = event
        const known = auctions.get(auction)
        if (known === undefined) {
          const list = waiting.get(auction)
          if (list === undefined) waiting.set(auction, [event])
          else list.push(event)
        } else if (known.category === 10) {
          const { itemName, category, seller } = known
          rows.add({ auction, bidder, price, dateTime, itemName, category, seller })
        }
        return
      }
      const { id, category } = event
      const itemName = category === 10 ? event.itemName : ''
      const seller = category === 10 ? event.seller : 0
      auctions.set(id, { itemName, category, seller })
      if (category === 10) {
        for (const { bidder, price, dateTime } of waiting.get(id) ?? []) {
          rows.add({ auction: id, bidder, price, dateTime, itemName, category, seller })
        }
      }
      waiting.delete(id)
    },
    end: () => rows.count,
  }
}
