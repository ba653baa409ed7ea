import { euros, isBid, type Query } from '../query.ts'

interface Row {
  readonly auction: number
  readonly bidder: number
  readonly price: number
  readonly timeType: 'dayTime' | 'nightTime' | 'otherTime'
  readonly dateTime: number
  readonly letters: number
}

/** Bids of a range of prices, with some calculations. */
export const q14: Query<Row> = {
  name: 'q14',
  apply: events =>
    events
      .filter(isBid)
      .filter(bid => {
        const price = euros(bid.price)
        return price > 1_000_000 && price < 50_000_000
      })
      .map(({ auction, bidder, price, dateTime, extra }) => ({
        auction,
        bidder,
        price: euros(price),
        timeType: timeType(dateTime),
        dateTime,
        letters: occurrences(extra, 'c'),
      })),
  row: row => `${row.auction}|${row.bidder}|${row.price}|${row.timeType}|${row.dateTime}|${row.letters}`,
}

function timeType(dateTime: number): Row['timeType'] {
  const hour = Math.floor(dateTime / 3_600_000) % 24
  if (hour >= 8 && hour <= 18) return 'dayTime'
  return hour <= 6 || hour >= 20 ? 'nightTime' : 'otherTime'
}

function occurrences(text: string, letter: string): number {
  const wanted = letter.charCodeAt(0)
  let count = 0
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) === wanted) count++
  return count
}
